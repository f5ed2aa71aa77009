"""Ce que les tests des outils partagent : un dépôt d'essai, et un petit cours enregistré."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outils.cours_essai import cours, cours_enregistre
from tests.outils.depot_essai import Depot, installer

__all__ = ["cours", "cours_enregistre"]


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    """Un dépôt d'essai sain, où travaillent les contrôles le temps d'un test."""
    yield installer(tmp_path, monkeypatch)
