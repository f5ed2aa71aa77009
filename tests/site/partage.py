"""Fabriquer une fois, et partager entre les processus d'une séance de tests."""

from __future__ import annotations

import fcntl
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True)
class Partage:
    """Le dossier commun à tous les processus d'une séance."""

    dossier: Path

    def __call__(self, nom: str, fabriquer: Callable[[Path], T]) -> T:
        """Ce que rend `fabriquer(dossier)`, appelé par le premier processus qui le demande.

        Les autres attendent, puis relisent son résultat. S'il échoue, le suivant réessaie.
        """
        travail, resultat = self.dossier / nom, self.dossier / f"{nom}.pickle"
        with (self.dossier / f"{nom}.verrou").open("w") as verrou:
            fcntl.flock(verrou, fcntl.LOCK_EX)
            if not resultat.is_file():
                travail.mkdir(exist_ok=True)
                valeur = fabriquer(travail)
                resultat.write_bytes(pickle.dumps(valeur))
                return valeur
        return cast(T, pickle.loads(resultat.read_bytes()))
