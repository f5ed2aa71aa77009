"""Ce que coûte Ollama autour de son moteur."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psutil

from scripts.ollama_prive import adresse as adresses
from scripts.ollama_prive.ouvrir import ouvrir
from scripts.ollama_prive.serveur import Serveur
from scripts.publication.performances import Mesure, Resultat
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import arreter, port_libre

DEBIT_MINIMAL = 0.95
PASSAGES = 5
TOKENS = 200
DELAI_S = 120.0
PROMPT = (
    "The history of mathematics begins with counting. Write a long, detailed essay about it.\n\n"
    "Counting"
)
# Les mêmes réglages de part et d'autre, écrits en entier : les défauts diffèrent.
ECHANTILLONNAGE = {
    "temperature": 0.0,
    "seed": 7,
    "top_k": 40,
    "top_p": 0.9,
    "min_p": 0.0,
    "repeat_last_n": 64,
    "repeat_penalty": 1.0,
}
CONTEXTE = 2048


@dataclass(frozen=True)
class Debit:
    """Une réponse : tokens produits, débit annoncé par le moteur, durée vue du client (s)."""

    tokens: int
    annonce: float
    duree_s: float

    @property
    def de_bout_en_bout(self) -> float:
        """Tokens par seconde, de l'envoi de la requête à la fin de la réponse."""
        return self.tokens / self.duree_s


def mesurer_le_debit() -> Mesure:
    """Débit à travers Ollama, rapporté à celui du moteur appelé sans lui."""
    if os.environ.get("OLLAMA_HOST"):
        raise ErreurCours(
            "OLLAMA_HOST désigne un serveur dont on ne peut pas relancer le moteur : retirez la "
            "variable, la mesure démarre un serveur privé."
        )
    with (
        ouvrir(usage="serveur-tests") as serveur,
        httpx.Client(trust_env=False, timeout=DELAI_S) as client,
    ):
        with console.status("Chargement du modèle, par Ollama puis par le moteur seul"):
            par_ollama(client, serveur)
            arguments, environnement = _moteur_de(serveur)
        with _moteur_seul(client, arguments, environnement) as adresse:
            _par_le_moteur(client, adresse)
            ollama, moteur = _alterner(client, serveur, adresse)
        version = adresses.version(serveur.adresse)
        modele = serveur.modele
    brut = {
        "modele": modele,
        "ollama": version,
        "tokens_demandes": TOKENS,
        "contexte": CONTEXTE,
        "par_ollama": [_arrondi(debit) for debit in ollama],
        "moteur_seul": [_arrondi(debit) for debit in moteur],
    }
    return Mesure(rapports(ollama, moteur), brut)


def rapports(ollama: list[Debit], moteur: list[Debit]) -> list[Resultat]:
    """Les deux rapports de débits médians : vu du client, et annoncé par le moteur."""
    bout_en_bout = _mediane(
        [d.de_bout_en_bout for d in ollama], [d.de_bout_en_bout for d in moteur]
    )
    annonce = _mediane([d.annonce for d in ollama], [d.annonce for d in moteur])
    return [
        Resultat("Débit par Ollama, de bout en bout", bout_en_bout, "×", "≥", DEBIT_MINIMAL),
        Resultat("Débit par Ollama, annoncé", annonce, "×", "≥", DEBIT_MINIMAL),
    ]


def _mediane(haut: list[float], bas: list[float]) -> float:
    return statistics.median(haut) / statistics.median(bas)


def _arrondi(debit: Debit) -> dict[str, float]:
    return {
        "tokens": debit.tokens,
        "annonce_tokens_s": round(debit.annonce, 2),
        "de_bout_en_bout_tokens_s": round(debit.de_bout_en_bout, 2),
    }


def _alterner(
    client: httpx.Client, serveur: Serveur, adresse: str
) -> tuple[list[Debit], list[Debit]]:
    """Les passages des deux côtés, l'un après l'autre pour partager l'humeur de la machine."""
    ollama: list[Debit] = []
    moteur: list[Debit] = []
    for numero in range(1, PASSAGES + 1):
        with console.status(f"Débit, passage {numero} sur {PASSAGES}"):
            for a_travers_ollama in (True, False) if numero % 2 else (False, True):
                if a_travers_ollama:
                    ollama.append(par_ollama(client, serveur))
                else:
                    moteur.append(_par_le_moteur(client, adresse))
        console.print(
            f"Tokens/s, de bout en bout : {ollama[-1].de_bout_en_bout:.1f} par Ollama, "
            f"{moteur[-1].de_bout_en_bout:.1f} par le moteur seul"
        )
    if {debit.tokens for debit in [*ollama, *moteur]} != {ollama[0].tokens}:
        raise ErreurCours("Ollama et son moteur n'ont pas produit autant de tokens : relancez.")
    return ollama, moteur


def par_ollama(client: httpx.Client, serveur: Serveur) -> Debit:
    """Une réponse de `serveur.modele`, demandée à travers Ollama."""
    serveur.verifier_vivant()
    options = {**ECHANTILLONNAGE, "num_predict": TOKENS, "num_ctx": CONTEXTE}
    corps = {"model": serveur.modele, "prompt": PROMPT, "raw": True, "stream": False}
    reponse, duree = _poster(
        client, f"{serveur.adresse}/api/generate", {**corps, "options": options}
    )
    tokens = reponse["eval_count"]
    return Debit(tokens, tokens / reponse["eval_duration"] * 1e9, duree)


def _par_le_moteur(client: httpx.Client, adresse: str) -> Debit:
    corps = {"prompt": PROMPT, "n_predict": TOKENS, "stream": False, "cache_prompt": True}
    reponse, duree = _poster(client, f"{adresse}/completion", {**corps, **ECHANTILLONNAGE})
    mesures = reponse["timings"]
    return Debit(mesures["predicted_n"], mesures["predicted_per_second"], duree)


def _poster(client: httpx.Client, url: str, corps: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Le JSON de la réponse, et la durée vue du client en secondes."""
    debut = time.perf_counter()
    reponse = client.post(url, json=corps).raise_for_status()
    duree = time.perf_counter() - debut
    contenu: dict[str, Any] = reponse.json()
    return contenu, duree


def _moteur_de(serveur: Serveur) -> tuple[list[str], dict[str, str]]:
    """Ligne de commande et environnement du moteur qu'Ollama vient de démarrer."""
    assert serveur.processus is not None
    for processus in psutil.Process(serveur.processus.pid).children(recursive=True):
        arguments = processus.cmdline()
        if "--model" in arguments and "--port" in arguments:
            return arguments, processus.environ()
    raise ErreurCours("Le moteur démarré par Ollama est introuvable : relancez la mesure.")


@contextlib.contextmanager
def _moteur_seul(
    client: httpx.Client, arguments: list[str], environnement: dict[str, str]
) -> Iterator[str]:
    """Démarre le même moteur avec les mêmes arguments, port excepté ; donne son adresse."""
    port = port_libre()
    commande = list(arguments)
    commande[commande.index("--port") + 1] = str(port)
    with tempfile.TemporaryFile("w+b") as journal:
        processus = subprocess.Popen(
            commande,
            env=environnement,
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            adresse = f"http://127.0.0.1:{port}"
            _attendre_le_moteur(client, processus, adresse)
            yield adresse
        finally:
            arreter(processus)


def _attendre_le_moteur(
    client: httpx.Client, processus: subprocess.Popen[bytes], adresse: str
) -> None:
    """Attend que le modèle soit chargé. Lève `ErreurCours` si le moteur meurt ou tarde."""
    limite = time.monotonic() + DELAI_S
    while time.monotonic() < limite and processus.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if client.get(f"{adresse}/health").is_success:
                return
        time.sleep(0.1)
    raise ErreurCours("Le moteur lancé sans Ollama n'a pas démarré : relancez la mesure.")
