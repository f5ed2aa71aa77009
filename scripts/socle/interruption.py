"""Ctrl-C dès les premiers instants d'une commande, avant que rien ne soit commencé.

N'importe que la bibliothèque standard : ce module est le premier que charge une commande.
"""

from __future__ import annotations

import os
import signal
from typing import NoReturn

CODE_INTERROMPU = 130
SIGNAUX = (signal.SIGINT, signal.SIGTERM)


def sortir_sans_attendre() -> None:
    """D'ici au prochain réglage de ces signaux, ils arrêtent tout sur-le-champ, en une phrase."""
    for signal_d_arret in SIGNAUX:
        signal.signal(signal_d_arret, _sortir)


def _sortir(*_: object) -> NoReturn:
    os.write(2, b"Interrompu.\n")
    os._exit(CODE_INTERROMPU)


def lever() -> None:
    """Désormais, ils lèvent `KeyboardInterrupt`, là où le programme en est."""
    # SIGINT aussi : un shell le fait ignorer aux commandes qu'il lance en arrière-plan.
    for signal_d_arret in SIGNAUX:
        signal.signal(signal_d_arret, _lever)


def _lever(*_: object) -> NoReturn:
    raise KeyboardInterrupt
