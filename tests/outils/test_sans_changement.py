"""`make verifier` ne recommence que si quelque chose a changé dans le dépôt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts.enregistrement import tester
from scripts.lecons import journal
from scripts.socle import chemins, sans_changement
from tests.outils.depot_essai import sans_preparatifs

LUS = (
    *("docs/page.md", "snippets/module_1/01.py", "scripts/controles/liens.py", "tests/test_un.py"),
    *("genere/module_1/01.md", "verrous/dev.txt", ".github/workflows/tests.yml", ".gitattributes"),
    *("mkdocs.yml", "docs/site/autre.md", "notes.txt"),
)
IGNORES = (
    *(".git/index", ".cache/passage.json", ".venv/lib/un.py", "node_modules/un.js", "site/a.html"),
    *("produits/cours.pdf", "scripts/__pycache__/un.pyc", ".mypy_cache/un.json"),
)


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Un dépôt qui vient de passer trois contrôles."""
    monkeypatch.setattr(chemins, "RACINE", tmp_path)
    for nom in (*LUS, *IGNORES):
        (tmp_path / nom).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / nom).write_text("un", "utf-8")
    sans_changement.retenir("essai", sans_changement.empreinte(), 3)
    return tmp_path


def reussis() -> int | None:
    return sans_changement.reussis("essai", sans_changement.empreinte())


def test_rien_n_a_change(depot: Path) -> None:
    os.utime(depot / "docs" / "page.md", (0, 0))
    assert reussis() == 3


@pytest.mark.parametrize("nom", LUS)
def test_un_fichier_du_depot_a_change(depot: Path, nom: str) -> None:
    (depot / nom).write_text("deux", "utf-8")
    assert reussis() is None


def test_un_fichier_de_plus_ou_de_moins(depot: Path) -> None:
    (depot / "docs" / "de_plus.md").write_text("", "utf-8")
    assert reussis() is None
    (depot / "docs" / "de_plus.md").unlink()
    assert reussis() == 3
    (depot / "mkdocs.yml").rename(depot / "mkdocs.yaml")
    assert reussis() is None


@pytest.mark.parametrize("nom", IGNORES)
def test_ce_qui_se_fabrique_ne_compte_pas(depot: Path, nom: str) -> None:
    (depot / nom).write_text("deux", "utf-8")
    assert reussis() == 3


def test_un_depot_change_pendant_les_controles_n_est_pas_retenu(depot: Path) -> None:
    avant = sans_changement.empreinte()
    (depot / "docs" / "page.md").write_text("deux", "utf-8")
    sans_changement.retenir("essai", avant, 3)
    assert reussis() is None


def test_un_fichier_ecarte_ne_compte_pas(depot: Path) -> None:
    sauf = [depot / "genere", depot / "notes.txt"]
    avant = sans_changement.empreinte(sauf)
    (depot / "genere" / "module_1" / "01.md").write_text("deux", "utf-8")
    (depot / "notes.txt").unlink()
    assert sans_changement.empreinte(sauf) == avant
    (depot / "mkdocs.yml").write_text("deux", "utf-8")
    assert sans_changement.empreinte(sauf) != avant


# --- Les tests du site et des outils ---


@pytest.fixture
def passages(depot: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Les codes de sortie à venir de pytest, dans l'ordre ; un passage en consomme un."""
    codes: list[int] = []
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(tester, "accompagner", lambda *_: codes.pop(0))
    monkeypatch.setattr(chemins, "SNIPPETS", depot / "snippets")
    monkeypatch.setattr(chemins, "GENERE", depot / "genere")
    sans_preparatifs(monkeypatch)
    return codes


def test_les_tests_reussis_ne_sont_pas_rejoues(depot: Path, passages: list[int]) -> None:
    passages += [0]
    assert tester._site_et_outils(complet=False) == []
    journal.fichier().write_text("{}", "utf-8")
    (depot / "genere" / "module_1" / "01.md").write_text("deux", "utf-8")
    assert tester._site_et_outils(complet=False) == [] and passages == []


def test_un_changement_ou_un_echec_les_fait_rejouer(depot: Path, passages: list[int]) -> None:
    passages += [1, 0, 1]
    assert tester._site_et_outils(complet=False)
    assert tester._site_et_outils(complet=False) == []
    (depot / "docs" / "page.md").write_text("deux", "utf-8")
    assert tester._site_et_outils(complet=False) and passages == []


@pytest.mark.parametrize("ci", ["", "true"])
def test_un_passage_entier_et_la_ci_les_jouent_toujours(
    passages: list[int], monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    passages += [0, 0]
    monkeypatch.setenv("CI", ci)
    assert tester._site_et_outils(complet=not ci) == []
    assert tester._site_et_outils(complet=not ci) == [] and passages == []
