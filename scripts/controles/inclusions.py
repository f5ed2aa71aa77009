"""Ce qu'une page inclut existe, se lit, et se trouve là où il se voit."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from scripts.controles import des_pages, endroits
from scripts.controles.lecture import Rendu
from scripts.controles.probleme import Probleme
from scripts.lecons import pages, sections
from scripts.lecons.pages import Inclusion
from scripts.socle import chemins
from scripts.socle.chemins import relatif

# Ce qu'une page peut inclure : du code et des données suivis, ou ce qui est calculé d'après eux.
DOSSIERS_INCLUS = ("snippets/", "genere/")
MODELE = '--8<-- "fichier:section"'


def inclusions_valides() -> Iterator[Probleme]:
    """Chaque inclusion a la forme du cours ; son fichier et sa section existent."""
    generes = {relatif(chemin) for chemin in chemins.GENERE.rglob("*.md")}
    for page, rendue in des_pages.rendus().items():
        ratees = list(dict.fromkeys(rendue.inclusions_ratees))
        for ratee in ratees:
            yield mal_ecrite(endroits.endroit(page, ligne_de_la_ratee(page, ratee)), ratee)
        for inclusion in pages.inclusions(page):
            if refus := _refus(inclusion, generes):
                yield Probleme(f"{relatif(page)}:{inclusion.ligne}", *refus)


def ligne_de_la_ratee(page: Path, ratee: str) -> int | None:
    """La première ligne de la page qui n'est que cette inclusion, citée ou non."""
    lignes = enumerate(page.read_text(encoding="utf-8").split("\n"), 1)
    egales = [
        numero
        for numero, ligne in lignes
        if ligne.strip().lstrip("> ") == ratee and not pages.INCLUSION.match(ligne)
    ]
    return egales[0] if egales else None


def mal_ecrite(endroit: str, ligne: str) -> Probleme:
    """Ce qui ne va pas dans cette ligne, qui inclut quelque chose autrement que le cours."""
    constats = (
        (r";", "une inclusion est échappée par un point-virgule", "Retirez-le."),
        (
            r"-+8<-+$",
            "une inclusion est écrite en bloc",
            f"Écrivez une ligne par fichier : {MODELE}.",
        ),
        (
            r"-+8<-+\s+'",
            "une inclusion est entre apostrophes",
            f"Écrivez-la entre guillemets droits : {MODELE}.",
        ),
        (
            "",
            "une inclusion s'affiche au lieu d'être faite",
            f"Écrivez-la seule sur sa ligne, sans rien après, hors d'une citation : {MODELE}.",
        ),
    )
    constat, remede = next(suite for motif, *suite in constats if re.match(motif, ligne.strip()))
    return Probleme(endroit, constat, remede)


def _refus(inclusion: Inclusion, generes: set[str]) -> tuple[str, str] | None:
    """Pourquoi cette inclusion ne vaut rien, et le remède ; None si elle est juste."""
    nom, section = inclusion.fichier, inclusion.section or ""
    fichier, exact = chemins.RACINE / nom, posixpath.normpath(nom)
    if section.startswith("//"):
        return f"« {nom}:{section} » est une adresse du web", "Copiez ce fichier sous snippets/."
    if not exact.startswith(DOSSIERS_INCLUS):
        return (
            f"« {nom} » n'est pas sous snippets/",
            "Une page n'inclut que des fichiers de snippets/ ou de genere/.",
        )
    if exact != nom:
        return f"« {nom} » n'est pas écrit au plus court", f"Écrivez « {exact} »."
    if fichier.is_dir():
        return f"« {nom} » est un dossier", "Nommez l'un de ses fichiers."
    if not fichier.is_file() and nom not in generes:
        if phrase := re.fullmatch(r"genere/([^/]+)/phrases/([^/]+)\.md", nom):
            return (
                f"la phrase « {phrase[2]} » n'est pas déclarée",
                f"Corrigez le nom, ou déclarez-la dans snippets/{phrase[1]}/phrases.toml.",
            )
        return (
            f"le fichier « {nom} » n'existe pas",
            "Corrigez le nom ; les sorties sont sous genere/, au nom du snippet.",
        )
    if not section or _a_la_section(fichier, section):
        return None
    if not section.strip("0123456789:,-"):
        return (
            f"« {section} » désigne des lignes par leur numéro, qui change avec le fichier",
            "Entourez ces lignes de « --8<-- [start:nom] » et de « --8<-- [end:nom] », puis "
            "incluez la section « nom ».",
        )
    return (
        f"la section « {section} » n'existe pas dans {nom}",
        f"Ajoutez la balise « --8<-- [start:{section}] » ou corrigez le nom.",
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
        if (
            posixpath.normpath(inclusion.fichier).startswith("genere/")
            and inclusion.ligne in dans_un_bloc
        ):
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
