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


def _mourir_avec_le_parent() -> None:
    """Demande à Linux d'envoyer SIGTERM à ce processus si son parent disparaît, même tué net."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


DELAI_D_ARRET_S = 15.0


def arreter(processus: subprocess.Popen[bytes]) -> None:
    """Arrête un processus chef de session : Ctrl-C d'abord, puis d'office avec son groupe."""
    with contextlib.suppress(ProcessLookupError):
        processus.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        processus.wait(timeout=DELAI_D_ARRET_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(processus.pid, signal.SIGKILL)
    processus.wait()


def _relire(flux: IO[bytes]) -> str:
    flux.seek(0)
    return flux.read().decode("utf-8", errors="replace")
