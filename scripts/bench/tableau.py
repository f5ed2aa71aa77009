"""`make bench` : prend les mesures, montre le tableau, le garde dans `performances.json`."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.publication.performances import (
    COLONNES,
    Mesure,
    Recueil,
    _cellules,
    ajouter,
    ecrire,
    lire,
    resultats,
)
from scripts.socle import machine
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours
from scripts.socle.machine import _processeur


def _site() -> Mesure:
    from scripts.bench import construction as site

    return site.mesurer()


def _poids() -> Mesure:
    from scripts.bench import poids

    return poids.mesurer()


def _verifier() -> Mesure:
    from scripts.bench import construction as site

    return site.mesurer_les_controles()


def _tests() -> Mesure:
    from scripts.bench import debit as modeles

    return modeles.mesurer_les_tests()


def _debit() -> Mesure:
    from scripts.bench import debit as modeles

    return modeles.mesurer_le_debit()


def _entrainement() -> Mesure:
    from scripts.bench import entrainement

    return entrainement.mesurer()


def _formats() -> Mesure:
    from scripts.bench import formats

    return formats.mesurer()


# Les modules ne sont importés qu'au moment de mesurer : construire le site n'en a pas besoin.
MESURES: dict[str, Callable[[], Mesure]] = {
    "site": _site,
    "poids": _poids,
    "verifier": _verifier,
    "tests": _tests,
    "debit": _debit,
    "entrainement": _entrainement,
    "formats": _formats,
}


def mesurer(seulement: Sequence[str] = ()) -> None:
    """Prend les mesures demandées (toutes par défaut), puis montre tout le recueil.

    Chaque mesure est gardée dès qu'elle est faite. Lève `ErreurCours` si un nom est inconnu ou si
    une mesure n'a pas pu être faite ; un objectif manqué n'est pas un échec.
    """
    if inconnus := set(seulement) - set(MESURES):
        raise ErreurCours(
            f"Mesure inconnue : {', '.join(sorted(inconnus))}. Choisissez parmi "
            f"{', '.join(MESURES)}."
        )
    demandees = [nom for nom in MESURES if not seulement or nom in seulement]
    echecs = [nom for nom in demandees if not _mesurer_et_garder(nom)]
    Console().print(tableau(lire()))
    if echecs:
        raise ErreurCours(f"Mesures non faites : {', '.join(echecs)}. Les autres sont gardées.")


def _mesurer_et_garder(nom: str) -> bool:
    """Prend une mesure et l'écrit dans le recueil. Si elle échoue, dit pourquoi, renvoie False."""
    console.rule(nom)
    machine = decrire_machine()
    try:
        mesure = MESURES[nom]()
    except ErreurCours as erreur:
        console.print(f"{nom} : {erreur}", style="red", markup=False)
        return False
    ecrire(ajouter(lire(), nom, mesure, machine, datetime.date.today()))
    return True


def decrire_machine() -> dict[str, Any]:
    """Cœurs, mémoire (Gio), système, processeur, et charge moyenne de la dernière minute."""

    return {
        **machine.decrire_machine(),
        "processeur": _processeur(),
        "charge": round(os.getloadavg()[0], 2),
    }


def tableau(recueil: Recueil) -> Table:
    """Le tableau affiché dans le terminal."""
    table = Table(*COLONNES)
    for resultat in resultats(recueil):
        table.add_row(*_cellules(resultat), style="" if resultat.atteint else "red")
    return table
