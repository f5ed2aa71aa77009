"""Ce que les tests du site partagent : le site, le kit et le PDF, fabriqués une fois par séance."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from scripts.outillage import navigateur
from scripts.produits import kit, livre, pdf
from tests.site.partage import Partage
from tests.site.site_local import Site, construire, servir


@pytest.fixture(scope="session")
def partage(tmp_path_factory: pytest.TempPathFactory) -> Partage:
    """De quoi ne fabriquer qu'une fois ce qui est long, quel que soit le nombre de processus."""
    dossier = tmp_path_factory.getbasetemp()
    # Chaque processus de pytest-xdist a son dossier, dans celui de la séance.
    return Partage(dossier.parent if "PYTEST_XDIST_WORKER" in os.environ else dossier)


@pytest.fixture(scope="session")
def site(partage: Partage) -> Site:
    """Le site, construit une fois ; sa construction peut avoir échoué, son journal dit pourquoi."""
    return partage("site", construire)


@pytest.fixture(scope="session")
def adresse(site: Site) -> Iterator[str]:
    """L'adresse locale où le site est servi, sans barre finale."""
    site.exiger()
    with servir(site.dossier) as racine:
        yield racine


@pytest.fixture(scope="session")
def archive(site: Site, partage: Partage) -> Path:
    """Le kit du site construit."""
    site.exiger()
    return partage("kit", lambda dossier: kit.fabriquer(site.dossier, dossier))


@pytest.fixture(scope="session")
def cours(site: Site, partage: Partage) -> livre.Livre:
    """Le livre tiré du site construit."""
    site.exiger()
    return partage("livre", lambda _: livre.lire(site.dossier))


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Chromium ; son absence est un échec en intégration continue, un test sauté ailleurs."""
    chemin = navigateur.trouver()
    if chemin is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(navigateur.A_INSTALLER)
    return chemin


@pytest.fixture(scope="session")
def imprime(site: Site, cours: livre.Livre, chromium: Path, partage: Partage) -> bytes:
    """Le PDF du cours."""

    def imprimer(dossier: Path) -> bytes:
        destination = dossier / "cours.pdf"
        with pytest.MonkeyPatch.context() as remplacements:
            remplacements.setattr(livre, "lire", lambda _: cours)  # sept secondes, déjà payées
            pages = pdf.fabriquer(site.dossier, chromium, destination)
        assert pages == len(PdfReader(destination).pages)
        return destination.read_bytes()

    return partage("pdf", imprimer)
