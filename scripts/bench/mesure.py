"""De quoi mesurer : un résultat et son objectif, un programme chronométré, sa mémoire."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scripts.erreurs import ErreurCours
from scripts.francais import nombre

DELAI_D_ARRET_S = 15.0
LIGNES_MONTREES = 8
# Python garde ses modules compilés, comme partout : sinon chaque passage les recompile.
MODULES_COMPILES = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True)
class Resultat:
    """Une valeur mesurée, arrondie comme on la montre, et la borne à respecter.

    `sens` vaut « ≤ » ou « ≥ » : de quel côté de `borne` doit être la valeur. `unite` peut être
    vide.
    """

    nom: str
    valeur: float
    unite: str
    sens: str
    borne: float
    decimales: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "valeur", round(self.valeur, self.decimales))

    @property
    def atteint(self) -> bool:
        """Vrai si la valeur, telle qu'on la montre, respecte la borne."""
        return self.valeur <= self.borne if self.sens == "≤" else self.valeur >= self.borne

    @property
    def objectif(self) -> str:
        """La borne, écrite : « ≤ 1,1 »."""
        return f"{self.sens}\u00a0{f'{self.borne:g}'.replace('.', ',')}"

    @property
    def valeur_ecrite(self) -> str:
        """La valeur et son unité, écrites : « 1,24 × »."""
        return f"{nombre(self.valeur, self.decimales)}\u00a0{self.unite}".rstrip("\u00a0")

    @property
    def verdict(self) -> str:
        """« objectif atteint », ou l'écart."""
        if self.atteint:
            return "objectif atteint"
        valeur = nombre(self.valeur, self.decimales)
        return f"objectif manqué\u00a0: {valeur} au lieu de {self.objectif}"


@dataclass(frozen=True)
class Mesure:
    """Ce que donne une mesure : ses résultats, et tous les chiffres dont ils sont tirés."""

    resultats: list[Resultat]
    brut: dict[str, Any]


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
