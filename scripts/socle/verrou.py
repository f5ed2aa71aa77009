"""Un seul passage à la fois dans un dossier : deux serveurs s'y disputeraient les mêmes modèles."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scripts.socle import pannes
from scripts.socle.erreurs import ErreurCours

NOM = "passage.verrou"
# Ce que lance le passage en cours (pytest, ses essais) hérite de cette variable, et passe.
VARIABLE = "COURS_PASSAGE"


@contextlib.contextmanager
def un_seul_passage(dossier: Path) -> Iterator[None]:
    """Garde `dossier` pour ce processus et ceux qu'il lance, le temps du bloc.

    Le verrou disparaît avec le processus, même tué net. Lève `ErreurCours` si un autre passage est
    en cours, ou si l'on ne peut pas écrire dans `dossier`.
    """
    with pannes.dites(dossier):
        dossier.mkdir(parents=True, exist_ok=True)
        fichier = (dossier / NOM).open("a+", encoding="utf-8")
    with fichier:
        if _prendre(fichier):
            with _annoncer(fichier, dossier):
                yield
        elif os.environ.get(VARIABLE) == f"{_lire(fichier)} {dossier.resolve()}":
            yield
        else:
            pid = _lire(fichier)
            raise ErreurCours(
                f"Un autre passage est en cours{f' (pid {pid})' if pid else ''} dans {dossier} : "
                f"attendez sa fin, ou {pannes.AUTRE_CACHE}."
            )


def _prendre(fichier: IO[str]) -> bool:
    """Faux si un autre processus tient le verrou. Un disque sans verrous n'en a pas à tenir."""
    try:
        fcntl.flock(fichier, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _lire(fichier: IO[str]) -> str:
    """Le processus qui tient le verrou, d'après ce qu'il y a écrit ; vide s'il n'a pas fini."""
    fichier.seek(0)
    return fichier.read().strip()


@contextlib.contextmanager
def _annoncer(fichier: IO[str], dossier: Path) -> Iterator[None]:
    """Écrit notre numéro de processus dans le verrou et dans l'environnement, le temps du bloc."""
    with pannes.dites(dossier):
        fichier.truncate(0)
        fichier.write(str(os.getpid()))
        fichier.flush()
    avant = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = f"{os.getpid()} {dossier.resolve()}"
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if avant is not None:
            os.environ[VARIABLE] = avant
        with contextlib.suppress(OSError):
            fichier.truncate(0)
