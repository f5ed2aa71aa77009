"""Les pages, telles que le site les rend : ce que les autres contrôles en lisent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from scripts.controles import rendu
from scripts.controles.lecture import Rendu
from scripts.controles.probleme import Probleme
from scripts.lecons import catalogue, pages
from scripts.socle import chemins
from scripts.socle.chemins import relatif

# MkDocs en ferait aussi des pages.
AUTRES_MARKDOWN = {".markdown", ".mdown", ".mkdn", ".mkd"}


@cache
def rendus() -> dict[Path, Rendu]:
    """Ce que donne chaque page du site une fois rendue ; `oublier` vide ce cache."""
    textes = {page: page.read_text(encoding="utf-8") for page in pages.toutes()}
    return rendu.de_tous(textes, "pages")


@cache
def carnets() -> dict[Path, Rendu]:
    """Ce que donne le texte de chaque carnet publié : ses cellules Markdown, à la suite."""
    publies = sorted(chemins.DOCS.rglob("*.ipynb"))
    textes = {carnet: "\n\n".join(cellules(carnet)) for carnet in publies}
    return rendu.de_tous(textes, "carnets")


def cellules(carnet: Path) -> list[str]:
    """Le texte de chaque cellule Markdown d'un carnet publié."""
    contenu: dict[str, Any] = json.loads(carnet.read_text(encoding="utf-8"))
    return [
        "".join(cellule["source"])
        for cellule in contenu["cells"]
        if cellule["cell_type"] == "markdown"
    ]


def oublier() -> None:
    """Fait relire les pages et les carnets au prochain contrôle."""
    rendus.cache_clear()
    carnets.cache_clear()


def pages_rendues() -> Iterator[Probleme]:
    """Chaque page se rend, et les contrôles lisent tout ce que le site publie comme page."""
    for page, rendue in rendus().items():
        if rendue.erreur:
            yield Probleme(
                relatif(page),
                f"la page ne peut pas être rendue ({rendue.erreur})",
                "Reprenez la dernière version lisible, puis refaites vos changements pas à pas.",
            )
    for fichier in sorted(chemins.DOCS.rglob("*")):
        if fichier.suffix.lower() in AUTRES_MARKDOWN and fichier.is_file():
            yield Probleme(
                relatif(fichier),
                "le site publierait cette page, qu'aucun contrôle ne lit",
                "Renommez-la en « .md ».",
            )
        elif fichier.suffix == ".html" and not fichier.with_suffix(".ipynb").is_file():
            yield Probleme(
                relatif(fichier),
                "cette page HTML n'est celle d'aucun carnet",
                "Écrivez-la en Markdown, ou retirez-la.",
            )


def snippets_montres() -> Iterator[Probleme]:
    """Chaque programme est sur une page, et s'y voit ; `reunis` le dit des fichiers réunis."""
    montres = {montre.fichier for rendue in rendus().values() for montre in rendue.montres}
    for nom in catalogue.noms_des_programmes():
        if catalogue.est_carnet(chemins.SNIPPETS / nom):
            continue
        if f"snippets/{nom}" not in montres:
            yield Probleme(
                f"snippets/{nom}",
                "ce programme n'est sur aucune page",
                f'Incluez-le avec --8<-- "snippets/{nom}", ou supprimez-le.',
            )


def a_comparer(texte: str) -> str:
    """Le texte d'un bloc sans ce que le rendu peut changer : tabulations, fins de ligne, bords."""
    lignes = texte.expandtabs(4).split("\n")
    return "\n".join(ligne.rstrip() for ligne in lignes).strip()
