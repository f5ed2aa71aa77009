"""Le français qu'une personne lit : pages, carnets, README, docstrings et messages.

Tout le reste (code, adresses, balises) est remplacé par `MASQUE`, caractère par caractère : les
numéros de ligne restent ceux du fichier, et ce qui entoure un mot reste visible.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.lecons import catalogue, pages
from scripts.socle import chemins

MASQUE = "\ufffc"
MARKDOWN_HORS_DU_SITE = ("README.md", "CONTRIBUTING.md", "snippets/donnees/README.md")
CLES_LUES = ("title", "description")
# Les fonctions et les paramètres dont les chaînes sont montrées à quelqu'un.
MESSAGES = {"ErreurCours", "PluginError", "Probleme", "echouer", "print", "rule", "status", "skip"}
PARAMETRES_LUS = {"help", "etape", "si_echec", "constat", "remede"}

_PARAGRAPHE = r"(?:(?!\n[ \t]*\n)[\s\S])"
_INVISIBLES = re.compile(
    "|".join(
        [
            r"<!--[\s\S]*?-->",
            rf"(?P<accents>`+)(?!`){_PARAGRAPHE}+?(?<!`)(?P=accents)(?!`)",
            r"<(?P<balise>\w+)[^>]*\blang=\"en\"[^>]*>[\s\S]*?</(?P=balise)>",
            r"(?<![*\w])\*[A-Z][^*\n]{15,}\*(?![*\w])",  # titre d'un ouvrage, souvent anglais
            r"(?<=\])\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)",  # destination d'un lien
            r"(?<=\])\[[^\]\n]*\]",  # lien par référence
            r"^ *\[[^\]\n]+\]:(?= \S+$).*$",
            r"\[\^[^\]\n]+\]:?",
            r"</?[A-Za-z][^>]*>",
            r"<?(?:https?://|mailto:)[^\s>)»]+>?",
            r"\b[\w.+-]+@[\w-]+\.[\w.-]+",
            r"\{:?\s*[.#][^}\n]*\}",  # attributs
            r"&#?\w+;",
            r":[a-z][a-z0-9_+-]+:",  # icône
            r"^ *\|?(?: *:?-{2,}:? *\|?)+ *$",  # filet d'un tableau
            r"^ *:(?= {2,})",  # définition
            r'^ *-+8<-+ ".*"$',
        ]
    ),
    re.MULTILINE,
)
_TITRE_D_ENCADRE = re.compile(r'^( *)(?:!!!|\?\?\?\+?|===[+!]?) *[\w -]*(?:"(.*)")?$', re.MULTILINE)
_PHRASE = re.compile(
    r"^(?:texte|sinon|proche|prouve|non_prouve|contraire) *= *"
    r"""(?P<signe>["'])(?P<texte>.*)(?P=signe)"""
)
_CELLULE = re.compile(r"^# %%(?P<genre>.*)$")


@dataclass(frozen=True)
class Ligne:
    """Une ligne de texte, masquée, et d'où elle vient (fichier relatif au dépôt, ligne dès 1)."""

    fichier: str
    numero: int
    texte: str


def masquer(markdown: str) -> str:
    """Remplace dans un texte Markdown, sans clôture de code, tout ce qui n'est pas de la prose."""
    texte = _TITRE_D_ENCADRE.sub(lambda t: f"{t[1]}{t[2] or ''}", markdown)
    return _INVISIBLES.sub(lambda t: re.sub(r"[^\n]", MASQUE, t[0]), texte)


def toute() -> Iterator[Ligne]:
    """Toute la prose du dépôt : pages, autres Markdown, phrases à trous, programmes et carnets."""
    autres = [chemins.RACINE / nom for nom in MARKDOWN_HORS_DU_SITE]
    for page in [*pages.toutes(), *filter(Path.is_file, autres)]:
        yield from du_markdown(page)
    for phrases in sorted(chemins.SNIPPETS.glob("*/phrases.toml")):
        yield from des_phrases(phrases)
    for dossier in ("scripts", "tests", "snippets"):
        for source in sorted((chemins.RACINE / dossier).rglob("*.py")):
            yield from du_python(source)
            if catalogue.est_carnet(source):
                yield from du_carnet(source)


def du_markdown(page: Path) -> Iterator[Ligne]:
    """La prose d'un fichier Markdown, en-tête compris (titre et description seulement)."""
    lignes = page.read_text(encoding="utf-8").split("\n")
    for bloc in pages.blocs(page):
        fin = bloc.ligne + len(bloc.contenu.split("\n")) + (1 if bloc.contenu else 0)
        lignes[bloc.ligne - 1 : fin] = [""] * (fin - bloc.ligne + 1)
    if lignes and lignes[0] == "---" and "---" in lignes[1:]:
        fin_de_l_en_tete = lignes.index("---", 1) + 1
        lignes[:fin_de_l_en_tete] = map(_valeur_lue, lignes[:fin_de_l_en_tete])
    yield from _numeroter(page, 1, masquer("\n".join(lignes)))


def _valeur_lue(ligne: str) -> str:
    """La valeur d'une clé d'en-tête que le site affiche, ou une ligne vide."""
    cle, _, valeur = ligne.partition(": ")
    return valeur.strip("\"'") if cle in CLES_LUES else ""


def des_phrases(fichier: Path) -> Iterator[Ligne]:
    """Les phrases à trous d'un `phrases.toml`, chaque trou masqué."""
    textes = fichier.read_text(encoding="utf-8").splitlines()
    lues = [phrase["texte"] if (phrase := _PHRASE.match(ligne)) else "" for ligne in textes]
    pleines = [re.sub(r"\{[^}]*\}", lambda trou: MASQUE * len(trou[0]), ligne) for ligne in lues]
    yield from _numeroter(fichier, 1, masquer("\n".join(pleines)))


def du_carnet(source: Path) -> Iterator[Ligne]:
    """La prose des cellules Markdown d'une source de carnet (format percent)."""
    lignes, markdown = [], False
    for ligne in source.read_text(encoding="utf-8").splitlines():
        cellule = _CELLULE.match(ligne)
        if cellule:
            markdown = "[markdown]" in cellule["genre"]
        lignes.append(ligne[2:] if markdown and not cellule else "")
    yield from _numeroter(source, 1, masquer("\n".join(lignes)))


def du_python(source: Path) -> Iterator[Ligne]:
    """Les docstrings d'un programme et les messages qu'il montre."""
    for noeud in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(noeud, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            texte = ast.get_docstring(noeud, clean=False)
            if texte:
                yield from _numeroter(source, noeud.body[0].lineno, masquer(texte))
        elif isinstance(noeud, ast.Call):
            for numero, texte in _messages(noeud):
                yield from _numeroter(source, numero, masquer(texte))


def _messages(appel: ast.Call) -> Iterator[tuple[int, str]]:
    """Les chaînes qu'un appel montre : (ligne, texte), les valeurs calculées masquées."""
    nom = getattr(appel.func, "attr", getattr(appel.func, "id", ""))
    montres = [*appel.args] if nom in MESSAGES else []
    montres += [cle.value for cle in appel.keywords if cle.arg in PARAMETRES_LUS]
    for valeur in montres:
        if isinstance(valeur, ast.JoinedStr | ast.Constant):
            yield valeur.lineno, _texte(valeur)


def _texte(noeud: ast.expr) -> str:
    if isinstance(noeud, ast.JoinedStr):
        return "".join(map(_texte, noeud.values))
    valeur = noeud.value if isinstance(noeud, ast.Constant) else None
    return valeur if isinstance(valeur, str) else MASQUE


def _numeroter(fichier: Path, premier: int, texte: str) -> Iterator[Ligne]:
    """Une `Ligne` par ligne de `texte` qui contient au moins une lettre ou un signe."""
    nom = chemins.relatif(fichier)
    for numero, ligne in enumerate(texte.split("\n"), premier):
        if ligne.strip(MASQUE + " "):
            yield Ligne(nom, numero, ligne)
