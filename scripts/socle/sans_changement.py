"""Ce qui a réussi vaut encore tant que rien de ce qu'il lit n'a changé."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from scripts.socle import chemins, memoire

# À la racine : ce que les outils fabriquent, et qu'aucun contrôle ne lit.
FABRIQUES = {"node_modules", "site", "produits"}
# Les dossiers cachés de la racine qui font partie du dépôt ; les autres sont des caches.
CACHES_DU_DEPOT = {".ci", ".github"}


def empreinte(sauf: Collection[Path] = ()) -> str:
    """Une empreinte du dépôt, sauf ces fichiers et ces dossiers. À prendre **avant** d'agir."""
    lus = (nom for nom in _fichiers() if not any(nom.is_relative_to(autre) for autre in sauf))
    return memoire.empreinte_des_fichiers(lus)


def reussis(nom: str, cle: str) -> int | None:
    """Combien de contrôles ont réussi, sous ce nom, sur ce que résume `cle` ; None : aucun."""
    garde = memoire.reprendre(nom)
    return garde["reussis"] if garde.get("cle") == cle else None


def retenir(nom: str, cle: str, reussis: int = 1) -> None:
    """Sur ce que résume `cle`, les contrôles de ce nom ont réussi."""
    memoire.garder(nom, {"cle": cle, "reussis": reussis})


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
