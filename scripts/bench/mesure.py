"""De quoi mesurer : un résultat et son objectif, un programme chronométré, sa mémoire."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import _relire, arreter

LIGNES_MONTREES = 8
# Python garde ses modules compilés, comme partout : sinon chaque passage les recompile.
MODULES_COMPILES = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True)
class Passage:
    """Une exécution : durée en secondes, pic de mémoire en Mio, code de sortie, affichage."""

    duree_s: float
    memoire_mio: float
    code: int
    sortie: str

    def exiger_la_reussite(self, echec: str) -> Passage:
        """Se rend lui-même. Code non nul : lève `ErreurCours`, avec la fin de l'affichage."""
        if self.code:
            raise ErreurCours(
                "\n    ".join([echec, *self.sortie.strip().splitlines()[-LIGNES_MONTREES:]])
            )
        return self


def chronometrer(
    commande: Sequence[object], *, cwd: Path, env: Mapping[str, str] | None = None
) -> Passage:
    """Exécute `commande` et la mesure. Interrompue, elle est arrêtée avec ses descendants.

    Le pic de mémoire est celui du plus gros processus, la commande ou l'un de ses descendants.
    """
    with tempfile.TemporaryFile("w+b") as journal:
        debut = time.perf_counter()
        processus = subprocess.Popen(
            [str(mot) for mot in commande],
            cwd=cwd,
            env={**os.environ, **MODULES_COMPILES, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _, etat, ressources = os.wait4(processus.pid, 0)
        except BaseException:
            arreter(processus)
            raise
        duree = time.perf_counter() - debut
        processus.returncode = os.waitstatus_to_exitcode(etat)
        sortie = _relire(journal)
    return Passage(duree, ressources.ru_maxrss / 2**10, processus.returncode, sortie)
