"""Ce sans quoi le cours ne se contrôle pas : des fichiers présents, qui disent ce qu'on y lit.

Un fichier qui manque ferait accuser tous ceux qui en dépendent : ces contrôles passent d'abord.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from packaging.markers import InvalidMarker, Marker

from scripts.controles.probleme import Probleme
from scripts.execution import lanceur
from scripts.lecons import journal, modeles, verrous
from scripts.socle import chemins
from scripts.socle.erreurs import FichierInvalide
from scripts.socle.pannes import REMEDE_DE_GIT

MODULE_9 = "snippets/module_9_rag_ou_finetuning"
REQUIS = (
    *(".gitattributes", "LICENSE", "Makefile", "README.md"),
    *("mkdocs.yml", "package-lock.json", "package.json"),
    *("pyproject.toml", "docs/index.md", "docs/mots.txt", "docs/annexes/glossaire.md"),
    "docs/annexes/performances.json",
    *("scripts/execution/lanceur.toml", "scripts/lecons/modeles.toml"),
    *("snippets/exemptions.toml", "snippets/executions.json"),
    *("snippets/registre.json", "snippets/registre.schema.json"),
    *(f"{MODULE_9}/contributions/{nom}" for nom in ("contributions.csv", "schema.json")),
    *(f"{MODULE_9}/{nom}" for nom in ("bras.toml", "phrases.toml", "donnees/faits_orvelune.toml")),
    *(f"{MODULE_9}/resultats/{nom}" for nom in ("provenance.json", "resultats.csv")),
    "tests/lecons/conftest.py",
    *(f"verrous/{nom}.txt" for nom in ("amorce", "dev", "entrainement", "modeles")),
    *("verrous/moteur.txt", "verrous/site.txt"),
)
NOM_DE_PAQUET = re.compile(r"[A-Za-z0-9._-]+")
MONTRES = 3


def fichiers_requis() -> Iterator[Probleme]:
    """Le dépôt est un cours, et aucun des fichiers que les outils lisent n'y manque."""
    for dossier in (chemins.DOCS, chemins.SNIPPETS):
        if not dossier.is_dir():
            yield _sans_dossier(dossier.name)
            return
    if chemins.RACINE != chemins.RACINE_DU_CODE:  # un dépôt d'essai n'a pas tout
        return
    for nom in REQUIS:
        fichier = chemins.RACINE / nom
        if not fichier.is_file():
            constat = "un dossier est à sa place" if fichier.is_dir() else "ce fichier manque"
            yield Probleme(nom, constat, REMEDE_DE_GIT)


def _sans_dossier(nom: str) -> Probleme:
    if chemins.RACINE == chemins.RACINE_DU_CODE:
        return Probleme(f"{nom}/", "ce dossier manque", REMEDE_DE_GIT)
    return Probleme(
        str(chemins.RACINE),
        f"ce n'est pas un dépôt du cours, il n'a pas de dossier {nom}/",
        "Corrigez la variable COURS_RACINE, ou retirez-la.",
    )


def declarations_conformes() -> Iterator[Probleme]:
    """Les modèles, la version du lanceur et le journal des exécutions ont la forme attendue."""
    for lire in (modeles.declares, lanceur.lire, journal.lire):
        try:
            lire()
        except FichierInvalide as erreur:
            yield Probleme(erreur.fichier, erreur.constat, erreur.remede)


def verrous_entiers() -> Iterator[Probleme]:
    """Chaque verrou contient les paquets que pyproject.toml déclare pour son groupe."""
    pyproject = chemins.RACINE / "pyproject.toml"
    if not pyproject.is_file():
        return
    groupes = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("dependency-groups", {})
    for groupe in groupes:
        verrou = chemins.VERROUS / f"{groupe}.txt"
        if not verrou.is_file():
            continue
        epingles = verrous.lire(verrou)
        for epingle in epingles:
            if epingle.condition and not _se_lit(epingle.condition):
                yield Probleme(
                    f"verrous/{groupe}.txt",
                    f"la condition de {epingle.nom} ne se lit pas ({epingle.condition})",
                    REMEDE_DE_GIT,
                )
        verrouilles = {epingle.nom for epingle in epingles}
        if absents := sorted(set(_paquets(groupe, groupes)) - verrouilles):
            noms = ", ".join([*absents[:MONTRES], *(["…"] if absents[MONTRES:] else [])])
            yield Probleme(
                f"verrous/{groupe}.txt",
                f"il y manque des paquets que déclare pyproject.toml ({noms})",
                "Reprenez la version de git, ou lancez « make verrous ».",
            )


def _paquets(groupe: str, groupes: dict[str, Any]) -> Iterator[str]:
    """Les noms des paquets d'un groupe et de ceux qu'il comprend, comme les écrit un verrou."""
    for element in groupes.get(groupe, []):
        if isinstance(element, dict):
            yield from _paquets(element.get("include-group", ""), groupes)
        elif nom := NOM_DE_PAQUET.match(element):
            yield verrous.nom_canonique(nom[0])


def _se_lit(condition: str) -> bool:
    try:
        Marker(condition)
    except InvalidMarker:
        return False
    return True
