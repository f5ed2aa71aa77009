"""Le serveur Ollama du cours : adresses, démarrages ratés, mort en cours de route."""

from __future__ import annotations

import http.server
import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from scripts.execution import executer as execution
from scripts.lecons import modeles
from scripts.ollama_prive import adresse, ouvrir, serveur
from scripts.ollama_prive import installation as installation_ollama
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, processus
from scripts.socle.erreurs import ErreurCours, ServeurArrete


@pytest.mark.parametrize(
    ("valeur", "attendue"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("localhost:4000", "http://localhost:4000"),
        ("http://10.0.0.1", "http://10.0.0.1:80"),
        ("https://exemple.fr/", "https://exemple.fr:443"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("[::1]:99", "http://[::1]:99"),
        ("http://mon_hote-2.exemple.fr:80/api", "http://mon_hote-2.exemple.fr:80"),
        ("élève.local", "http://élève.local:11434"),
    ],
)
def test_adresse_normalisee(valeur: str, attendue: str) -> None:
    assert adresse.normaliser(valeur) == attendue


ILLISIBLES = [
    *("ftp://hote", "http://", "hote:abc", "hote:99999", "::1", "[::1", "[hote]", "a b"),
    *("'127.0.0.1'", "%zz", "http://x y", "a..b", "x" * 300),
]


@pytest.mark.parametrize("valeur", ILLISIBLES)
def test_adresse_illisible(valeur: str) -> None:
    with pytest.raises(ErreurCours, match="OLLAMA_HOST vaut"):
        adresse.normaliser(valeur)


def test_adresse_lue_avant_le_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Le client d'Ollama la lit dès son import : nos programmes l'importent d'un seul endroit."""
    monkeypatch.setenv("OLLAMA_HOST", "::1")
    monkeypatch.delitem(sys.modules, "scripts.ollama_prive.client", raising=False)
    with pytest.raises(ErreurCours, match="OLLAMA_HOST vaut"):
        importlib.import_module("scripts.ollama_prive.client")
    directs = {
        chemins.en_clair(fichier)
        for fichier in sorted((chemins.RACINE_DU_CODE / "scripts").rglob("*.py"))
        if "\nimport ollama\n" in fichier.read_text(encoding="utf-8")
    }
    assert directs == {"scripts/ollama_prive/client.py"}


def test_ollama_host_injoignable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{processus.port_libre()}")
    with pytest.raises(ErreurCours, match="aucun serveur Ollama ne répond"), ouvrir.ouvrir():
        pass


def test_ollama_host_qui_n_est_pas_ollama(monkeypatch: pytest.MonkeyPatch) -> None:
    autre = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=autre.serve_forever, daemon=True).start()
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{autre.server_address[1]}")
    with pytest.raises(ErreurCours, match="aucun serveur Ollama ne répond"), ouvrir.ouvrir():
        pass
    autre.shutdown()
    autre.server_close()


@pytest.fixture
def repondre() -> Iterator[Callable[[bytes], str]]:
    """Une fonction qui donne l'adresse d'un serveur : à tout, il répond ces octets."""

    class Perroquet(http.server.BaseHTTPRequestHandler):
        corps = b""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.corps)))
            self.end_headers()
            self.wfile.write(self.corps)

        def log_message(self, *_: object) -> None:
            pass

    autre = http.server.HTTPServer(("127.0.0.1", 0), Perroquet)
    threading.Thread(target=autre.serve_forever, daemon=True).start()

    def choisir(corps: bytes) -> str:
        Perroquet.corps = corps
        return f"http://127.0.0.1:{autre.server_address[1]}"

    yield choisir
    autre.shutdown()
    autre.server_close()


@pytest.mark.parametrize(
    "corps", [b"", b"<html>", b"[]", b"null", b'"x"', b"{}", b'{"version": 3}']
)
def test_version_qui_n_est_pas_d_ollama(repondre: Callable[[bytes], str], corps: bytes) -> None:
    with pytest.raises(ErreurCours, match="n'est pas un serveur Ollama"):
        adresse.ou_l_on_repond(repondre(corps), "personne")


@pytest.mark.parametrize(
    "corps", [b"[]", b'{"models": 3}', b'{"models": [{}]}', b'{"models": [3]}']
)
def test_modeles_qui_ne_sont_pas_d_ollama(repondre: Callable[[bytes], str], corps: bytes) -> None:
    with pytest.raises(ErreurCours, match="n'est pas un serveur Ollama"):
        adresse.empreintes_des_modeles(repondre(corps))


def test_modele_absent_du_serveur_designe(
    ollama_prive: Serveur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", ollama_prive.adresse)
    monkeypatch.setenv("COURS_MODELE", "inconnu:1b")
    with pytest.raises(ErreurCours, match="ollama pull inconnu:1b"), ouvrir.ouvrir():
        pass


def test_executable_absent(tmp_path: Path) -> None:
    with pytest.raises(ErreurCours, match="ne se lance pas"):
        serveur.demarrer(tmp_path / "ollama", tmp_path)


def _faux_ollama(dossier: Path, corps: str) -> Path:
    """Un exécutable nommé `ollama` qui se contente du script shell `corps`."""
    executable = dossier / "ollama"
    executable.write_text(f"#!/bin/sh\n{corps}\n", encoding="utf-8")
    executable.chmod(0o755)
    return executable


def test_serveur_qui_meurt_au_demarrage(tmp_path: Path) -> None:
    executable = _faux_ollama(tmp_path, "echo disque illisible >&2; exit 1")
    with pytest.raises(ErreurCours, match="disque illisible"):
        serveur.demarrer(executable, tmp_path / "cache")


def test_serveur_muet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serveur, "DELAI_DEMARRAGE_S", 0.3)
    executable = _faux_ollama(tmp_path, "exec sleep 60")
    with pytest.raises(ErreurCours, match="n'a pas démarré"):
        serveur.demarrer(executable, tmp_path / "cache")


def test_port_deja_pris(ollama_prive: Serveur, tmp_path: Path) -> None:
    assert ollama_prive.executable is not None
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        port = prise.getsockname()[1]
        with pytest.raises(ErreurCours, match="address already in use"):
            serveur.demarrer(ollama_prive.executable, tmp_path, port)


@pytest.fixture
def serveur_jetable(ollama_prive: Serveur, tmp_path: Path) -> Iterator[Serveur]:
    """Un second serveur privé, sans modèle, que le test peut tuer."""
    assert ollama_prive.executable is not None
    jetable = serveur.demarrer(ollama_prive.executable, tmp_path)
    yield jetable
    jetable.arreter()


def test_arret_sans_reste(serveur_jetable: Serveur) -> None:
    assert serveur_jetable.processus is not None
    pid = serveur_jetable.processus.pid
    assert serveur_jetable.memoire_mio() > 1
    serveur_jetable.arreter()
    assert not psutil.pid_exists(pid)


def test_mort_pendant_un_snippet(serveur_jetable: Serveur, tmp_path: Path) -> None:
    assert serveur_jetable.processus is not None
    longue = tmp_path / "longue.py"
    longue.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    threading.Timer(0.5, serveur_jetable.processus.kill).start()
    debut = time.monotonic()
    with pytest.raises(ServeurArrete, match="Relancez la même commande"):
        execution.executer("essai.py", serveur_jetable, execution.Reglages(source=longue))
    # Marge très large : il s'agit de ne pas attendre la fin du programme.
    assert time.monotonic() - debut < 30


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG est propre à Linux")
def test_parent_tue_net(ollama_prive: Serveur, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from scripts.ollama_prive import serveur\n"
        "s = serveur.demarrer(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(s.processus.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(ollama_prive.executable), str(tmp_path)],
        cwd=chemins.RACINE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], 15)[1] == []


def test_ni_ollama_ni_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("COURS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ErreurCours, match=r"Ni Ollama ni Go ne sont installés\. Installez Ollama"):
        installation_ollama.trouver_ou_installer()


def _seulement_go(dossier: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Une machine sans Ollama, avec un Go de cette `version` et un cache vide."""
    go = dossier / "go"
    go.write_text(f"#!/bin/sh\necho go version go{version} linux/amd64\n", encoding="utf-8")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", str(dossier))
    monkeypatch.setenv("COURS_CACHE", str(dossier / "cache"))


def test_go_trop_vieux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _seulement_go(tmp_path, "1.21.3", monkeypatch)
    with pytest.raises(ErreurCours, match=r"go1\.21.*Go 1\.26 ou plus récent"):
        installation_ollama.trouver_ou_installer()


def test_disque_plein(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _seulement_go(tmp_path, "1.26.8", monkeypatch)
    monkeypatch.setattr(installation_ollama, "ESPACE_NECESSAIRE_GIO", 1e9)
    with pytest.raises(ErreurCours, match="Libérez de la place"):
        installation_ollama.trouver_ou_installer()


def test_ollama_du_path_d_abord(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable = _faux_ollama(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installation_ollama.trouver_ou_installer() == executable


def test_moteur_du_registre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le nôtre est épinglé ; celui d'un Ollama de la machine est le sien."""
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    monkeypatch.setenv("COURS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "vide"))
    epingle = installation_ollama.version_du_moteur()
    verrou = installation_ollama.VERROU_DU_MOTEUR.read_text(encoding="utf-8")
    assert f"xllamacpp=={epingle} " in verrou
    # « make ollama » met le nôtre dans le PATH : il reste le nôtre.
    notre = tmp_path / "cache" / "ollama" / "bin"
    notre.mkdir(parents=True)
    _faux_ollama(notre, "exit 0")
    monkeypatch.setenv("PATH", str(notre))
    assert installation_ollama.version_du_moteur() == epingle
    _faux_ollama(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installation_ollama.version_du_moteur() == "intégré"
    monkeypatch.setenv("PATH", str(tmp_path / "vide"))
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    assert installation_ollama.version_du_moteur() == "intégré"


def test_modele_du_cours_installe(ollama_prive: Serveur) -> None:
    presents = adresse.empreintes_des_modeles(ollama_prive.adresse)
    assert modeles.nom_complet(ollama_prive.modele) in presents
