"""Les pages, telles que le site les rend : ce que les autres contrôles en lisent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scripts.controles import rendu
from scripts.controles.probleme import Probleme
from scripts.controles.rendu import Rendu
from scripts.lecons import catalogue, pages
from scripts.socle import chemins
from scripts.socle.chemins import relatif


@cache
def rendus() -> dict[Path, Rendu]:
    """Ce que donne chaque page du site une fois rendue ; `verifier` vide ce cache au départ."""
    return rendu.de_toutes(pages.toutes())


def pages_rendues() -> Iterator[Probleme]:
    """Chaque page se rend, et chacune de ses inclusions est de celles que le site comprend."""
    for page, rendue in rendus().items():
        if rendue.erreur:
            yield Probleme(
                relatif(page),
                f"la page ne peut pas être rendue ({rendue.erreur})",
                "Reprenez la dernière version lisible, puis refaites vos changements pas à pas.",
            )
        if rendue.inclusions_ratees:
            yield Probleme(
                endroit(page, "8<-"),
                "une inclusion s'affiche au lieu d'être faite",
                'Écrivez-la seule sur sa ligne, hors d\'une citation : --8<-- "fichier:section".',
            )


def snippets_montres() -> Iterator[Probleme]:
    """Chaque snippet est sur une page, et s'y voit."""
    montres = {montre.fichier for rendue in rendus().values() for montre in rendue.montres}
    for nom in catalogue.noms_des_snippets():
        if catalogue.est_carnet(chemins.SNIPPETS / nom):
            continue
        if f"snippets/{nom}" not in montres:
            yield Probleme(
                f"snippets/{nom}",
                "ce programme n'est sur aucune page",
                f'Incluez-le avec --8<-- "snippets/{nom}", ou supprimez-le.',
            )


def endroit(page: Path, texte: str) -> str:
    """`page:ligne` de la première ligne qui contient ce texte ; la page seule s'il n'y est pas."""
    numero = ligne_de(page, texte)
    return f"{relatif(page)}:{numero}" if numero else relatif(page)


def ligne_de(page: Path, texte: str) -> int | None:
    """La première ligne de la page qui contient ce texte, à la casse près."""
    if not texte:
        return None
    lignes = page.read_text(encoding="utf-8").lower().split("\n")
    return next((n for n, ligne in enumerate(lignes, 1) if texte.lower() in ligne), None)


def a_comparer(texte: str) -> str:
    """Le texte d'un bloc sans ce que le rendu peut changer : tabulations, fins de ligne, bords."""
    lignes = texte.expandtabs(4).split("\n")
    return "\n".join(ligne.rstrip() for ligne in lignes).strip()
