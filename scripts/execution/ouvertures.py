"""Suivre ce que tous les processus ouvrent dans un dossier, shell et outils compris (Linux)."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts.socle.erreurs import ErreurCours

PERIODE_MS = 50


@dataclass
class Ouvertures:
    """Fichiers ouverts, et nombre de fois que chaque dossier l'a été. Chemins absolus."""

    fichiers: set[str] = field(default_factory=set)
    dossiers: Counter[str] = field(default_factory=Counter)
    deborde: bool = False


@contextlib.contextmanager
def suivre(racine: Path) -> Iterator[Ouvertures]:
    """Suit les ouvertures faites sous `racine` tant que le bloc dure ; rien hors de Linux.

    Lève `ErreurCours` à la fin si le système a perdu des événements.
    """
    vues = Ouvertures()
    if sys.platform != "linux":
        yield vues
        return
    from inotify_simple import INotify, flags  # n'existe que sous Linux

    guetteur = INotify()
    guetter = flags.OPEN | flags.ONLYDIR
    dossiers = {
        guetteur.add_watch(dossier, guetter): str(dossier)
        for dossier in [racine, *(d for d in racine.rglob("*") if d.is_dir())]
    }
    fini = threading.Event()

    def lire() -> None:
        while True:
            derniere = fini.is_set()
            for evenement in guetteur.read(timeout=0 if derniere else PERIODE_MS):
                if evenement.mask & flags.Q_OVERFLOW:
                    vues.deborde = True
                elif evenement.mask & flags.ISDIR:
                    if not evenement.name:  # le dossier lui-même, et non vu de son parent
                        vues.dossiers[dossiers[evenement.wd]] += 1
                elif evenement.wd in dossiers and evenement.name:
                    vues.fichiers.add(f"{dossiers[evenement.wd]}/{evenement.name}")
            if derniere:
                return

    fil = threading.Thread(target=lire, daemon=True)
    fil.start()
    try:
        yield vues
    finally:
        fini.set()
        fil.join()
        guetteur.close()
    if vues.deborde:
        raise ErreurCours(
            "Le programme a ouvert trop de fichiers pour que l'on sache lesquels. "
            "Relancez la même commande, sur une machine moins occupée."
        )
