"""Le serveur Ollama du cours : celui d'`OLLAMA_HOST`, ou un serveur privé que l'on arrête."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from scripts import adresse as adresses
from scripts import chemins
from scripts.erreurs import ErreurCours, ServeurArrete
from scripts.installation_ollama import trouver_ou_installer

MODELE_PAR_DEFAUT = "smollm2:135m"
DELAI_DEMARRAGE_S = 30.0
ESSAIS_DE_PORT = 3
PR_SET_PDEATHSIG = 1
# Dossiers du cache : les tests ont leurs propres modèles, pour ne rien prendre à `make ollama`.
USAGE = "serveur"
USAGE_DES_TESTS = "serveur-tests"


@dataclass
class Serveur:
    """Un serveur Ollama qui répond à `adresse`. `processus` est None s'il n'est pas à nous."""

    adresse: str
    executable: Path | None = None
    processus: subprocess.Popen[bytes] | None = None
    journal: Path | None = None
    modele: str = MODELE_PAR_DEFAUT

    def vivant(self) -> bool:
        """Vrai tant que le serveur peut répondre. D'un serveur extérieur, on ne sait rien."""
        return self.processus is None or self.processus.poll() is None

    def verifier_vivant(self) -> None:
        """Lève `ServeurArrete`, fin du journal comprise, si le serveur privé est mort."""
        if not self.vivant():
            raise ServeurArrete(
                "Le serveur Ollama privé s'est arrêté en cours de route. Relancez la même "
                f"commande ; si cela se reproduit, lisez {self.journal} :\n{self.fin_du_journal()}"
            )

    def fin_du_journal(self, lignes: int = 5) -> str:
        """Dernières lignes du journal du serveur privé, ou chaîne vide."""
        if self.journal is None or not self.journal.is_file():
            return ""
        texte = self.journal.read_text(encoding="utf-8", errors="replace")
        return "\n".join("    " + ligne for ligne in texte.splitlines()[-lignes:])

    def memoire_mio(self) -> float:
        """Mémoire résidente du serveur et de ses moteurs, en Mio ; 0 s'il n'est pas à nous."""
        return memoire_mio(self.processus.pid) if self.processus is not None else 0.0

    def arreter(self) -> None:
        """Arrête le serveur privé et ses moteurs ; sans effet sur un serveur extérieur."""
        if self.processus is None:
            return
        self.processus.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.processus.wait(timeout=10)
        # Le serveur est chef de son groupe : un moteur qui lui survivrait part avec le groupe.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait()


def memoire_mio(pid: int) -> float:
    """Mémoire résidente du processus `pid` et de ses descendants, en Mio."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        racine = psutil.Process(pid)
        for processus in [racine, *racine.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += processus.memory_info().rss
    return total / 2**20


def port_libre() -> int:
    """Un port libre de l'interface locale."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port: int = prise.getsockname()[1]
        return port


def _mourir_avec_le_parent() -> None:
    """Demande à Linux d'envoyer SIGTERM à ce processus si son parent disparaît, même tué net."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def demarrer(executable: Path, dossier: Path, port: int | None = None) -> Serveur:
    """Démarre un serveur privé : `dossier` reçoit ses modèles, sa maison et son journal.

    Lève `ErreurCours` s'il ne répond pas, avec la fin de son journal.
    """
    if port is not None:
        return _demarrer_sur(executable, dossier, port)
    for essai in range(1, ESSAIS_DE_PORT + 1):
        try:
            return _demarrer_sur(executable, dossier, port_libre())
        except ErreurCours as erreur:
            port_pris = "address already in use" in str(erreur)
            if not port_pris or essai == ESSAIS_DE_PORT:
                raise
    raise AssertionError("inatteignable")


def _demarrer_sur(executable: Path, dossier: Path, port: int) -> Serveur:
    (dossier / "maison").mkdir(parents=True, exist_ok=True)
    journal = dossier / f"serveur-{port}.log"
    environnement = {
        **os.environ,
        "HOME": str(dossier / "maison"),
        "OLLAMA_HOST": f"127.0.0.1:{port}",
        "OLLAMA_MODELS": str(dossier / "modeles"),
        "OLLAMA_NO_CLOUD": "1",
        "OLLAMA_KEEP_ALIVE": "30m",
        "OLLAMA_NUM_PARALLEL": "1",
        "OLLAMA_NOPRUNE": "1",
    }
    with journal.open("wb") as sortie:
        try:
            processus = subprocess.Popen(
                [executable, "serve"],
                env=environnement,
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_mourir_avec_le_parent if sys.platform == "linux" else None,
            )
        except OSError as erreur:
            raise ErreurCours(
                f"Ollama ne se lance pas ({executable} : {erreur.strerror}). "
                "Réinstallez-le, puis relancez la même commande."
            ) from erreur
    serveur = Serveur(f"http://127.0.0.1:{port}", executable, processus, journal)
    try:
        _attendre(serveur)
    except BaseException:
        serveur.arreter()
        raise
    return serveur


def _attendre(serveur: Serveur) -> None:
    """Attend la première réponse. Lève `ErreurCours` si le serveur meurt ou tarde trop."""
    limite = time.monotonic() + DELAI_DEMARRAGE_S
    while time.monotonic() < limite:
        if not serveur.vivant():
            break
        with contextlib.suppress(httpx.HTTPError):
            adresses.version(serveur.adresse, delai_s=1.0)
            return
        time.sleep(0.05)
    raise ErreurCours(
        "Le serveur Ollama privé n'a pas démarré. Les dernières lignes de son journal disent "
        f"pourquoi ({serveur.journal}) :\n{serveur.fin_du_journal()}"
    )


def serveur_exterieur(valeur: str) -> Serveur:
    """Le serveur désigné par `OLLAMA_HOST`. Lève `ErreurCours` s'il ne répond pas."""
    adresse = adresses.ou_l_on_repond(
        valeur,
        "OLLAMA_HOST désigne {adresse}, où aucun serveur Ollama ne répond. Démarrez-le, "
        "corrigez l'adresse, ou retirez la variable pour utiliser un serveur privé.",
    )
    return Serveur(adresse)


@contextlib.contextmanager
def ouvrir_sans_modele(usage: str = USAGE) -> Iterator[Serveur]:
    """Donne le serveur du cours et arrête à la fin celui que l'on a démarré.

    `usage` nomme le dossier du cache qui garde les modèles.
    """
    valeur = os.environ.get("OLLAMA_HOST")
    if valeur:
        yield serveur_exterieur(valeur)
        return
    serveur = demarrer(trouver_ou_installer(), chemins.cache() / usage)
    try:
        yield serveur
    finally:
        mort = not serveur.vivant()
        serveur.arreter()
        if serveur.journal is not None and not mort:
            serveur.journal.unlink(missing_ok=True)


@contextlib.contextmanager
def ouvrir(usage: str = USAGE) -> Iterator[Serveur]:
    """Comme `ouvrir_sans_modele`, avec le modèle de `COURS_MODELE` (sinon `smollm2:135m`)."""
    from scripts import modeles

    with ouvrir_sans_modele(usage) as serveur:
        serveur.modele = os.environ.get("COURS_MODELE") or MODELE_PAR_DEFAUT
        if serveur.processus is None:
            modeles.verifier_present(serveur, serveur.modele)
        else:
            modeles.installer(serveur.adresse, serveur.modele)
        yield serveur


def preparer(usage: str) -> None:
    """Installe Ollama et le modèle s'ils manquent, et vérifie que le serveur démarre.

    À faire avant de lancer pytest, qui masquerait la progression et répéterait l'échec à chaque
    test. Lève `ErreurCours` si le serveur ou le modèle ne peuvent pas être obtenus.
    """
    with ouvrir(usage):
        pass
