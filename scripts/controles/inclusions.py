"""Ce qu'une page inclut existe, se lit, et se trouve là où il se voit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.controles import des_pages
from scripts.controles.probleme import Probleme
from scripts.controles.rendu import Rendu
from scripts.lecons import pages, sections
from scripts.socle import chemins
from scripts.socle.chemins import relatif

# Ce qu'une page peut inclure : du code et des données suivis, ou ce qui est calculé d'après eux.
DOSSIERS_INCLUS = ("snippets/", "genere/")


def inclusions_valides() -> Iterator[Probleme]:
    """Chaque inclusion désigne un fichier suivi et une section qui existent."""
    generes = {relatif(chemin) for chemin in chemins.GENERE.rglob("*.md")}
    for page in pages.toutes():
        for inclusion in pages.inclusions(page):
            endroit = f"{relatif(page)}:{inclusion.ligne}"
            fichier = chemins.RACINE / inclusion.fichier
            if not inclusion.fichier.startswith(DOSSIERS_INCLUS) or ".." in fichier.parts:
                yield Probleme(
                    endroit,
                    f"« {inclusion.fichier} » n'est pas sous snippets/",
                    "Une page n'inclut que des fichiers de snippets/ ou de genere/.",
                )
            elif not fichier.is_file() and inclusion.fichier not in generes:
                yield Probleme(
                    endroit,
                    f"le fichier « {inclusion.fichier} » n'existe pas",
                    "Corrigez le nom ; les sorties sont sous genere/, au nom du snippet.",
                )
            elif inclusion.section and not _a_la_section(fichier, inclusion.section):
                yield Probleme(
                    endroit,
                    f"la section « {inclusion.section} » n'existe pas dans {inclusion.fichier}",
                    f"Ajoutez la balise « --8<-- [start:{inclusion.section}] » ou corrigez le nom.",
                )


def _a_la_section(fichier: Path, section: str) -> bool:
    return section in sections.sections(fichier.read_text(encoding="utf-8", errors="replace"))


def inclusions_bien_placees() -> Iterator[Probleme]:
    """Un fichier se montre dans un bloc de code ; un fragment de genere/, hors de tout bloc."""
    for page, rendue in des_pages.rendus().items():
        yield from _mal_placees(page, rendue)


def _mal_placees(page: Path, rendue: Rendu) -> Iterator[Probleme]:
    dans_un_bloc = {
        numero
        for bloc in pages.blocs(page)
        for numero in range(bloc.ligne, bloc.ligne + bloc.contenu.count("\n") + 2)
    }
    for inclusion in pages.inclusions(page):
        if inclusion.fichier.startswith("genere/") and inclusion.ligne in dans_un_bloc:
            yield Probleme(
                f"{relatif(page)}:{inclusion.ligne}",
                f"« {inclusion.fichier} » est inclus dans un bloc de code",
                "Sortez cette inclusion du bloc : le fragment contient déjà le sien.",
            )
    for montre in rendue.montres:
        if montre.fichier.startswith("snippets/") and not montre.dans_un_bloc:
            yield Probleme(
                f"{relatif(page)}:{montre.ligne}",
                f"« {montre.fichier} » est inclus hors d'un bloc de code",
                "Entourez l'inclusion d'un bloc de code, qui ne contient qu'elle.",
            )
