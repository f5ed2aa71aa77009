"""L'environnement d'entraînement : torch et ses voisins."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.outillage import amorce
from scripts.socle.commandes import lancer

TAILLE_GO = amorce.ESPACE_NECESSAIRE_GIO["entrainement"]


def est_installe() -> bool:
    """L'environnement est-il là, entier, tel que le verrou d'aujourd'hui le veut ?"""
    return bool(amorce.deja_installe("entrainement"))  # type: ignore[no-untyped-call]


def preparer_l_entrainement() -> None:
    """Installe l'environnement d'entraînement s'il manque : torch pèse plusieurs gigaoctets."""
    lancer(
        [sys.executable, Path(__file__).with_name("amorce.py"), "entrainement"],
        etape=f"Environnement d'entraînement ({TAILLE_GO:.0f} Go la première fois)",
        si_echec="L'environnement d'entraînement n'a pas pu être préparé.",
    )
