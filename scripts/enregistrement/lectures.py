"""Lire les preuves du registre pour les rejouer, et noter ce que lit un essai."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from scripts.enregistrement import rejeu
from scripts.execution.resultat import Execution
from scripts.lecons import journal, marqueurs, registre
from scripts.lecons.registre import AUCUN_MODELE, Enregistrement, Registre
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

PARCOURS = ("os.listdir", "os.scandir")


@dataclass
class Lectures:
    """Les fichiers ouverts et les dossiers parcourus, par leur nom relatif à snippets/."""

    fichiers: set[str] = field(default_factory=set)
    dossiers: set[str] = field(default_factory=set)

    def avec(self, *autres: Lectures) -> Lectures:
        """La réunion de toutes ces lectures."""
        return Lectures(
            self.fichiers.union(*(autre.fichiers for autre in autres)),
            self.dossiers.union(*(autre.dossiers for autre in autres)),
        )


_en_cours: list[Lectures] = []
_branche: list[bool] = []
_suspendu: list[bool] = []
# Module de tests -> ce qu'il lit quand on l'importe, ce qui n'arrive qu'une fois par session.
_a_l_import: dict[str, Lectures] = {}


@functools.lru_cache(maxsize=1)
def registre_lu() -> Registre:
    """Le registre, lu une fois par session de tests."""
    return registre.lire()


@functools.lru_cache(maxsize=64)
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
def noter() -> Iterator[Lectures]:
    """Note ce que ce processus ouvre et parcourt sous snippets/ pendant le bloc."""
    if not _branche:
        _branche.append(True)
        sys.addaudithook(_noter)
    lues = Lectures()
    _en_cours.append(lues)
    try:
        yield lues
    finally:
        # Par identité : deux blocs imbriqués peuvent avoir lu la même chose.
        _en_cours[:] = [autres for autres in _en_cours if autres is not lues]


@contextlib.contextmanager
def sans_noter() -> Iterator[None]:
    """Ne note rien pendant le bloc : c'est nous qui lisons, pas le test."""
    _suspendu.append(True)
    try:
        yield
    finally:
        _suspendu.pop()


def a_l_import(test: Path) -> Lectures:
    """Ce qu'ont lu, quand on les a importés, ce fichier de tests et les modules qu'il importe."""
    modules = [test, *marqueurs.modules_importes(test)]
    return Lectures().avec(*(_a_l_import.get(str(module), Lectures()) for module in modules))


def oublier_ce_que_les_tests_gardent() -> None:
    """Vide les caches (`@cache`) des modules de tests : l'essai qui suit relit ce qu'il utilise."""
    dossier = f"{marqueurs.dossier_des_tests()}{os.sep}"
    for module in list(sys.modules.values()):
        if (getattr(module, "__file__", None) or "").startswith(dossier):
            for valeur in list(vars(module).values()):
                if isinstance(valeur, functools._lru_cache_wrapper):
                    valeur.cache_clear()


def _noter(evenement: str, arguments: tuple[object, ...]) -> None:
    if not _en_cours or _suspendu or (evenement != "open" and evenement not in PARCOURS):
        return
    cible = os.curdir if arguments[0] is None else arguments[0]
    if not isinstance(cible, str | os.PathLike | bytes):
        return  # un descripteur
    chemin = Path(os.path.abspath(os.fsdecode(cible)))  # noqa: PTH100
    if chemin.is_relative_to(chemins.SNIPPETS) and not _a_part(chemin):
        nom = chemin.relative_to(chemins.SNIPPETS).as_posix()
        importes = (_a_l_import.setdefault(m, Lectures()) for m in _modules_en_cours_d_import())
        for lues in (*_en_cours, *importes):
            (lues.fichiers if evenement == "open" else lues.dossiers).add(nom)


def _a_part(chemin: Path) -> bool:
    """Le registre et le journal, que chaque passage récrit, et ce que n'a pas la copie."""
    a_nous = (chemins.REGISTRE, chemins.SCHEMA_REGISTRE, journal.fichier())
    noms = chemin.relative_to(chemins.SNIPPETS).parts
    return chemin in a_nous or any(nom.startswith(".") or nom == "__pycache__" for nom in noms)


def _modules_en_cours_d_import() -> Iterator[str]:
    """Les modules de tests dont le corps est en train de s'exécuter."""
    dossier = f"{marqueurs.dossier_des_tests()}{os.sep}"
    cadre: FrameType | None = sys._getframe(1)
    while cadre is not None:
        code = cadre.f_code
        if code.co_name == "<module>" and code.co_filename.startswith(dossier):
            yield code.co_filename
        cadre = cadre.f_back
