"""Le serveur Ollama du cours : celui d'`OLLAMA_HOST`, ou un serveur privé que l'on arrête."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.lecons.modeles import MODELE_PAR_DEFAUT
from scripts.ollama_prive import adresse as adresses
from scripts.socle import pannes, processus
from scripts.socle.erreurs import ErreurCours, ServeurArrete

DELAI_DEMARRAGE_S = 30.0
ESSAIS_DE_PORT = 3


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
        return processus.memoire_mio(self.processus.pid) if self.processus is not None else 0.0

    def arreter(self) -> None:
        """Arrête le serveur privé et ses moteurs ; sans effet sur un serveur extérieur."""
        if self.processus is not None:
            processus.arreter(self.processus, signal.SIGTERM)


def demarrer(executable: Path, dossier: Path, port: int | None = None) -> Serveur:
    """Démarre un serveur privé : `dossier` reçoit ses modèles, sa maison et son journal.

    Lève `ErreurCours` s'il ne répond pas, avec la fin de son journal, ou si l'on ne peut pas écrire
    dans `dossier`.
    """
    if port is not None:
        return _demarrer_sur(executable, dossier, port)
    for essai in range(1, ESSAIS_DE_PORT + 1):
        try:
            return _demarrer_sur(executable, dossier, processus.port_libre())
        except ErreurCours as erreur:
            port_pris = "address already in use" in str(erreur)
            if not port_pris or essai == ESSAIS_DE_PORT:
                raise
    raise AssertionError("inatteignable")


def _demarrer_sur(executable: Path, dossier: Path, port: int) -> Serveur:
    journal = dossier / f"serveur-{port}.log"
    with pannes.dites(dossier):
        (dossier / "maison").mkdir(parents=True, exist_ok=True)
        # Une première ligne de nous : sur un disque plein, c'est elle qui échoue, et qui le dit.
        journal.write_text(f"Ollama privé du cours, port {port}\n", encoding="utf-8")
    prive = _lancer(executable, dossier, port, journal)
    serveur = Serveur(f"http://127.0.0.1:{port}", executable, prive, journal)
    try:
        _attendre(serveur)
    except BaseException:
        serveur.arreter()
        raise
    return serveur


def _lancer(executable: Path, dossier: Path, port: int, journal: Path) -> subprocess.Popen[bytes]:
    """Lance `ollama serve`, dans sa propre session. Lève `ErreurCours` s'il ne se lance pas."""
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
    with journal.open("ab") as sortie:
        try:
            return subprocess.Popen(
                [executable, "serve"],
                env=environnement,
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=processus.mourir_avec_le_parent if sys.platform == "linux" else None,
            )
        except OSError as erreur:
            raise ErreurCours(
                f"Ollama ne se lance pas ({executable} : {pannes.raison(erreur)}). "
                "Réinstallez-le, puis relancez la même commande."
            ) from erreur


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
    fin = serveur.fin_du_journal()
    if panne := pannes.dans(fin):
        raise ErreurCours(f"Le serveur Ollama privé n'a pas démarré : {panne}")
    raise ErreurCours(
        "Le serveur Ollama privé n'a pas démarré. Les dernières lignes de son journal disent "
        f"pourquoi ({serveur.journal}) :\n{fin}"
    )
