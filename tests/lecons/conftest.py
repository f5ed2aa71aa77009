"""Ce que plusieurs fichiers de tests de leçons partagent."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.lecons.faux_ollama import FauxOllama


@pytest.fixture
def faux() -> Iterator[FauxOllama]:
    """Un faux Ollama, en marche le temps d'un test."""
    with FauxOllama() as serveur:
        fil = threading.Thread(target=serveur.serve_forever, args=(0.05,), daemon=True)
        fil.start()
        yield serveur
        serveur.shutdown()
