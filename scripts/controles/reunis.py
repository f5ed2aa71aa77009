"""Les fichiers réunis, que les programmes d'un module importent (`scripts.lecons.catalogue`)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scripts.controles import des_pages
from scripts.controles.probleme import Probleme
from scripts.lecons import catalogue, cle, marqueurs, sections, syntaxe
from scripts.socle import chemins
from scripts.socle.chemins import relatif


def fichiers_reunis_justes() -> Iterator[Probleme]:
    """Un fichier réuni ne fait que définir, est importé, montré entier, et n'a pas de test."""
    reunis = catalogue.fichiers_reunis()
    for nom in reunis:
        yield from _de_sa_forme(nom)
        yield from _de_sa_page(nom)
    for marqueur in marqueurs.tous():
        for nom in sorted(set(marqueur.programmes) & reunis.keys()):
            if marqueur.sorte == "snippet":
                yield Probleme(
                    relatif(marqueur.test),
                    f"ce test lit l'enregistrement de {nom}, un fichier réuni, qui n'en a pas",
                    "Testez un programme qui l'importe.",
                )
    for nom in catalogue.noms_des_programmes():
        sans_numero = catalogue.NUMEROTE.match(PurePosixPath(nom).name) is None
        if nom.endswith(".py") and sans_numero and not _agit(chemins.SNIPPETS / nom):
            yield Probleme(
                f"snippets/{nom}",
                "ce fichier ne fait que définir, et rien ne l'importe dans son dossier",
                "Importez-le là où il sert, ou supprimez-le.",
            )


def _agit(fichier: Path) -> bool:
    return syntaxe.agit(ast.parse(fichier.read_bytes()))


def _de_sa_forme(nom: str) -> Iterator[Probleme]:
    fichier = chemins.SNIPPETS / nom
    if catalogue.est_carnet(fichier) or _agit(fichier):
        yield Probleme(
            f"snippets/{nom}",
            "ce fichier, qu'un programme importe, fait autre chose que définir",
            "N'y gardez que des imports, des constantes, des fonctions et des classes.",
        )
    if fichier.stem in sys.stdlib_module_names or fichier.stem in _paquets():
        yield Probleme(
            f"snippets/{nom}",
            f"ce fichier cache le module « {fichier.stem} » aux programmes de son dossier",
            "Donnez-lui un autre nom.",
        )


def _paquets() -> set[str]:
    return {nom.replace("-", "_") for nom in cle.versions_verrouillees("dev")}


def _de_sa_page(nom: str) -> Iterator[Probleme]:
    """Les pages de son module le montrent entier, ou montrent chacune de ses sections."""
    numero = nom.split("_")[1]
    montrees = {
        montre.section or ""
        for page, rendue in des_pages.rendus().items()
        if page.parent.name.startswith("jour-") and page.name.startswith(f"{numero}_")
        for montre in rendue.montres
        if montre.fichier == f"snippets/{nom}"
    }
    toutes = sections.sections((chemins.SNIPPETS / nom).read_text(encoding="utf-8"))
    inclusion = f'--8<-- "snippets/{nom}'
    if not montrees:
        yield Probleme(
            f"snippets/{nom}",
            "aucune page de son module ne montre ce fichier réuni",
            f'Incluez-le avec {inclusion}", ou section par section.',
        )
    elif "" not in montrees:
        for section in sorted(toutes - montrees):
            yield Probleme(
                f"snippets/{nom}",
                f"aucune page de son module ne montre la section « {section} » de ce fichier réuni",
                f'Incluez-la avec {inclusion}:{section}", ou montrez le fichier entier.',
            )
