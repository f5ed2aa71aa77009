"""Tout fichier que les outils lisent se lit : UTF-8, puis TOML, JSON, CSV, YAML, XML ou Python.

Ce contrôle passe avant les autres, qui supposent des fichiers lisibles, et les arrête s'il le faut.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from scripts.controles import reglages
from scripts.controles.probleme import Probleme
from scripts.lecons import exemptions
from scripts.lecons.catalogue import DOSSIERS_HORS_LECON, FICHIERS_DES_PAGES
from scripts.lecons.pages import EN_TETE
from scripts.socle import chemins, memoire, pannes
from scripts.socle.chemins import relatif
from scripts.socle.francais import compte

# Sous chaque dossier, les fichiers lus : par leur extension, ou par leur nom.
LUS = {
    "docs": (".md", ".ipynb", ".html", ".json", ".txt", ".css", ".js", ".svg"),
    "snippets": (".py", ".sh", ".md", ".toml", ".json", ".jsonl", ".csv", ".mmd", ".txt", ".html"),
    "scripts": (".toml", ".json", ".jsonl", ".txt", ".css"),
    "tests": (".py",),
    "verrous": (".txt",),
    "npm": (".json",),
    "overrides": (".html", ".js", ".txt"),
    ".github/workflows": (".yml",),
}
NOMS_LUS = ("Modelfile",)
A_LA_RACINE = (
    *("README.md", "CONTRIBUTING.md", "LICENSE", "LICENSE-TEXTES", "Makefile", "mkdocs.yml"),
    *("pyproject.toml", "package.json", "package-lock.json", ".gitattributes", ".gitignore"),
)
# Ce qu'un programme a écrit, sauf ce que montrent les pages.
PRODUITS = DOSSIERS_HORS_LECON - {"sorties", "diagrammes", *FICHIERS_DES_PAGES}
# Des documents dont le format, donné à lire, fait la leçon.
DOCUMENTS = "snippets/donnees/documents/"
# Les formats où un BOM est une faute, et les CSV dont les outils lisent l'en-tête.
SANS_BOM = {".toml": "TOML", ".json": "JSON", ".ipynb": "JSON", ".jsonl": "JSON"}
CSV_DES_OUTILS = "snippets/module_9_rag_ou_finetuning/"
SEPARATEURS = ",;\t|"
REMEDE = "Corrigez-le, ou reprenez la version de git."
MEMOIRE = "lisibles"
PROFONDEUR = (RecursionError, MemoryError)


class Illisible(Exception):
    """Ce qui ne va pas dans un fichier, et à quelle ligne si on le sait."""

    def __init__(self, constat: str, ligne: int | None = None, remede: str = REMEDE) -> None:
        super().__init__(constat)
        self.constat = constat
        self.ligne = ligne
        self.remede = remede


def fichiers_lisibles() -> Iterator[Probleme]:
    """Chaque fichier lu par les outils est lisible, sauf ceux que les exemptions nomment."""
    connus = memoire.reprendre(MEMOIRE)
    lisibles: dict[str, bool] = {}
    illisibles: dict[str, Probleme] = {}
    for fichier in _fichiers():
        nom = relatif(fichier)
        try:
            octets = fichier.read_bytes()
        except OSError as erreur:
            constat = f"ne peut pas être lu ({pannes.raison(erreur)})"
            illisibles[nom] = _probleme(nom, Illisible(constat))
            continue
        cle = memoire.empreinte_de(nom, octets)
        try:
            if cle not in connus:
                lire(nom, octets)
            lisibles[cle] = True
        except Illisible as erreur:
            illisibles[nom] = _probleme(nom, erreur)
    if lisibles.keys() != connus.keys():
        memoire.garder(MEMOIRE, dict(lisibles))
    if liste := illisibles.get("snippets/exemptions.toml"):
        # Sans elle, on accuserait les fichiers faits pour être mal lus.
        yield liste
        return
    exemptes = [e["fichier"] for e in exemptions.de("illisible")]
    yield from (probleme for nom, probleme in illisibles.items() if nom not in exemptes)
    for nom in exemptes:
        if nom not in illisibles:
            yield Probleme(
                "snippets/exemptions.toml",
                f"l'exemption [[illisible]] de {nom} ne sert plus",
                "Retirez-la de la liste.",
            )


def _probleme(nom: str, erreur: Illisible) -> Probleme:
    endroit = f"{nom}:{erreur.ligne}" if erreur.ligne else nom
    return Probleme(endroit, erreur.constat, erreur.remede)


def _fichiers() -> Iterator[Path]:
    for dossier, extensions in LUS.items():
        for fichier in sorted((chemins.RACINE / dossier).rglob("*")):
            noms = fichier.relative_to(chemins.RACINE / dossier).parts
            if any(nom.startswith(".") for nom in noms):
                continue
            if dossier == "snippets" and PRODUITS & set(noms):
                continue
            # Un dossier nommé comme un fichier serait pris pour lui.
            if fichier.suffix in extensions or fichier.name.startswith(NOMS_LUS):
                yield fichier
    for nom in A_LA_RACINE:
        if (chemins.RACINE / nom).exists():
            yield chemins.RACINE / nom


def lire(nom: str, octets: bytes) -> None:
    """Lit le contenu d'un fichier selon son extension. Lève `Illisible` s'il ne se lit pas."""
    try:
        texte = octets.decode("utf-8")
    except UnicodeDecodeError as erreur:
        ligne = octets[: erreur.start].count(b"\n") + 1
        constat = "n'est pas un texte en UTF-8"
        raise Illisible(constat, ligne, "Enregistrez-le en UTF-8.") from erreur
    if "\0" in texte:
        ligne = texte[: texte.index("\0")].count("\n") + 1
        constat = "contient un octet nul : ce n'est pas un texte en UTF-8"
        raise Illisible(constat, ligne, "Enregistrez-le en UTF-8.")
    suffixe = Path(nom).suffix
    if texte.startswith("\ufeff") and (suffixe in SANS_BOM or nom.startswith(CSV_DES_OUTILS)):
        constat = f"commence par un BOM, que le {SANS_BOM.get(suffixe, 'CSV')} n'admet pas ici"
        raise Illisible(constat, 1, "Enregistrez-le en UTF-8 sans BOM.")
    lecteur = LECTEURS.get(suffixe)
    if lecteur is None or (nom.startswith(DOCUMENTS) and not nom.endswith(".md")):
        return
    try:
        lecteur(texte)
    except PROFONDEUR as erreur:
        raise Illisible("est trop imbriqué pour être lu") from erreur


def _toml(texte: str) -> None:
    try:
        tomllib.loads(texte)
    except ValueError as erreur:
        lignes = [
            int(mot.rstrip(",)")) for mot in str(erreur).split() if mot.rstrip(",)").isdigit()
        ]
        ligne = lignes[0] if lignes else texte.count("\n") + 1
        raise Illisible("n'est pas du TOML lisible", ligne) from erreur


def _json(texte: str) -> None:
    try:
        json.loads(texte)
    except json.JSONDecodeError as erreur:
        raise Illisible("n'est pas du JSON lisible", erreur.lineno) from erreur
    except ValueError as erreur:  # un nombre démesuré
        raise Illisible("n'est pas du JSON lisible") from erreur


def _jsonl(texte: str) -> None:
    lignes = texte.split("\n")
    for numero, ligne in enumerate(lignes, 1):
        if not ligne.strip() and numero == len(lignes):
            continue
        try:
            contenu = json.loads(ligne)
        except ValueError as erreur:
            raise Illisible("cette ligne n'est pas du JSON lisible", numero) from erreur
        if not isinstance(contenu, dict):
            raise Illisible("cette ligne n'est pas un objet JSON", numero)


def _csv(texte: str) -> None:
    texte = texte.removeprefix("\ufeff")
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=_separateur(texte), strict=True)
    colonnes = 0
    try:
        for ligne in lecteur:
            colonnes = colonnes or len(ligne)
            if ligne and len(ligne) != colonnes:
                valeurs = compte(len(ligne), "valeur")
                constat = f"cette ligne a {valeurs} pour {compte(colonnes, 'colonne')}"
                raise Illisible(constat, lecteur.line_num)
    except csv.Error as erreur:
        raise Illisible("n'est pas du CSV lisible", lecteur.line_num) from erreur


def _separateur(texte: str) -> str:
    """Celui que l'en-tête emploie le plus, hors des guillemets."""
    entete = re.sub(r'"[^"]*"', "", texte.partition("\n")[0])
    return max(SEPARATEURS, key=entete.count)


def _xml(texte: str) -> None:
    try:
        ElementTree.fromstring(texte)
    except ElementTree.ParseError as erreur:
        raise Illisible("n'est pas du XML lisible", erreur.position[0]) from erreur


def _yaml(texte: str) -> None:
    import yaml

    try:
        contenu = reglages.lire_yaml(texte)
    except yaml.YAMLError as erreur:
        marque = getattr(erreur, "problem_mark", None)
        raise Illisible("n'est pas du YAML lisible", marque.line + 1 if marque else 1) from erreur
    except (ValueError, TypeError, AttributeError) as erreur:  # une date ou une clé impossible
        raise Illisible("n'est pas du YAML lisible") from erreur
    if not isinstance(contenu, dict):
        raise Illisible("n'est pas une suite de « clé: valeur » en YAML", 1)


def _markdown(texte: str) -> None:
    """L'en-tête d'une page, s'il y en a un, est du YAML."""
    if en_tete := EN_TETE.match(texte):
        lignes = en_tete[0].split("\n")[1:-2]
        if any(ligne.strip() for ligne in lignes):
            try:
                _yaml("\n".join(lignes))
            except Illisible as erreur:
                ligne = (erreur.ligne or 1) + 1
                raise Illisible(f"son en-tête {erreur.constat}", ligne) from erreur


def _python(texte: str) -> None:
    try:
        ast.parse(texte)
    except SyntaxError as erreur:
        raise Illisible("n'est pas du Python lisible", erreur.lineno) from erreur
    except ValueError as erreur:  # un octet nul
        raise Illisible("n'est pas du Python lisible") from erreur


LECTEURS: dict[str, Callable[[str], None]] = {
    ".toml": _toml,
    ".json": _json,
    ".ipynb": _json,
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".yml": _yaml,
    ".md": _markdown,
    ".svg": _xml,
    ".py": _python,
}
