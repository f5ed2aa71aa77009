"""Lancer un outil extérieur : progression visible, journal gardé, échec dit en une phrase."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

console = Console(stderr=True, highlight=False)


def lancer(
    commande: Sequence[object],
    *,
    etape: str,
    si_echec: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Lance `commande` (mots ou chemins) en montrant `etape` et le temps écoulé.

    Renvoie sa sortie standard.

    Lève `ErreurCours` avec la phrase `si_echec`, suivie des dernières lignes de l'outil.
    """
    colonnes = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as journal,
        Progress(*colonnes, console=console, transient=True) as progression,
    ):
        progression.add_task(etape)
        try:
            resultat = subprocess.run(
                [str(mot) for mot in commande],
                env={**os.environ, **(env or {})},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=journal,
                text=True,
                check=False,
            )
        except OSError as erreur:
            raise ErreurCours(f"{si_echec} ({erreur})") from erreur
        journal.seek(0)
        dernieres = (journal.read() + resultat.stdout).strip().splitlines()[-5:]
    if resultat.returncode:
        raise ErreurCours("\n    ".join([si_echec, *dernieres]))
    return resultat.stdout


def accompagner(commande: Sequence[object], env: Mapping[str, str] | None = None) -> int:
    """Lance un outil dont la sortie va au terminal ; renvoie son code de sortie.

    L'outil a sa propre session : Ctrl-C ne lui parvient qu'une fois, par nous, et nous attendons
    qu'il ait arrêté les serveurs qu'il a démarrés.
    """
    processus = subprocess.Popen(
        [str(mot) for mot in commande],
        cwd=chemins.RACINE,
        env={**os.environ, **(env or {})},
        start_new_session=True,
    )
    try:
        return processus.wait()
    except BaseException:
        processus.send_signal(signal.SIGINT)
        processus.wait()
        raise
