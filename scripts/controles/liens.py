"""Les liens du site mènent quelque part : pages, ancres, figures et téléchargements, hors ligne."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from scripts.controles import des_pages, reglages
from scripts.controles.probleme import Probleme
from scripts.controles.rendu import Lien
from scripts.lecons import pages
from scripts.socle import chemins
from scripts.socle.chemins import relatif

# Ce que la construction du site écrit, sans qu'aucun fichier de docs/ y corresponde.
ECRITS_PAR_LE_SITE = {
    "404.html",
    "assets/javascripts/iframe-worker.js",
    "assets/javascripts/lunr/min/lunr.fr.min.js",
    "llms.txt",
    "search/search_index.json",
    "sitemap.xml",
}
PAGES = (".md", ".ipynb")
# Dans une cellule de carnet : le code, les adresses du Markdown, celles du HTML.
CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1|(`+)(?!`).+?(?<!`)\2(?!`)", re.MULTILINE | re.DOTALL)
ADRESSE = re.compile(
    r"""\]\(\s*<?(?P<markdown>[^\s)>]+)>?(?:\s+["'][^)]*)?\)"""
    r"""|\b(?:href|src)\s*=\s*["'](?P<html>[^"']+)["']"""
    r"""|^ {0,3}\[[^\]^]+\]:\s+<?(?P<reference>\S+?)>?(?:\s|$)""",
    re.MULTILINE,
)
TITRE = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
IDENTIFIANT = re.compile(r"""\bid\s*=\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Plan:
    """Ce qui existe : les fichiers du site, par leur nom sous docs/, et les ancres des pages."""

    fichiers: set[str]
    ancres: dict[str, set[str]]

    def publies(self) -> set[str]:
        """Les mêmes fichiers sous le nom qu'ils ont dans le site : une page y est un `.html`."""
        return {_publie(nom) for nom in self.fichiers}


def liens_internes() -> Iterator[Probleme]:
    """Chaque lien interne mène à un fichier et à une ancre qui existent."""
    rendus = des_pages.rendus()
    carnets = {carnet: _cellules(carnet) for carnet in sorted(chemins.DOCS.rglob("*.ipynb"))}
    plan = _plan(carnets)
    publies = plan.publies()
    for page, rendue in rendus.items():
        for lien in dict.fromkeys(rendue.liens):
            if raison := _rompu(lien, _sous_docs(page), plan, publies):
                yield _probleme(des_pages.endroit(page, lien.adresse), lien, raison)
    for carnet, cellules in carnets.items():
        for lien in dict.fromkeys(_liens_du_carnet(cellules)):
            if raison := _rompu(lien, _sous_docs(carnet), plan, publies):
                yield _probleme(relatif(carnet), lien, raison)
    yield from _navigation(plan)


def _probleme(endroit: str, lien: Lien, raison: str) -> Probleme:
    return Probleme(
        endroit, f"le lien « {lien.adresse} » est rompu, {raison}", "Corrigez l'adresse du lien."
    )


def _sous_docs(fichier: Path) -> str:
    return fichier.relative_to(chemins.DOCS).as_posix()


def _publie(nom: str) -> str:
    """Le nom d'un fichier de docs/ dans le site."""
    radical, extension = posixpath.splitext(nom)
    if posixpath.basename(nom) == "README.md":
        radical = posixpath.join(posixpath.dirname(nom), "index")
    return f"{radical}.html" if extension in PAGES else nom


def _plan(carnets: dict[Path, list[str]]) -> Plan:
    fichiers = reglages.publies(map(_sous_docs, filter(Path.is_file, chemins.DOCS.rglob("*"))))
    ancres = {_sous_docs(page): set(rendue.ancres) for page, rendue in des_pages.rendus().items()}
    for carnet, cellules in carnets.items():
        ancres[_sous_docs(carnet)] = set(_ancres_du_carnet(cellules))
    return Plan(fichiers | ECRITS_PAR_LE_SITE | set(pages.telechargements()), ancres)


def _rompu(lien: Lien, depuis: str, plan: Plan, publies: set[str]) -> str | None:
    """Pourquoi ce lien de `depuis` ne mène nulle part, ou None s'il est bon ou externe."""
    try:
        adresse = urlsplit(lien.adresse.strip())
    except ValueError:
        return "son adresse n'en est pas une"
    if adresse.scheme or adresse.netloc:
        return None
    if adresse.path.startswith("/"):
        return "il est absolu, et le site peut être ailleurs qu'à la racine"
    cible = depuis if lien.markdown else _publie(depuis)
    if adresse.path:
        cible = posixpath.normpath(posixpath.join(posixpath.dirname(depuis), unquote(adresse.path)))
        if adresse.path.endswith("/") and not lien.markdown:
            cible = posixpath.join(cible, "index.html")
    existants = plan.fichiers if lien.markdown else publies
    if cible not in existants:
        return _absence(cible, lien, plan, publies)
    ancre = unquote(adresse.fragment)
    sources = [nom for nom in plan.ancres if cible in (nom, _publie(nom))]
    if ancre and sources and not any(ancre in plan.ancres[nom] for nom in sources):
        return f"l'ancre « {ancre} » n'existe pas dans docs/{sources[0]}"
    return None


def _absence(cible: str, lien: Lien, plan: Plan, publies: set[str]) -> str:
    if lien.markdown and cible in publies:
        return f"un lien Markdown nomme la source de la page, pas « {cible} »"
    if not lien.markdown and cible in plan.fichiers:
        return f"un lien écrit en HTML ou dans un carnet nomme la page publiée, {_publie(cible)}"
    return f"« {cible} » n'existe pas dans le site"


def _navigation(plan: Plan) -> Iterator[Probleme]:
    """La navigation nomme des pages qui existent."""
    if not (chemins.RACINE / "mkdocs.yml").is_file():
        return
    for nom in reglages.pages_de_la_navigation():
        if not urlsplit(nom).scheme and nom not in plan.fichiers:
            yield Probleme(
                "mkdocs.yml",
                f"la navigation nomme « {nom} », qui n'existe pas",
                "Corrigez le nom, relatif à docs/, ou retirez cette ligne.",
            )


# --- Les carnets publiés ---


def _cellules(carnet: Path) -> list[str]:
    """Le texte de chaque cellule Markdown."""
    contenu: dict[str, Any] = json.loads(carnet.read_text(encoding="utf-8"))
    return [
        "".join(cellule["source"])
        for cellule in contenu["cells"]
        if cellule["cell_type"] == "markdown"
    ]


def _liens_du_carnet(cellules: list[str]) -> Iterator[Lien]:
    """Ses adresses : mkdocs n'en traduit aucune."""
    for cellule in cellules:
        for trouve in ADRESSE.finditer(CODE.sub("", cellule)):
            yield Lien(trouve["markdown"] or trouve["html"] or trouve["reference"], False)


def _ancres_du_carnet(cellules: list[str]) -> Iterator[str]:
    """Les ancres que `nbconvert` donne aux titres : le texte, une espace devenant un tiret."""
    for cellule in cellules:
        for titre in TITRE.findall(cellule):
            yield re.sub(r"[*_`]|\]\([^)]*\)|\[", "", titre).replace(" ", "-")
        yield from IDENTIFIANT.findall(cellule)
