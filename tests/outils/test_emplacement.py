"""Les outils ne regardent que les chemins du dépôt : le dossier qui le contient ne change rien."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.controles.verification import verifier
from scripts.enregistrement import lectures
from scripts.execution.executer import executer
from scripts.lecons import catalogue
from scripts.ollama_prive.serveur import Serveur
from tests.outils.depot_essai import MODULE, PYTEST_INI, SNIPPET, Depot, creer, installer
from tests.outils.test_greffon import lancer_pytest

# Les mots que les outils cherchent dans un chemin : un lecteur peut en nommer son dossier.
MOTS = sorted({*catalogue.DOSSIERS_HORS_LECON, "registre", "lecons", "snippets", "importlib"})


@pytest.fixture(params=MOTS)
def depot_place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Depot:
    """Le dépôt d'essai, rangé dans un dossier qui porte l'un de ces noms."""
    racine = tmp_path / request.param / "cours"
    racine.mkdir(parents=True)
    return installer(racine, monkeypatch)


def test_les_controles_lisent_tous_les_fichiers(depot_place: Depot) -> None:
    assert verifier() == []
    depot_place.ecrire("snippets/donnees/noms.json", "{")
    [probleme] = verifier()
    assert probleme.fichier.startswith("snippets/donnees/noms.json")


def test_les_programmes_et_les_lectures_des_essais_se_trouvent(depot_place: Depot) -> None:
    assert catalogue.noms_des_snippets() == [SNIPPET]
    depot_place.ecrire("snippets/donnees/registre.csv", "a,b\n")
    with lectures.noter() as lues:
        depot_place.lire("snippets/donnees/registre.csv")
        depot_place.lire("snippets/registre.json")
        sorted((depot_place.racine / "snippets" / MODULE).iterdir())
    assert lues == lectures.Lectures({"donnees/registre.csv"}, {MODULE})


def test_un_programme_est_observe_ou_que_soit_sa_copie(
    depot_place: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(depot_place.racine.parent))
    observation = executer(SNIPPET, Serveur("http://127.0.0.1:9")).observation
    assert set(observation.fichiers) == {"donnees/noms.json"}
    assert observation.codes == {}


def test_seuls_les_tests_de_lecons_doivent_dire_qu_ils_executent(tmp_path: Path) -> None:
    depot = creer_dans(tmp_path / "lecons")
    depot.ecrire("tests/outils/test_outil.py", "def test_outil(executer):\n    pass\n")
    options = ("--collect-only", "tests")
    assert lancer_pytest(depot, *options, sans_ollama=True).returncode == 0
    depot.ecrire("tests/lecons/test_lecon.py", "def test_lecon(executer):\n    pass\n")
    resultat = lancer_pytest(depot, *options, sans_ollama=True)
    assert "marquez-le @pytest.mark.essai" in resultat.stdout + resultat.stderr


def creer_dans(racine: Path) -> Depot:
    """Un dépôt d'essai à cet endroit, sur lequel lancer pytest."""
    racine.mkdir()
    depot = creer(racine)
    depot.ecrire("pytest.ini", PYTEST_INI)
    return depot
