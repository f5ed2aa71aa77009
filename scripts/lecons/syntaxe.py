"""L'empreinte d'un programme : ce qu'il fait, sans ses commentaires, ses blancs ni ses docstrings.

Une docstring compte quand le programme peut la montrer : celle d'un module qui nomme `__doc__`,
celle d'une classe qui hérite (un schéma Pydantic la publie), celle d'une fonction décorée ou passée
en valeur (un outil la décrit au modèle). Dans un fichier réuni, toutes comptent : le programme qui
l'importe peut les montrer.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from scripts.socle import chemins, memoire

# Analyser deux cents programmes prend plus d'une seconde : `verifier` s'en souvient.
ARBRES = memoire.Souvenirs("arbres")
_DEBUT_DE_DOCUMENT = re.compile(
    r"(?<!<)<<(-?)[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([^\s'\";|&<>()]+))"
)
_HEURE = {"today", "now", "utcnow", "localtime", "gmtime", "ctime"}
_DEFINITIONS = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.Assign, ast.AnnAssign, ast.Pass),
)
_CLASSES_ET_FONCTIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# Ce qui n'a pas d'effet à l'exécution, ou n'existe que dans certaines versions de Python.
_CHAMPS_IGNORES = {"kind", "type_comment", "type_ignores", "ctx"}


def empreinte(programme: Path) -> str:
    """SHA-256 de ce que fait un programme `.py` ou `.sh` ; d'un autre fichier, de ses octets."""
    du_cours = programme.is_relative_to(chemins.SNIPPETS)
    return empreinte_des_octets(programme.read_bytes(), programme.suffix, du_cours)


def empreinte_des_octets(octets: bytes, suffixe: str, du_cours: bool = False) -> str:
    """La même empreinte, d'un contenu déjà lu et du suffixe de son fichier.

    `du_cours` : il est de snippets/, et s'il n'agit pas, un programme l'importe.
    """
    cle = f"{hashlib.sha256(octets).hexdigest()}{suffixe}{'+' if du_cours else ''}"
    return ARBRES.de(cle, lambda: _calculer(octets, suffixe, du_cours))


def agit(arbre: ast.Module) -> bool:
    """Vrai si l'on voit quelque chose en lançant ce programme : il ne fait pas que définir."""
    return any(
        not isinstance(ligne, _DEFINITIONS)
        and not (isinstance(ligne, ast.Expr) and isinstance(ligne.value, ast.Constant))
        for ligne in arbre.body
    )


def lit_l_heure(programmes: Iterable[str]) -> bool:
    """L'un de ces programmes (relatifs à snippets/) demande-t-il la date ou l'heure ?"""
    return any(map(lignes_de_l_heure, programmes))


def lignes_de_l_heure(programme: str) -> set[int]:
    """Les numéros des lignes d'un programme (relatif à snippets/) qui demandent date ou heure."""
    fichier = chemins.SNIPPETS / programme
    if fichier.suffix != ".py" or not fichier.is_file():
        return set()
    noeuds = ast.walk(ast.parse(fichier.read_text(encoding="utf-8")))
    return {n.lineno for n in noeuds if isinstance(n, ast.Attribute) and n.attr in _HEURE}


def _calculer(octets: bytes, suffixe: str, du_cours: bool) -> str:
    try:
        if suffixe == ".py":  # en octets, pour l'encodage que déclare le programme
            octets = arbre_nu(octets, du_cours).encode()
        elif suffixe == ".sh":
            octets = shell_nu(octets.decode("utf-8")).encode()
    except (SyntaxError, ValueError):
        pass  # illisible : un autre contrôle le dit, et tout changement compte
    return hashlib.sha256(octets).hexdigest()


def arbre_nu(texte: str | bytes, du_cours: bool = False) -> str:
    """L'arbre syntaxique, écrit de la même façon par toutes les versions de Python."""
    arbre = ast.parse(texte)
    reuni = du_cours and not agit(arbre)
    return ecrire_l_arbre(arbre if reuni else sans_docstrings(arbre))


def ecrire_l_arbre(noeud: object) -> str:
    """Un nœud et ses champs remplis ; les positions et les champs vides n'y sont pas."""
    if isinstance(noeud, ast.AST):
        champs = (
            f"{nom}={ecrire_l_arbre(valeur)}"
            for nom, valeur in ast.iter_fields(noeud)
            if nom not in _CHAMPS_IGNORES and valeur not in (None, [])
        )
        return f"{type(noeud).__name__}({', '.join(champs)})"
    if isinstance(noeud, list):
        return f"[{', '.join(map(ecrire_l_arbre, noeud))}]"
    return repr(noeud)


def sans_docstrings(arbre: ast.Module) -> ast.Module:
    """Le même arbre, privé des docstrings que le programme ne peut pas montrer."""
    noms = [noeud for noeud in ast.walk(arbre) if isinstance(noeud, ast.Name | ast.Attribute)]
    if any(_mot(nom) in {"__doc__", "getdoc", "getsource"} for nom in noms):
        return arbre
    appeles = {id(noeud.func) for noeud in ast.walk(arbre) if isinstance(noeud, ast.Call)}
    passes = {_mot(nom) for nom in noms if id(nom) not in appeles}
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Module) or (
            isinstance(noeud, _CLASSES_ET_FONCTIONS) and not _montrable(noeud, passes)
        ):
            _retirer_la_docstring(noeud)
    return arbre


def _mot(nom: ast.Name | ast.Attribute) -> str:
    return nom.id if isinstance(nom, ast.Name) else nom.attr


def _montrable(
    noeud: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, passes: set[str]
) -> bool:
    """Le programme peut-il montrer cette docstring ?"""
    if isinstance(noeud, ast.ClassDef):
        return bool(noeud.bases or noeud.decorator_list)
    return bool(noeud.decorator_list) or noeud.name in passes


def _retirer_la_docstring(
    noeud: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> None:
    premiere = noeud.body[0] if noeud.body else None
    if (
        isinstance(premiere, ast.Expr)
        and isinstance(premiere.value, ast.Constant)
        and isinstance(premiere.value.value, str)
    ):
        noeud.body = noeud.body[1:] or [ast.Pass()]


def shell_nu(texte: str) -> str:
    """Un script shell sans commentaires, lignes vides ni blancs de fin.

    Les guillemets, les documents en ligne (`<<FIN`) et la suite d'une ligne qui finit par `\\` sont
    gardés tels quels.
    """
    lignes: list[str] = []
    document: re.Match[str] | None = None
    guillemet, suite = "", False
    for ligne in texte.removesuffix("\n").split("\n"):
        if document:
            lignes.append(ligne)
            document = None if _finit(document, ligne) else document
            continue
        garde = bool(guillemet) or suite
        code, guillemet = (ligne, "") if suite else _sans_commentaire(ligne, guillemet)
        document = None if guillemet else _DEBUT_DE_DOCUMENT.search(code)
        nu = code.rstrip(" \t")
        if not guillemet and not nu.endswith("\\"):
            code = nu
        suite = not guillemet and code.endswith("\\")
        if code or garde:
            lignes.append(code)
    return "\n".join(lignes) + "\n"


def _finit(document: re.Match[str], ligne: str) -> bool:
    """Cette ligne ferme-t-elle le document ? Après `<<-`, des tabulations peuvent la précéder."""
    fin = document[2] or document[3] or document[4]
    return (ligne.lstrip("\t") if document[1] else ligne) == fin


def _sans_commentaire(ligne: str, guillemet: str) -> tuple[str, str]:
    """La ligne jusqu'à son commentaire, et le guillemet resté ouvert à sa fin."""
    precedent = " "
    for rang, signe in enumerate(ligne):
        if guillemet == "'":
            guillemet = "" if signe == "'" else guillemet
        elif precedent == "\\":
            signe = "x"  # échappé : il n'ouvre ni ne ferme rien, et n'est pas un blanc
        elif guillemet == '"':
            guillemet = "" if signe == '"' else guillemet
        elif signe in "'\"":
            guillemet = signe
        elif signe == "#" and precedent in " \t;|&(":
            return ligne[:rang], ""
        precedent = signe
    return ligne, guillemet
