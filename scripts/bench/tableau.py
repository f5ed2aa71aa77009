"""`make bench` : prend les mesures, montre le tableau, le garde dans `performances.json`."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.bench import commandes, construction, debit, formats, poids
from scripts.publication.performances import (
    COLONNES,
    Mesure,
    Recueil,
    ajouter,
    cellules,
    ecrire,
    lire,
    resultats,
)
from scripts.socle import machine, verrou
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours, MauvaisUsage

# L'ordre est celui de `performances.ORDRE`.
MESURES: dict[str, Callable[[], Mesure]] = {
    "installation": commandes.mesurer_l_installation,
    "site": construction.mesurer,
    "poids": poids.mesurer,
    "verifier": commandes.mesurer_les_controles,
    "tests": commandes.mesurer_les_tests,
    "debit": debit.mesurer_le_debit,
    "formats": formats.mesurer,
}


def mesurer(seulement: Sequence[str] = ()) -> None:
    """Prend les mesures demandées (toutes par défaut), puis montre tout le recueil.

    Chaque mesure est gardée dès qu'elle est faite. Lève `MauvaisUsage` si un nom est inconnu,
    `ErreurCours` si une mesure n'a pas pu être faite ; un objectif manqué n'est pas un échec.
    """
    if inconnus := set(seulement) - set(MESURES):
        raise MauvaisUsage(
            f"Mesure inconnue : {', '.join(sorted(inconnus))}. Choisissez parmi "
            f"{', '.join(MESURES)}."
        )
    demandees = [nom for nom in MESURES if not seulement or nom in seulement]
    with verrou.un_seul_passage():
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
    """La machine, et sa charge moyenne de la dernière minute."""
    return {**machine.decrire_machine(), "charge": round(os.getloadavg()[0], 2)}


def tableau(recueil: Recueil) -> Table:
    """Le tableau affiché dans le terminal."""
    table = Table(*COLONNES)
    for resultat in resultats(recueil):
        table.add_row(*cellules(resultat), style="" if resultat.atteint else "red")
    return table
