"""Ce que plusieurs fichiers de tests partagent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import modeles, registre
from scripts.ollama_prive import mise_en_place
from scripts.ollama_prive.serveur import Serveur
from tests.outils.depot_essai import Depot, installer
from tests.site.site_local import Site, construire, servir


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Le site, construit une fois ; sa construction peut avoir échoué, son journal dit pourquoi."""
    return construire(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def adresse(site: Site) -> Iterator[str]:
    """L'adresse locale où le site est servi, sans barre finale."""
    site.exiger()
    with servir(site.dossier) as racine:
        yield racine


@pytest.fixture(scope="session")
def serveur_du_cours(ollama_prive: Serveur) -> Serveur:
    """Le serveur de la session, avec le modèle d'embedding et `cours-fr`."""
    for modele in (modeles.MODELE_D_EMBEDDING, modeles.MODELE_DU_COURS):
        mise_en_place.installer(ollama_prive.adresse, modele)
    return ollama_prive


@pytest.fixture
def verifier_l_exercice(executer_sections: Callable[..., Execution]) -> Callable[..., None]:
    """Une fonction `verifier_l_exercice(nom, [sections])` : le départ échoue, la solution passe."""

    def verifier(nom: str, avant: list[str]) -> None:
        depart = executer_sections(nom, [*avant, "depart", "verification"])
        assert depart.code != 0 and "AssertionError" in depart.erreurs
        solution = executer_sections(nom, [*avant, "solution", "verification"])
        assert solution.code == 0, solution.erreurs

    return verifier


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    """Un dépôt d'essai sain, où travaillent les contrôles le temps d'un test."""
    yield installer(tmp_path, monkeypatch)
    registre.versions_verrouillees.cache_clear()
