"""Tout fichier que les outils lisent se lit : UTF-8, puis TOML, JSON, JSONL, CSV, YAML ou Python.

Ce contrôle passe avant les autres, qui supposent des fichiers lisibles, et les arrête s'il le faut.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts.controles import reglages
from scripts.controles.probleme import Probleme
from scripts.lecons import exemptions
from scripts.lecons.catalogue import DOSSIERS_HORS_LECON
from scripts.lecons.pages import EN_TETE
from scripts.socle import chemins, memoire
from scripts.socle.chemins import relatif

# Sous chaque dossier, les fichiers lus : par leur extension, ou par leur nom.
LUS = {
    "docs": (".md", ".ipynb", ".json", ".txt", ".css", ".js"),
    "snippets": (".py", ".sh", ".md", ".toml", ".json", ".jsonl", ".csv", ".mmd", ".txt", ".html"),
    "scripts": (".toml", ".json", ".jsonl", ".txt", ".css"),
    "tests/lecons": (".py",),
    "verrous": (".txt",),
    ".github/workflows": (".yml",),
}
NOMS_LUS = ("Modelfile",)
A_LA_RACINE = ("README.md", "CONTRIBUTING.md", "mkdocs.yml", "pyproject.toml", "package.json")
# Ce qu'un programme a écrit, sauf ce que montrent les pages.
PRODUITS = DOSSIERS_HORS_LECON - {"sorties", "diagrammes"}
# Des documents dont le format, donné à lire, fait la leçon.
DOCUMENTS = "snippets/donnees/documents/"
MEMOIRE = "lisibles"
PROFONDEUR = (RecursionError, MemoryError)


class Illisible(Exception):
    """Ce qui ne va pas dans un fichier, et à quelle ligne si on le sait."""

    def __init__(self, constat: str, ligne: int | None = None) -> None:
        super().__init__(constat)
        self.constat = constat
        self.ligne = ligne


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
            illisibles[nom] = _probleme(nom, Illisible(f"ne peut pas être lu ({erreur.strerror})"))
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
    lues = "snippets/exemptions.toml" not in illisibles
    exemptes = [e["fichier"] for e in exemptions.de("illisible")] if lues else []
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
    return Probleme(
        endroit,
        erreur.constat,
        "Corrigez-le, ou reprenez la version de git.",
    )


def _fichiers() -> Iterator[Path]:
    for dossier, extensions in LUS.items():
        for fichier in sorted((chemins.RACINE / dossier).rglob("*")):
            noms = fichier.relative_to(chemins.RACINE / dossier).parts
            if any(nom.startswith(".") for nom in noms):
                continue
            if dossier == "snippets" and PRODUITS & set(noms):
                continue
            lu = fichier.suffix in extensions or fichier.name.startswith(NOMS_LUS)
            # Un dossier nommé comme une page serait pris pour elle.
            if lu and (fichier.suffix == ".md" or not fichier.is_dir()):
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
        raise Illisible("n'est pas un texte en UTF-8", ligne) from erreur
    lecteur = LECTEURS.get(Path(nom).suffix)
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
    lecteur = csv.reader(io.StringIO(texte, newline=""), strict=True)
    colonnes = 0
    try:
        for ligne in lecteur:
            colonnes = colonnes or len(ligne)
            if ligne and len(ligne) != colonnes:
                raise Illisible(
                    f"cette ligne a {len(ligne)} valeurs pour {colonnes} colonnes", lecteur.line_num
                )
    except csv.Error as erreur:
        raise Illisible("n'est pas du CSV lisible", lecteur.line_num) from erreur


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
    ".py": _python,
}
