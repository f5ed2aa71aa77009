"""Ce que sait faire le processeur de cette machine."""

from __future__ import annotations

import os
import platform
from pathlib import Path

VARIABLE = "COURS_ENTRAINER"
INFORMATIONS = Path("/proc/cpuinfo")


def calcule_vite_en_bfloat16() -> bool:
    """Faux sur un x86 sans AVX-512, où PyTorch imite le bfloat16 : 40 fois plus lent que float32.

    `COURS_ENTRAINER=1` répond vrai d'office. Hors de Linux, on suppose que oui.
    """
    if os.environ.get(VARIABLE) or not INFORMATIONS.is_file():
        return True
    informations = INFORMATIONS.read_text(encoding="utf-8", errors="replace")
    return platform.machine() != "x86_64" or "avx512f" in informations.split()
