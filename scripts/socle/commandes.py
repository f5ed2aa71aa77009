"""Lancer un outil extérieur : progression visible, affichage relu, échec dit en une phrase."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from scripts.socle import chemins, pannes
from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import arreter

console = Console(stderr=True, highlight=False)
# Hors d'un terminal, ce qui dure donne des nouvelles à cet intervalle.
NOUVELLES_S = 60.0
NOUVELLES_DU_TELECHARGEMENT_S = 10.0
# Sur un terminal, la barre avance à cet intervalle.
BARRE_S = 0.5
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


@dataclass(frozen=True)
class Reception:
    """Un téléchargement : `recus()` rend les octets déjà là, `total` est ce que l'on attend."""

    recus: Callable[[], int]
    total: int

    def __str__(self) -> str:
        return f"{self.recus() / 1e6:.0f} Mo reçus sur {self.total / 1e6:.0f}"


@contextlib.contextmanager
def montrer(etape: str, reception: Reception | None = None) -> Iterator[Callable[[], None]]:
    """Montre qu'une étape est en cours : temps écoulé sur un terminal, deux lignes ailleurs.

    Donne une fonction à appeler de temps en temps : sur un terminal, elle fait avancer la barre du
    téléchargement ; ailleurs, elle écrit où l'on en est.
    """
    debut = time.monotonic()
    if console.is_terminal:
        barre: list[ProgressColumn] = []
        if reception:
            barre = [BarColumn(), TextColumn("{task.fields[ou]}")]
        colonnes = (SpinnerColumn(), TextColumn("{task.description}"), *barre, TimeElapsedColumn())
        with Progress(*colonnes, console=console, transient=True) as progression:
            total = reception.total if reception else None
            tache = progression.add_task(etape, total=total, ou=str(reception))
            yield lambda: progression.update(
                tache, completed=reception.recus() if reception else None, ou=str(reception)
            )
        return

    def dire_ou_l_on_en_est() -> None:
        minutes = round((time.monotonic() - debut) / 60)
        dire(f"{etape} : {reception or f'toujours en cours ({minutes} min)'}")

    dire(f"{etape}…")
    yield dire_ou_l_on_en_est
    dire(f"{etape} : fait en {en_clair(time.monotonic() - debut)}")


def _periode_s(reception: Reception | None) -> float:
    """Tous les combien donner des nouvelles."""
    if console.is_terminal:
        return BARRE_S
    return NOUVELLES_DU_TELECHARGEMENT_S if reception else NOUVELLES_S


def lancer(
    commande: Sequence[object],
    *,
    etape: str,
    si_echec: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    dossier: Path | None = None,
    reception: Reception | None = None,
) -> str:
    """Lance `commande` (mots ou chemins) en montrant `etape` ; renvoie sa sortie standard.

    Hors d'un terminal, dit toutes les 60 s qu'elle dure, ou toutes les 10 s où en est la
    `reception`. `dossier` est celui où l'outil écrit, s'il n'écrit que là.

    Lève `ErreurCours` si l'outil échoue : la phrase de la panne que montre son affichage (disque
    plein, lecture seule, accès refusé), sinon `si_echec` et les dernières lignes de l'outil.
    """
    with montrer(etape, reception) as donner_des_nouvelles:
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
        sortie, erreurs = _attendre(processus, donner_des_nouvelles, _periode_s(reception))
        if processus.returncode:
            affichage = f"{erreurs}\n{sortie}".strip()
            if panne := pannes.dans(affichage, dossier):
                raise ErreurCours(f"{etape} : {panne}")
            dernieres = affichage.splitlines()[-LIGNES_MONTREES:]
            raise ErreurCours("\n    ".join([si_echec, *dernieres]))
    return sortie


def _attendre(
    processus: subprocess.Popen[bytes], donner_des_nouvelles: Callable[[], None], periode_s: float
) -> tuple[str, str]:
    """Sorties standard et d'erreur de l'outil terminé. Interrompu, l'arrête avec son groupe."""
    try:
        while True:
            try:
                sortie, erreurs = processus.communicate(timeout=periode_s)
            except subprocess.TimeoutExpired:
                donner_des_nouvelles()
            else:
                return sortie.decode(errors="replace"), erreurs.decode(errors="replace")
    except BaseException:
        arreter(processus)
        raise


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
