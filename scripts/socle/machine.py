"""La machine qui calcule : cœurs, mémoire, processeur, vitesse."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import time
from functools import lru_cache
from pathlib import Path

import psutil
from typing_extensions import TypedDict

CPUINFO = Path("/proc/cpuinfo")
OCTETS_DU_REPERE = bytes(1 << 20)
TOURS_DU_REPERE = 40


class Machine(TypedDict):
    """Ce qui a calculé. `repere_ms` : durée du calcul témoin, pour comparer deux machines."""

    coeurs: int
    memoire_gio: int
    systeme: str
    processeur: str
    avx512: bool
    bfloat16: bool
    repere_ms: int


def decrire_machine() -> Machine:
    """Cœurs logiques, mémoire (Gio), système, processeur, ses formats de calcul, sa vitesse."""
    capacites = capacites_du_processeur()
    return {
        "coeurs": os.cpu_count() or 1,
        "memoire_gio": round(psutil.virtual_memory().total / 2**30),
        "systeme": f"{platform.system()} {platform.machine()}",
        "processeur": processeur(),
        "avx512": "avx512f" in capacites,
        "bfloat16": bool({"avx512_bf16", "amx_bf16", "bf16"} & capacites),
        "repere_ms": repere_ms(),
    }


def processeur() -> str:
    """Nom commercial du processeur d'après Linux ; ailleurs, ce qu'en dit Python."""
    return _ligne_de_cpuinfo("model name") or platform.processor() or "inconnu"


def capacites_du_processeur() -> set[str]:
    """Les jeux d'instructions annoncés par Linux ; vide ailleurs."""
    return set((_ligne_de_cpuinfo("flags") or _ligne_de_cpuinfo("Features")).split())


def _ligne_de_cpuinfo(champ: str) -> str:
    """La première valeur de ce champ, ou une chaîne vide."""
    texte = CPUINFO.read_text(encoding="utf-8") if CPUINFO.is_file() else ""
    trouve = re.search(rf"^{champ}\s*:\s*(.*)$", texte, re.MULTILINE)
    return trouve[1].strip() if trouve else ""


@lru_cache(maxsize=1)
def repere_ms() -> int:
    """Durée d'un calcul témoin, en millisecondes : le meilleur de trois passages sur un cœur."""
    durees = []
    for _ in range(3):
        debut = time.perf_counter()
        for _ in range(TOURS_DU_REPERE):
            hashlib.sha256(OCTETS_DU_REPERE).digest()
        sum(nombre * nombre for nombre in range(200_000))
        durees.append(time.perf_counter() - debut)
    return max(1, round(1000 * min(durees)))
