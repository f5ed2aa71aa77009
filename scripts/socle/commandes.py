"""Lancer un outil extérieur : progression visible, affichage relu, échec dit en une phrase."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scripts.socle import chemins, pannes
from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import arreter

console = Console(stderr=True, highlight=False)
# Hors d'un terminal, ce qui dure donne des nouvelles à cet intervalle.
NOUVELLES_S = 60.0
NOUVELLES_DU_TELECHARGEMENT_S = 10.0
LIGNES_MONTREES = 5
# Le temps qu'une session de tests arrête ses serveurs et leurs moteurs.
DELAI_D_UNE_SESSION_S = 60.0


def parler_utf8() -> None:
    """Écrit en UTF-8 quelle que soit la langue du système (`LANG=C`), et les outils lancés aussi.

    À appeler avant tout affichage.
    """
    for flux in (sys.stdout, sys.stderr):
        if isinstance(flux, io.TextIOWrapper):
            flux.reconfigure(encoding="utf-8", errors="replace")
    os.environ |= {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}


def dire(phrase: str) -> None:
    """Une ligne de progression, telle quelle, sans la couper à la largeur de l'écran."""
    console.print(phrase, markup=False, emoji=False, soft_wrap=True)


def en_clair(secondes: float) -> str:
    """Une durée en clair : `12 s`, `3 min 5 s`."""
    minutes, reste = divmod(round(secondes), 60)
    return f"{minutes} min {reste} s" if minutes else f"{reste} s"


@contextlib.contextmanager
def montrer(etape: str) -> Iterator[None]:
    """Montre qu'une étape est en cours : temps écoulé sur un terminal, deux lignes ailleurs."""
    if console.is_terminal:
        colonnes = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*colonnes, console=console, transient=True) as progression:
            progression.add_task(etape)
            yield
        return
    dire(f"{etape}…")
    debut = time.monotonic()
    yield
    dire(f"{etape} : fait en {en_clair(time.monotonic() - debut)}")


def lancer(
    commande: Sequence[object],
    *,
    etape: str,
    si_echec: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    dossier: Path | None = None,
    avancement: Callable[[], str] | None = None,
) -> str:
    """Lance `commande` (mots ou chemins) en montrant `etape` ; renvoie sa sortie standard.

    Hors d'un terminal, dit toutes les 60 s qu'elle dure, ou toutes les 10 s ce que rend
    `avancement`. `dossier` est celui où l'outil écrit, s'il n'écrit que là.

    Lève `ErreurCours` si l'outil échoue : la phrase de la panne que montre son affichage (disque
    plein, lecture seule, accès refusé), sinon `si_echec` et les dernières lignes de l'outil.
    """
    with montrer(etape):
        try:
            processus = subprocess.Popen(
                [str(mot) for mot in commande],
                env=_environnement(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as erreur:
            quoi = f"{commande[0]} : {pannes.raison(erreur)}"
            raise ErreurCours(f"{si_echec} ({quoi})") from erreur
        sortie, erreurs = _attendre(processus, etape, avancement)
        if processus.returncode:
            affichage = f"{erreurs}\n{sortie}".strip()
            if panne := pannes.dans(affichage, dossier):
                raise ErreurCours(f"{etape} : {panne}")
            dernieres = affichage.splitlines()[-LIGNES_MONTREES:]
            raise ErreurCours("\n    ".join([si_echec, *dernieres]))
    return sortie


def _attendre(
    processus: subprocess.Popen[bytes], etape: str, avancement: Callable[[], str] | None
) -> tuple[str, str]:
    """Sorties standard et d'erreur de l'outil terminé. Interrompu, l'arrête avec son groupe."""
    periode = NOUVELLES_DU_TELECHARGEMENT_S if avancement else NOUVELLES_S
    debut = time.monotonic()
    try:
        while True:
            try:
                sortie, erreurs = processus.communicate(timeout=periode)
            except subprocess.TimeoutExpired:
                if not console.is_terminal:
                    minutes = round((time.monotonic() - debut) / 60)
                    dire(f"{etape} : " + _nouvelles(avancement, minutes))
            else:
                return sortie.decode(errors="replace"), erreurs.decode(errors="replace")
    except BaseException:
        arreter(processus)
        raise


def _nouvelles(avancement: Callable[[], str] | None, minutes: int) -> str:
    return avancement() if avancement else f"toujours en cours ({minutes} min)"


def _environnement(env: Mapping[str, str] | None) -> dict[str, str]:
    """L'environnement d'un outil : lancé d'un autre dossier, il doit trouver le même cache."""
    commun = {"COURS_CACHE": str(chemins.cache())} if os.environ.get("COURS_CACHE") else {}
    return {**os.environ, **commun, **(env or {})}


def accompagner(commande: Sequence[object], env: Mapping[str, str] | None = None) -> int:
    """Lance un outil dont la sortie va au terminal ; renvoie son code de sortie.

    L'outil a sa propre session : Ctrl-C ne lui parvient qu'une fois, par nous, et nous attendons
    qu'il ait arrêté les serveurs qu'il a démarrés.
    """
    processus = subprocess.Popen(
        [str(mot) for mot in commande],
        cwd=chemins.RACINE,
        env=_environnement(env),
        start_new_session=True,
    )
    try:
        return processus.wait()
    except BaseException:
        arreter(processus, delai_s=DELAI_D_UNE_SESSION_S)
        raise


def accompagner_en_relisant(commande: Sequence[object]) -> int:
    """Comme `accompagner`, en relisant ce que l'outil affiche sur sa sortie d'erreur.

    Une trace Python et ce qui la suit attendent sa fin. Lève `ErreurCours` si elles montrent une
    panne, dite à leur place ; sinon, les affiche.
    """
    processus = subprocess.Popen(
        [str(mot) for mot in commande],
        cwd=chemins.RACINE,
        env=_environnement(None),
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    trace: list[str] = []
    assert processus.stderr is not None
    try:
        for octets in processus.stderr:
            ligne = octets.decode(errors="replace")
            if trace or ligne.startswith("Traceback"):
                trace.append(ligne)
            else:
                sys.stderr.write(ligne)
                sys.stderr.flush()
        code = processus.wait()
    except BaseException:
        arreter(processus, delai_s=DELAI_D_UNE_SESSION_S)
        raise
    if code and (panne := pannes.dans("".join(trace))):
        raise ErreurCours(panne[0].upper() + panne[1:])
    sys.stderr.write("".join(trace))
    return code
