"""Suivre et arrêter les processus que l'on démarre."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
from typing import IO

import psutil

PR_SET_PDEATHSIG = 1


def memoire_mio(pid: int) -> float:
    """Mémoire résidente du processus `pid` et de ses descendants, en Mio."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        racine = psutil.Process(pid)
        for processus in [racine, *racine.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += processus.memory_info().rss
    return total / 2**20


def port_libre() -> int:
    """Un port libre de l'interface locale."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port: int = prise.getsockname()[1]
        return port


def mourir_avec_le_parent() -> None:
    """Demande à Linux d'envoyer SIGTERM à ce processus si son parent disparaît, même tué net."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


DELAI_D_ARRET_S = 15.0


def arreter(
    processus: subprocess.Popen[bytes],
    signal_d_abord: signal.Signals = signal.SIGINT,
    delai_s: float = DELAI_D_ARRET_S,
) -> None:
    """Arrête un processus chef de session et son groupe, sans rien laisser derrière lui.

    Après `signal_d_abord` (Ctrl-C, ou SIGTERM pour un serveur), il a `delai_s` secondes pour finir
    proprement. Une seconde interruption pendant ce délai tue aussitôt tout le groupe.
    """
    try:
        with contextlib.suppress(ProcessLookupError):
            processus.send_signal(signal_d_abord)
        with contextlib.suppress(subprocess.TimeoutExpired):
            processus.wait(timeout=delai_s)
    finally:
        tuer_le_groupe(processus.pid)
        processus.kill()
        processus.wait()


def tuer_le_groupe(pid: int) -> None:
    """Tue net ce qui reste du groupe dont ce processus, peut-être déjà terminé, est le chef."""
    # macOS refuse (PermissionError) le signal à un groupe dont il ne reste personne.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def relire(flux: IO[bytes]) -> str:
    """Tout ce qu'un programme a écrit dans ce fichier ; un octet qui n'est pas UTF-8 se voit."""
    flux.seek(0)
    return flux.read().decode("utf-8", errors="replace")
