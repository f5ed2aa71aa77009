"""Ce que coûte une commande : sa durée et sa mémoire, avec ce qu'elle a affiché."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import arreter, relire

CHRONOMETRE = Path(__file__).with_name("chronometre.py")
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
    with tempfile.TemporaryDirectory() as dossier, tempfile.TemporaryFile("w+b") as journal:
        bilan = Path(dossier, "bilan.json")
        chronometre = [sys.executable, "-I", "-S", str(CHRONOMETRE), str(bilan)]
        processus = subprocess.Popen(
            [*chronometre, *(str(mot) for mot in commande)],
            cwd=cwd,
            env={**os.environ, **MODULES_COMPILES, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = processus.wait()
        except BaseException:
            arreter(processus)
            raise
        sortie = relire(journal)
        if not bilan.is_file():
            raise ErreurCours(f"« {commande[0]} » n'a pas pu être lancé.\n    {sortie.strip()}")
        cout = json.loads(bilan.read_text(encoding="utf-8"))
    return Passage(cout["duree_s"], cout["memoire_kio"] / 2**10, code, sortie)
