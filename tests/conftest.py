"""Ce que plusieurs fichiers de tests partagent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    """Un dépôt d'essai sain, où travaillent les contrôles le temps d'un test."""
    yield installer(tmp_path, monkeypatch)
