"""Les commandes telles qu'on les tape : une phrase en français et un code non nul si ça échoue."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
import typer

from scripts import __main__ as commandes
from scripts.__main__ import application
from scripts.ollama_prive import adresse as adresses
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import adresses as adresses_web
from scripts.socle import chemins, fichiers
from scripts.socle.erreurs import MauvaisUsage
from scripts.socle.processus import port_libre
from tests.outils.depot_essai import PYTEST_INI, SNIPPET, creer

AMORCE = chemins.RACINE / "scripts" / "outillage" / "amorce.py"


def lancer(*mots: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Lance `python -m scripts <mots>` avec l'environnement complété par `env`."""
    return subprocess.run(
        [sys.executable, "-m", "scripts", *mots],
        cwd=chemins.RACINE,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def make(*mots: str) -> subprocess.CompletedProcess[str]:
    """Lance `make <mots>` à la racine du dépôt."""
    return subprocess.run(
        ["make", *mots], cwd=chemins.RACINE, capture_output=True, text=True, check=False
    )


def test_ollama_host_deja_regle() -> None:
    resultat = lancer("ollama", OLLAMA_HOST="127.0.0.1:11434")
    assert resultat.returncode == 1
    assert resultat.stderr.startswith("Échec : OLLAMA_HOST est déjà réglée")


@pytest.mark.parametrize("mots", [(), ("--help",), ("servir", "--help")])
def test_l_aide(mots: tuple[str, ...]) -> None:
    resultat = lancer(*mots)
    assert (resultat.returncode, resultat.stderr) == (0, "")
    assert "--help" in resultat.stdout


@pytest.mark.parametrize(
    ("mots", "faute"),
    [
        (("inconnue",), "la commande « inconnue » n'existe pas"),
        (("verifierr",), "la commande « verifierr » n'existe pas"),
        (("--inconnue",), "l'option « --inconnue » n'existe pas"),
        (("site", "--inconnue"), "l'option « --inconnue » n'existe pas"),
        (("servir", "--prot", "8001"), "l'option « --prot » n'existe pas"),
        (("servir", "-p"), "l'option « -p » n'existe pas"),
        (("servir", "--port", "abc"), "« --port » doit être un nombre entier"),
        (("servir", "--port", "0"), "« --port » doit valoir au moins 1"),
        (("servir", "--port", "70000"), "« --port » doit valoir au plus 65535"),
        (("experience", "--graine", "7", "--graine", "x"), "« --graine » doit être un nombre ent"),
        (("enregistrer", "--module"), "l'option « --module » attend une valeur"),
        (("enregistrer", "--tout=1"), "l'option « --tout » ne prend pas de valeur"),
        (("enregistrer", "--module", "2", "3"), "« 3 » est de trop"),
        (("derive",), "il manque « dossier »"),
        (("derive", "."), "il manque « --code »"),
        (("lanceur",), "il manque « --meme-effet »"),
        (("enregistrer", "--module", "abc"), "Aucun programme pour le module abc"),
        (("experience", "--modele", "abc"), "Modèle inconnu du cours : abc"),
        (("bench", "--seulement", "abc"), "Mesure inconnue : abc"),
    ],
)
def test_commande_mal_ecrite(mots: tuple[str, ...], faute: str) -> None:
    """Une phrase en français, le code 2, et rien de ce que Typer dit en anglais."""
    resultat = lancer(*mots)
    assert resultat.returncode == 2
    assert resultat.stdout == ""
    (phrase,) = resultat.stderr.splitlines()
    assert phrase.startswith(f"Échec : {faute}")
    assert not {"No", "Got", "Invalid", "Missing", "Input"} & set(phrase.split())


@pytest.mark.parametrize("variable", ["BUDGET", "LIMITE"])
def test_duree_mal_ecrite(variable: str) -> None:
    """C'est dit avant le premier contrôle."""
    resultat = lancer("tester", **{variable: "abc"})
    assert resultat.returncode == 2
    assert resultat.stderr.startswith(f"Échec : {variable} vaut « abc » : donnez un nombre de")


@pytest.mark.parametrize("commande", ["site", "servir"])
@pytest.mark.parametrize("variable", ["COURS_ADRESSE", "COURS_DEPOT"])
@pytest.mark.parametrize(
    "valeur", ["abc", "http://[", "http://", "ftp://exemple.fr", "https://a b"]
)
def test_adresse_web_mal_ecrite(
    commande: str, variable: str, valeur: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C'est dit avant tout contrôle, et avant mkdocs, qui le dirait en anglais."""
    monkeypatch.setenv(variable, valeur)
    with pytest.raises(
        MauvaisUsage, match=f"{variable} vaut « .+ », qui n'est pas une adresse web"
    ):
        application([commande], standalone_mode=False)


@pytest.mark.parametrize("valeur", ["", "https://exemple.fr/cours/", "http://127.0.0.1:8000"])
def test_adresse_web_acceptee(valeur: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in adresses_web.VARIABLES:
        monkeypatch.setenv(variable, valeur)
    adresses_web.verifier()


@pytest.mark.parametrize("mots", [("modeles", "--liste"), ("enregistrer", "--module", "2")])
def test_ollama_host_mal_ecrite(mots: tuple[str, ...]) -> None:
    """Le client d'Ollama lit cette variable dès son import, et échouerait sans phrase."""
    resultat = lancer(*mots, OLLAMA_HOST="[::1")
    assert resultat.returncode == 1
    (phrase,) = resultat.stderr.splitlines()
    assert phrase.startswith("Échec : OLLAMA_HOST vaut « [::1 », qui n'est pas une adresse.")


def test_cache_d_un_utilisateur_inconnu() -> None:
    resultat = lancer("modeles", "--liste", COURS_CACHE="~absent-d-ici/x", OLLAMA_HOST="")
    assert resultat.returncode == 2
    (phrase,) = resultat.stderr.splitlines()
    assert phrase.startswith("Échec : COURS_CACHE vaut « ~absent-d-ici/x »")


def test_racine_qui_n_est_pas_un_cours(tmp_path: Path) -> None:
    resultat = lancer("verifier", COURS_RACINE=str(tmp_path / "nulle"))
    assert resultat.returncode == 1
    probleme, echec = resultat.stderr.splitlines()
    assert "COURS_RACINE" in probleme and echec.startswith("Échec : 1 problème, ")


PENDANT_LES_IMPORTS = """
import os, runpy, signal, sys

class Interrompre:
    def find_spec(self, nom, *_):
        if nom == sys.argv[1]:
            os.kill(os.getpid(), signal.{signal})

sys.meta_path.insert(0, Interrompre())
runpy.run_module("scripts", run_name="__main__")
"""


@pytest.mark.parametrize("nom", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("module", ["typer", "rich.text", "scripts.socle.commandes"])
def test_interruption_pendant_les_imports(module: str, nom: str) -> None:
    """Ctrl-C aussitôt la commande tapée : une phrase, le code 130, aucune trace."""
    code = PENDANT_LES_IMPORTS.replace("{signal}", nom)
    resultat = subprocess.run(
        [sys.executable, "-c", code, module],
        cwd=chemins.RACINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (resultat.returncode, resultat.stderr) == (130, "Interrompu.\n")


def test_fichier_du_depot_introuvable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Une commande qui ne passe pas par les contrôles dit aussi ce qui lui manque."""

    def manquer(*_: object, **__: object) -> None:
        (chemins.RACINE / "verrous" / "absent.txt").read_text()

    monkeypatch.setattr(commandes, "application", manquer)
    with pytest.raises(SystemExit) as sortie:
        commandes.principal()
    assert sortie.value.code == 1
    attendue = "Échec : verrous/absent.txt : il est introuvable. Reprenez la version de git.\n"
    assert capsys.readouterr().err == attendue


def test_make_serve_dit_le_port_mal_ecrit() -> None:
    resultat = make("serve", "PORT=abc")
    assert resultat.returncode == 2
    assert resultat.stderr.startswith("Échec : « --port » doit être un nombre entier")


def test_serveur_injoignable() -> None:
    resultat = lancer("modeles", "--liste", OLLAMA_HOST=f"127.0.0.1:{port_libre()}")
    assert resultat.returncode == 1
    assert "aucun serveur Ollama ne répond" in resultat.stderr
    assert "Traceback" not in resultat.stderr


@pytest.mark.parametrize("commande", [("tester",), ("enregistrer", "--tout")])
def test_une_seule_phrase_sans_serveur(commande: tuple[str, ...]) -> None:
    """L'échec est dit une fois, avant les tests, et non une fois par test."""
    resultat = lancer(*commande, OLLAMA_HOST=f"127.0.0.1:{port_libre()}")
    assert resultat.returncode == 1
    assert resultat.stderr.count("aucun serveur Ollama ne répond") == 1
    assert "passed" not in resultat.stdout
    assert "failed" not in resultat.stdout


@pytest.mark.parametrize(
    "commande", [("verifier",), ("site",), ("tester",), ("tester", "--complet")]
)
def test_un_depot_abime_est_refuse_d_abord(tmp_path: Path, commande: tuple[str, ...]) -> None:
    creer(tmp_path)
    resultat = lancer(*commande, COURS_RACINE=str(tmp_path))
    assert resultat.returncode == 1
    assert resultat.stdout == ""
    assert f"snippets/{SNIPPET} : " in resultat.stderr
    assert "make enregistrer" in resultat.stderr


def test_port_de_make_serve_pris() -> None:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        port = prise.getsockname()[1]
        resultat = lancer("servir", "--port", str(port))
    assert resultat.returncode == 1
    assert f"Le port {port} est déjà pris" in resultat.stderr
    assert f"PORT={port + 1}" in resultat.stderr


def test_interruption_sans_serveur_oublie(tmp_path: Path) -> None:
    """SIGINT pendant un enregistrement : code 130, une phrase, aucun serveur derrière soi."""
    depot = creer(tmp_path)
    depot.ecrire("pytest.ini", PYTEST_INI)
    parti = tmp_path / "parti"
    depot.ecrire(f"snippets/{SNIPPET}", f"import time\nopen('{parti}', 'w')\ntime.sleep(60)\n")
    environnement = {**os.environ, "COURS_RACINE": str(tmp_path), "PYTHONPATH": str(chemins.RACINE)}
    processus = subprocess.Popen(
        [sys.executable, "-m", "scripts", "enregistrer"],
        cwd=tmp_path,
        env=environnement,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not parti.exists():
        assert processus.poll() is None
        time.sleep(0.1)
    descendants = psutil.Process(processus.pid).children(recursive=True)
    assert any("ollama" in descendant.name() for descendant in descendants)
    processus.send_signal(signal.SIGINT)
    _, erreurs = processus.communicate(timeout=60)
    assert processus.returncode == 130
    assert "Interrompu" in erreurs
    assert psutil.wait_procs(descendants, timeout=5)[1] == []
    assert not (tmp_path / "snippets" / "registre.json").exists()


def test_ollama_prive_a_la_demande() -> None:
    """`make ollama` donne une adresse qui répond ; Ctrl-C l'arrête sans rien laisser."""
    environnement = {nom: v for nom, v in os.environ.items() if nom != "OLLAMA_HOST"}
    processus = subprocess.Popen(
        [sys.executable, "-m", "scripts", "ollama"],
        cwd=chemins.RACINE,
        env=environnement,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert processus.stdout is not None
    export, _, hote = processus.stdout.readline().strip().partition("=")
    assert export == "export OLLAMA_HOST"
    adresse = adresses.normaliser(hote)
    assert "smollm2:135m" in adresses.empreintes_des_modeles(adresse)
    processus.send_signal(signal.SIGINT)
    _, erreurs = processus.communicate(timeout=60)
    assert processus.returncode == 0
    assert "Serveur arrêté" in erreurs
    with pytest.raises(httpx.HTTPError):
        adresses.version(adresse)


def test_liste_des_modeles(ollama_prive: Serveur) -> None:
    resultat = lancer("modeles", "--liste", OLLAMA_HOST=ollama_prive.adresse)
    assert resultat.returncode == 0
    for mot in ("Nom", "Taille", "Licence", "Empreinte", "État", "smollm2:135m", "98 Mo", "Apache"):
        assert mot in resultat.stdout


def test_make_seul_montre_les_cibles() -> None:
    resultat = make()
    resultat.check_returncode()
    montrees = re.findall(r"^  make ([a-z-]+) +\S", resultat.stdout, re.MULTILINE)
    assert {"site", "test"} < set(montrees)
    assert sorted(montrees) == sorted(set(cibles_du_makefile()) - {"env-site", "env-dev"})


def cibles_du_makefile() -> list[str]:
    """Les cibles du Makefile, l'aide comprise, dans l'ordre où elles sont écrites."""
    makefile = (chemins.RACINE / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)


def test_chaque_cible_est_declaree_et_appelle_une_commande() -> None:
    """Une cible hors de `.PHONY` ne ferait rien le jour où un fichier porterait son nom."""
    makefile = (chemins.RACINE / "Makefile").read_text(encoding="utf-8")
    [declarees] = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert sorted(declarees.split()) == sorted(cibles_du_makefile())
    appelees = set(re.findall(r"\$\(OUTILS\) ([a-z-]+)", makefile))
    assert appelees <= set(typer.main.get_group(application).commands)


def test_python_trop_vieux() -> None:
    # Le vrai amorce.py, à qui l'on fait croire que ce Python est le 3.9.
    code = (
        "import runpy, sys; sys.version_info = (3, 9); sys.argv = ['amorce.py', 'site']; "
        f"runpy.run_path({str(AMORCE)!r}, run_name='__main__')"
    )
    resultat = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert resultat.returncode == 1
    assert resultat.stderr.startswith("Échec : Python 3.11 ou plus récent est nécessaire")
    assert "3.9" in resultat.stderr


def test_python_absent(tmp_path: Path) -> None:
    resultat = make("site", "PYTHON=python-absent")
    assert resultat.returncode != 0
    assert "Installez Python 3.11 ou plus récent" in resultat.stderr


def test_pas_de_reseau_pour_les_paquets(tmp_path: Path) -> None:
    """Sur une copie du strict nécessaire, sans index de paquets : rien n'est marqué installé.

    La copie est dans un dossier dont le nom a des espaces et des accents : il n'y est pour rien.
    """
    clone = tmp_path / "Élève de l'atelier"
    for nom in ("scripts/outillage/amorce.py", "verrous/amorce.txt", "verrous/site.txt"):
        fichiers.ecrire(clone / nom, (chemins.RACINE / nom).read_bytes())
    sans_reseau = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_RETRIES": "0"}
    resultat = subprocess.run(
        [sys.executable, str(clone / "scripts" / "outillage" / "amorce.py"), "site"],
        env={**os.environ, **sans_reseau, "PIP_FIND_LINKS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert resultat.returncode == 1
    assert "Vérifiez la connexion à internet" in resultat.stderr
    assert list((clone / ".venv").glob("installe-*")) == []


def test_amorce_sans_rien_a_faire() -> None:
    resultat = subprocess.run(
        [sys.executable, str(AMORCE), "site"], capture_output=True, text=True, check=True
    )
    assert resultat.stderr == ""
