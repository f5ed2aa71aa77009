"""Un contrôle qui a réussi vaut encore tant que rien n'a changé dans le dépôt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scripts.socle import chemins, memoire

NOM = "tout"
# À la racine : ce que les outils fabriquent, et qu'aucun contrôle ne lit.
FABRIQUES = {"node_modules", "site", "produits"}
# Les dossiers cachés de la racine qui font partie du dépôt ; les autres sont des caches.
CACHES_DU_DEPOT = {".ci", ".github"}


def empreinte() -> str:
    """Une empreinte de tout ce que le dépôt contient. À prendre **avant** de contrôler."""
    return memoire.empreinte_des_fichiers(_fichiers())


def controles_reussis(depot: str) -> int | None:
    """Combien de contrôles ont réussi sur le dépôt de cette empreinte ; None s'il n'y en a pas."""
    garde = memoire.reprendre(NOM)
    return garde["controles"] if garde.get("depot") == depot else None


def retenir(depot: str, controles: int) -> None:
    """Le dépôt de cette empreinte a passé tous ces contrôles."""
    memoire.garder(NOM, {"depot": depot, "controles": controles})


def _fichiers() -> Iterator[Path]:
    """Tous les fichiers du dépôt, suivis ou non par git, sauf les caches et ce qui se fabrique."""
    for dossier, sous_dossiers, noms in os.walk(chemins.RACINE):
        a_la_racine = Path(dossier) == chemins.RACINE
        sous_dossiers[:] = sorted(nom for nom in sous_dossiers if _se_lit(nom, a_la_racine))
        yield from (Path(dossier, nom) for nom in sorted(noms))


def _se_lit(nom: str, a_la_racine: bool) -> bool:
    if nom.startswith("."):
        return a_la_racine and nom in CACHES_DU_DEPOT
    return nom != "__pycache__" and not (a_la_racine and nom in FABRIQUES)
