"""Un seul passage à la fois : deux se disputeraient le registre et les modèles du cache."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scripts.socle import chemins, pannes
from scripts.socle.erreurs import ErreurCours

NOM = "passage.verrou"
# Ce que lance le passage en cours (pytest, ses essais) hérite de cette variable, et passe.
VARIABLE = "COURS_PASSAGE"


@contextlib.contextmanager
def un_seul_passage() -> Iterator[None]:
    """Garde le dépôt et le cache pour ce processus et ceux qu'il lance, le temps du bloc.

    Lève `ErreurCours` si un autre passage les tient, ou si l'on ne peut pas y écrire.
    """
    with le_depot(), garder(chemins.cache(), f"attendez sa fin, ou {pannes.AUTRE_CACHE}"):
        yield


def le_depot() -> contextlib.AbstractContextManager[None]:
    """Ne garde que le dépôt, pour qui écrit au registre sans rien exécuter."""
    return garder(chemins.RACINE / ".cache", "attendez sa fin")


@contextlib.contextmanager
def garder(dossier: Path, remede: str) -> Iterator[None]:
    """Garde un dossier ; `remede` : ce que peut faire qui le trouve pris.

    Le verrou disparaît avec le processus, même tué net. Lève `ErreurCours` si un autre passage le
    tient, ou si l'on ne peut pas écrire dans `dossier`.
    """
    with pannes.dites(dossier):
        dossier.mkdir(parents=True, exist_ok=True)
        fichier = (dossier / NOM).open("a+", encoding="utf-8")
    with fichier:
        if _prendre(fichier):
            with _annoncer(fichier, dossier):
                yield
        elif f"{_lire(fichier)} {dossier.resolve()}" in os.environ.get(VARIABLE, "").split("\n"):
            yield
        else:
            pid = _lire(fichier)
            raise ErreurCours(
                f"Un autre passage est en cours{f' (pid {pid})' if pid else ''} dans {dossier} : "
                f"{remede}."
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
    tenus = [avant] if avant else []
    os.environ[VARIABLE] = "\n".join([*tenus, f"{os.getpid()} {dossier.resolve()}"])
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if avant is not None:
            os.environ[VARIABLE] = avant
        with contextlib.suppress(OSError):
            fichier.truncate(0)
