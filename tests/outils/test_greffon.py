"""Le greffon pytest : exécuter comme un lecteur, n'enregistrer que ce qui a passé ses tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import ollama
import pytest

from scripts.lecons import registre, sections
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from tests.outils.depot_essai import MODULE, PYTEST_INI, SNIPPET, Depot, creer

APPEL = """import os

import ollama

print(ollama.chat(os.environ["COURS_MODELE"], [{"role": "user", "content": "Say hi."}],
                  options={"temperature": 0, "num_predict": 4}).message.content)
"""
TEST_APPEL = f"""import pytest


@pytest.mark.snippet("{MODULE}/02_appel.py")
def test_appel(execution):
    assert execution.sortie.strip() and execution.compteur.tokens_sortie == 4


@pytest.mark.snippet("{MODULE}/02_appel.py")
def test_appel_encore(execution):
    assert REUSSIR
"""


@pytest.fixture
def depot_seul(tmp_path: Path) -> Depot:
    """Un dépôt d'essai sur lequel on lance pytest dans un autre processus."""
    depot = creer(tmp_path)
    depot.ecrire("pytest.ini", PYTEST_INI)
    return depot


def lancer_pytest(
    depot: Depot, *options: str, serveur: Serveur | None = None
) -> subprocess.CompletedProcess[str]:
    """Lance pytest dans le dépôt d'essai, contre `serveur` ou un serveur privé à lui."""
    environnement = {**os.environ, "COURS_RACINE": str(depot.racine)}
    environnement["PYTHONPATH"] = str(chemins.RACINE)
    if serveur:
        environnement["OLLAMA_HOST"] = serveur.adresse
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=depot.racine,
        env=environnement,
        capture_output=True,
        text=True,
        check=False,
    )


def entrees(depot: Depot) -> dict[str, dict[str, registre.Enregistrement]]:
    """Les snippets du registre du dépôt d'essai."""
    fichier = depot.racine / "snippets" / "registre.json"
    contenu: dict[str, dict[str, registre.Enregistrement]] = {}
    if fichier.is_file():
        contenu = json.loads(fichier.read_text())["snippets"]
    return contenu


def test_enregistrement_complet(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    depot_seul.ecrire("tests/lecons/test_appel.py", TEST_APPEL.replace("REUSSIR", "True"))
    resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    assert resultat.returncode == 0, resultat.stdout
    assert depot_seul.lire(f"snippets/{MODULE}/sorties/01_bonjour.txt") == "Bonjour Ada\n"
    sans_modele = entrees(depot_seul)[SNIPPET]["aucun"]
    assert sans_modele["digest"] is None
    assert list(sans_modele["donnees"]) == ["donnees/noms.json"]
    appel = entrees(depot_seul)[f"{MODULE}/02_appel.py"][ollama_prive.modele]
    assert appel["tokens"]["sortie"] == 4
    assert appel["paquets"] == {"ollama": "0.6.3"}
    assert appel["memoire_mio"]["programme"] > 10
    assert appel["ollama"].startswith("0.")


def test_un_test_peut_imposer_le_modele(depot_seul: Depot, ollama_prive: Serveur) -> None:
    """Le snippet interroge le modèle de son marqueur, et c'est sous ce nom qu'il est noté."""
    client = ollama.Client(host=ollama_prive.adresse, trust_env=False)
    client.copy(ollama_prive.modele, "impose")
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    test = TEST_APPEL.replace("REUSSIR", "True").replace(
        'appel.py")', 'appel.py", modele="impose")'
    )
    depot_seul.ecrire("tests/lecons/test_appel.py", test)
    try:
        resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    finally:
        client.delete("impose")
    assert resultat.returncode == 0, resultat.stdout
    assert list(entrees(depot_seul)[f"{MODULE}/02_appel.py"]) == ["impose"]


def test_rien_n_est_enregistre_sans_l_option(depot_seul: Depot, ollama_prive: Serveur) -> None:
    assert lancer_pytest(depot_seul, serveur=ollama_prive).returncode == 0
    assert entrees(depot_seul) == {}


def test_un_test_qui_echoue_n_enregistre_pas(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    depot_seul.ecrire("tests/lecons/test_appel.py", TEST_APPEL.replace("REUSSIR", "False"))
    resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    assert resultat.returncode == 1
    assert list(entrees(depot_seul)) == [SNIPPET]
    assert not (depot_seul.racine / f"snippets/{MODULE}/sorties/02_appel.txt").exists()


def test_seulement_les_snippets_nommes(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    depot_seul.ecrire("tests/lecons/test_appel.py", TEST_APPEL.replace("REUSSIR", "True"))
    resultat = lancer_pytest(depot_seul, f"--seulement={SNIPPET}", serveur=ollama_prive)
    assert "1 passed, 2 deselected" in resultat.stdout


def test_code_de_sortie_inattendu(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{SNIPPET}", 'raise SystemExit("panne prévue")\n')
    resultat = lancer_pytest(depot_seul, serveur=ollama_prive)
    assert "s'est terminé avec le code 1 au lieu de 0" in resultat.stdout
    assert "panne prévue" in resultat.stdout


@pytest.mark.parametrize(
    ("option", "variables", "attendu"),
    [
        ("-q", {}, "essai --vite"),
        ("-q", {"COURS_COMPLET": "1"}, "essai"),
        ("--enregistrer", {}, "essai"),
    ],
)
def test_une_lecon_longue_est_abregee_hors_enregistrement(
    depot_seul: Depot,
    ollama_prive: Serveur,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    variables: dict[str, str],
    attendu: str,
) -> None:
    monkeypatch.delenv("COURS_COMPLET", raising=False)
    for nom, valeur in variables.items():
        monkeypatch.setenv(nom, valeur)
    depot_seul.ecrire(f"snippets/{SNIPPET}", "import sys\n\nprint(*sys.argv[1:])\n")
    marqueur = f'@pytest.mark.snippet("{SNIPPET}", args=("essai",), bref=("--vite",))'
    test = f'def test_bref(execution):\n    assert execution.sortie == "{attendu}\\n"\n'
    depot_seul.ecrire(f"tests/lecons/test_{MODULE}.py", f"import pytest\n\n\n{marqueur}\n{test}")
    resultat = lancer_pytest(depot_seul, option, serveur=ollama_prive)
    assert resultat.returncode == 0, resultat.stdout


def test_serveur_tue_arrete_tout(depot_seul: Depot) -> None:
    """Le premier test tue le serveur : le second s'arrête aussitôt et le troisième ne part pas."""
    depot_seul.ecrire(f"snippets/{SNIPPET}", "import time\ntime.sleep(30)\n")
    depot_seul.ecrire(
        f"tests/lecons/test_{MODULE}.py",
        "import pytest\n\n\n"
        "def test_tueur(ollama_prive):\n    ollama_prive.processus.kill()\n\n\n"
        f'@pytest.mark.snippet("{SNIPPET}")\n'
        "def test_snippet(execution):\n    pass\n\n\n"
        "def test_jamais_lance():\n    print('lancé quand même')\n",
    )
    resultat = lancer_pytest(depot_seul)
    assert resultat.returncode == 3
    assert "s'est arrêté en cours de route" in resultat.stdout
    assert "1 passed, 1 error" in resultat.stdout


def test_serveur_mort_devant_un_snippet_bref(depot_seul: Depot) -> None:
    """Un snippet qui échoue aussitôt, ou un client direct, n'y changent rien : on s'arrête."""
    appel = "import os, urllib.request\nurllib.request.urlopen(os.environ['OLLAMA_HOST'])\n"
    depot_seul.ecrire(f"snippets/{SNIPPET}", appel)
    tuer = (
        "import httpx\nimport pytest\n\n\n"
        "def test_tueur(ollama_prive):\n"
        "    ollama_prive.processus.kill()\n    ollama_prive.processus.wait()\n\n\n"
    )
    bref = f'@pytest.mark.snippet("{SNIPPET}")\ndef test_bref(execution):\n    pass\n\n\n'
    direct = "def test_direct(ollama_prive):\n    httpx.get(ollama_prive.adresse)\n\n\n"
    jamais = "def test_jamais_lance():\n    pass\n"
    for essai, bilan in ((bref, "1 passed, 1 error"), (direct, "1 failed, 1 passed")):
        depot_seul.ecrire(f"tests/lecons/test_{MODULE}.py", tuer + essai + jamais)
        resultat = lancer_pytest(depot_seul)
        assert resultat.returncode == 3, resultat.stdout
        assert "s'est arrêté en cours de route" in resultat.stdout
        assert bilan in resultat.stdout


def test_sections_gardees_a_leur_ligne() -> None:
    texte = (
        "import os\n# --8<-- [start:depart]\na = 1\n# --8<-- [end:depart]\n"
        "# --8<-- [start:solution]\na = 2\n# --8<-- [end:solution]\nprint(a)\n"
    )
    lignes = sections.garder(texte, {"solution"}).splitlines()
    assert lignes[2] == ""
    assert lignes[5] == "a = 2"
    assert lignes[7] == "print(a)"
    with pytest.raises(ValueError, match="absente"):
        sections.garder(texte, {"absente"})


def test_un_snippet_suit_celui_dont_il_depend(depot_seul: Depot, ollama_prive: Serveur) -> None:
    """Même seul demandé, il tourne après l'autre."""
    depot_seul.ecrire(f"snippets/{SNIPPET}", "import os\nprint(os.getpid())\n")
    depot_seul.ecrire(f"snippets/{MODULE}/02_suite.py", "print('suite')\n")
    suite = f"""import pytest


@pytest.mark.snippet("{MODULE}/02_suite.py", apres=("{SNIPPET}",))
def test_suite(execution):
    assert execution.sortie == "suite\\n"
"""
    depot_seul.ecrire("tests/lecons/test_suite.py", suite)
    options = (f"--seulement={MODULE}/02_suite.py", "--enregistrer")
    resultat = lancer_pytest(depot_seul, *options, serveur=ollama_prive)
    assert "1 passed" in resultat.stdout and "2 exécutions de snippets" in resultat.stdout
    assert list(entrees(depot_seul)) == [f"{MODULE}/02_suite.py"]

    depot_seul.ecrire(f"snippets/{SNIPPET}", 'raise SystemExit("panne prévue")\n')
    resultat = lancer_pytest(depot_seul, options[0], serveur=ollama_prive)
    assert resultat.returncode == 1
    assert f"snippets/{SNIPPET}, qui précède, échoue : panne prévue" in resultat.stdout
