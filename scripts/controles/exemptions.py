"""Ce que les contrôles des pages laissent passer, d'après snippets/exemptions.toml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scripts.controles import des_pages
from scripts.controles.probleme import Probleme
from scripts.lecons import exemptions, pages
from scripts.socle.chemins import relatif


def blocs() -> list[tuple[str, str, str]]:
    """(page, contenu à comparer, première ligne) de chaque bloc exempté."""
    return [
        (
            bloc["page"],
            des_pages.a_comparer(bloc["contenu"]),
            bloc["contenu"].strip().split("\n")[0],
        )
        for bloc in exemptions.de("bloc")
    ]


def sans_sortie() -> set[str]:
    """Les programmes montrés sans leur sortie."""
    return {exemption["programme"] for exemption in exemptions.de("sans_sortie")}


def exemptions_utiles() -> Iterator[Probleme]:
    """Chaque exemption correspond encore à un bloc de sa page : la liste ne peut que rétrécir."""
    montres = {
        (relatif(page), des_pages.a_comparer(bloc.texte))
        for page, rendue in des_pages.rendus().items()
        for bloc in rendue.blocs
        if bloc.genre == "bloc"
    }
    for page, contenu, debut in blocs():
        if (page, contenu) not in montres:
            yield Probleme(
                "snippets/exemptions.toml",
                f"l'exemption « {debut} » de {page} ne sert plus",
                "Retirez-la de la liste.",
            )
    yield from _sans_sortie_utiles()


def _sans_sortie_utiles() -> Iterator[Probleme]:
    inclus = {inclusion.fichier for page in pages.toutes() for inclusion in pages.inclusions(page)}
    for nom in sorted(sans_sortie()):
        sortie = f"genere/{PurePosixPath(nom).with_suffix('.md')}"
        if f"snippets/{nom}" not in inclus or sortie in inclus:
            yield Probleme(
                "snippets/exemptions.toml",
                f"l'exemption sans_sortie de {nom} ne sert plus",
                "Retirez-la de la liste.",
            )
