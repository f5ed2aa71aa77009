"""Ce que gardent les contrôles n'est repris que si rien de ce dont il dépend n'a changé."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

from scripts.socle import chemins, memoire


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Un dossier scripts/, dont dépendent les valeurs gardées le temps d'un test."""
    monkeypatch.setattr(chemins, "RACINE", tmp_path)
    monkeypatch.setattr(chemins, "RACINE_DU_CODE", tmp_path)
    monkeypatch.setattr(memoire, "version_du_code", memoire.version_du_code.__wrapped__)
    for dossier in ("controles", "publication", "experience", "execution/observation"):
        (tmp_path / "scripts" / dossier).mkdir(parents=True)
        (tmp_path / "scripts" / dossier / "piece.py").write_text("un = 1\n")
    memoire.garder("essai", {"cle": "valeur"})
    assert memoire.reprendre("essai") == {"cle": "valeur"}
    return tmp_path / "scripts"


@pytest.mark.parametrize(
    "dossier", ["controles", "publication", "experience", "execution/observation"]
)
def test_un_code_modifie_fait_tout_recalculer(code: Path, dossier: str) -> None:
    (code / dossier / "piece.py").write_text("un = 2\n")
    assert memoire.reprendre("essai") == {}


def test_un_fichier_de_plus_fait_tout_recalculer(code: Path) -> None:
    (code / "publication" / "autre.py").write_text("")
    assert memoire.reprendre("essai") == {}


def test_un_autre_python_fait_tout_recalculer(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert memoire.reprendre("essai") == {}


@pytest.mark.parametrize("paquet", memoire.PAQUETS)
def test_un_autre_paquet_fait_tout_recalculer(
    code: Path, monkeypatch: pytest.MonkeyPatch, paquet: str
) -> None:
    vraie = metadata.version
    monkeypatch.setattr(memoire, "_version", lambda nom: "9" if nom == paquet else vraie(nom))
    assert memoire.reprendre("essai") == {}
