"""Lire les preuves du registre pour les rejouer, et noter ce que lit un essai."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import lru_cache

from scripts.enregistrement import rejeu
from scripts.execution.resultat import Execution
from scripts.lecons import registre
from scripts.lecons.registre import AUCUN_MODELE, Enregistrement, Registre
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

_en_cours: list[set[str]] = []
_branche: list[bool] = []
_suspendu: list[bool] = []


@lru_cache(maxsize=1)
def registre_lu() -> Registre:
    """Le registre, lu une fois par session de rejeu."""
    return registre.lire()


@lru_cache(maxsize=64)
def preuve(nom: str, modele: str) -> Execution:
    """L'exécution gardée. Lève `ErreurCours` si ce programme n'a jamais été enregistré."""
    entree = registre_lu()["snippets"].get(nom, {}).get(modele)
    if entree is None:
        raise ErreurCours(f"snippets/{nom} n'est pas enregistré : lancez « make enregistrer ».")
    return rejeu.execution_gardee(nom, modele, entree)


def entrees(nom: str, modele: str) -> list[tuple[str, Enregistrement]]:
    """L'enregistrement de `nom` avec ce modèle ou sans modèle, s'il y en a un."""
    connus = registre_lu()["snippets"].get(nom, {})
    return [(cle, connus[cle]) for cle in (modele, AUCUN_MODELE, *connus) if cle in connus][:1]


@contextlib.contextmanager
def noter() -> Iterator[set[str]]:
    """Note les fichiers de snippets/ que ce processus ouvre pendant le bloc (noms relatifs)."""
    if not _branche:
        _branche.append(True)
        sys.addaudithook(_noter)
    lus: set[str] = set()
    _en_cours.append(lus)
    try:
        yield lus
    finally:
        _en_cours.remove(lus)


@contextlib.contextmanager
def sans_noter() -> Iterator[None]:
    """Ne note rien pendant le bloc : c'est nous qui lisons, pas le test."""
    _suspendu.append(True)
    try:
        yield
    finally:
        _suspendu.pop()


def _noter(evenement: str, arguments: tuple[object, ...]) -> None:
    if (
        not _en_cours
        or _suspendu
        or evenement != "open"
        or not isinstance(arguments[0], str | os.PathLike)
    ):
        return
    racine = f"{chemins.SNIPPETS}{os.sep}"
    chemin = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100
    if chemin.startswith(racine) and "registre" not in chemin:
        _en_cours[-1].add(chemin[len(racine) :].replace(os.sep, "/"))
