"""La machine qui calcule : cœurs, mémoire, processeur."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import psutil


def decrire_machine() -> dict[str, Any]:
    """Cœurs logiques, mémoire totale en Gio et système de cette machine."""
    return {
        "coeurs": os.cpu_count(),
        "memoire_gio": round(psutil.virtual_memory().total / 2**30),
        "systeme": f"{platform.system()} {platform.machine()}",
    }


def _processeur() -> str:
    """Nom commercial du processeur d'après Linux, ou « inconnu »."""
    description = Path("/proc/cpuinfo")
    if description.is_file():
        for ligne in description.read_text(encoding="utf-8").splitlines():
            if ligne.startswith("model name"):
                return ligne.partition(":")[2].strip()
    return "inconnu"
