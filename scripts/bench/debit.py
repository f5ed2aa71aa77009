"""Ce que coûtent les modèles qui répondent : lire, écrire, le premier token, la mémoire.

Chaque débit est pris à travers Ollama et, tour à tour, à travers le même moteur lancé sans lui.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psutil

from scripts.lecons.modeles import MODELES_QUI_REPONDENT, declares
from scripts.ollama_prive import adresse as adresses
from scripts.ollama_prive import mise_en_place
from scripts.ollama_prive.ouvrir import USAGE_DES_TESTS, ouvrir_sans_modele
from scripts.ollama_prive.serveur import Serveur
from scripts.publication.performances import Mesure, Resultat
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import arreter, port_libre

DEBIT_MINIMAL = 0.95
PASSAGES = 5
TOKENS = 100
DELAI_S = 120.0
# Le numéro du passage vient d'abord : rien du prompt n'est alors dans le cache du moteur.
PROMPT = "{0}. " + "Le vieux gardien note chaque soir le vent, la mer et les bateaux. " * 20
COURT = "{0}e soir : le vieux gardien note dans son carnet"
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
    """Une réponse : tokens lus et écrits, leurs durées annoncées (s), durée vue du client (s)."""

    lus: int
    lecture_s: float
    ecrits: int
    ecriture_s: float
    duree_s: float

    @property
    def lit(self) -> float:
        """Tokens lus par seconde, d'après le moteur."""
        return self.lus / self.lecture_s

    @property
    def ecrit(self) -> float:
        """Tokens écrits par seconde, d'après le moteur."""
        return self.ecrits / self.ecriture_s

    @property
    def de_bout_en_bout(self) -> float:
        """Tokens écrits par seconde, de l'envoi de la requête à la fin de la réponse."""
        return self.ecrits / self.duree_s


def mesurer_le_debit() -> Mesure:
    """Débit, mémoire et attente de chaque modèle qui répond, l'un après l'autre."""
    if os.environ.get("OLLAMA_HOST"):
        raise ErreurCours(
            "OLLAMA_HOST désigne un serveur dont on ne peut pas relancer le moteur : retirez la "
            "variable, la mesure démarre un serveur privé."
        )
    resultats: list[Resultat] = []
    brut: dict[str, Any] = {"tokens_demandes": TOKENS, "contexte": CONTEXTE, "modeles": {}}
    with (
        ouvrir_sans_modele(USAGE_DES_TESTS) as serveur,
        httpx.Client(trust_env=False, timeout=DELAI_S) as client,
    ):
        brut["ollama"] = adresses.version(serveur.adresse)
        for nom in MODELES_QUI_REPONDENT:
            mise_en_place.procurer(serveur, nom)
            serveur.modele = nom
            ollama, moteur, brut["modeles"][nom] = _mesurer_un_modele(client, serveur)
            resultats += rapports(nom, ollama, moteur)
    return Mesure(resultats, brut)


def _mesurer_un_modele(
    client: httpx.Client, serveur: Serveur
) -> tuple[list[Debit], list[Debit], dict[str, Any]]:
    """Les passages de `serveur.modele` des deux côtés, et ce qu'on en garde."""
    with console.status(f"Chargement de {serveur.modele}, par Ollama puis par le moteur seul"):
        par_ollama(client, serveur)
        arguments, environnement = _moteur_de(serveur)
    memoire = serveur.memoire_mio()
    attentes = [_premier_token_s(client, serveur, numero) for numero in range(PASSAGES)]
    with _moteur_seul(client, arguments, environnement) as adresse:
        _par_le_moteur(client, adresse)
        ollama, moteur = _alterner(client, serveur, adresse)
    _decharger(client, serveur)
    return (
        ollama,
        moteur,
        {
            "taille_mo": declares()[serveur.modele].taille_mo,
            "memoire_mio": round(memoire),
            "premier_token_ms": [round(1000 * attente) for attente in attentes],
            "par_ollama": [_arrondi(debit) for debit in ollama],
            "moteur_seul": [_arrondi(debit) for debit in moteur],
        },
    )


def rapports(nom: str, ollama: list[Debit], moteur: list[Debit]) -> list[Resultat]:
    """Les rapports de débits médians d'un modèle : lu, écrit, et vu du client."""
    vues: dict[str, Callable[[Debit], float]] = {
        "lecture": lambda debit: debit.lit,
        "écriture": lambda debit: debit.ecrit,
        "de bout en bout": lambda debit: debit.de_bout_en_bout,
    }
    return [
        Resultat(
            f"Débit par Ollama, {vue} (`{nom}`)",
            statistics.median(map(prendre, ollama)) / statistics.median(map(prendre, moteur)),
            "×",
            "≥",
            DEBIT_MINIMAL,
        )
        for vue, prendre in vues.items()
    ]


def _arrondi(debit: Debit) -> dict[str, float]:
    return {
        "tokens_lus": debit.lus,
        "tokens_ecrits": debit.ecrits,
        "lit_tokens_s": round(debit.lit, 2),
        "ecrit_tokens_s": round(debit.ecrit, 2),
        "de_bout_en_bout_tokens_s": round(debit.de_bout_en_bout, 2),
    }


def _alterner(
    client: httpx.Client, serveur: Serveur, adresse: str
) -> tuple[list[Debit], list[Debit]]:
    """Les passages des deux côtés, l'un après l'autre pour partager l'humeur de la machine."""
    ollama: list[Debit] = []
    moteur: list[Debit] = []
    for numero in range(1, PASSAGES + 1):
        with console.status(f"{serveur.modele}, passage {numero} sur {PASSAGES}"):
            for a_travers_ollama in (True, False) if numero % 2 else (False, True):
                if a_travers_ollama:
                    ollama.append(par_ollama(client, serveur, numero))
                else:
                    moteur.append(_par_le_moteur(client, adresse, numero))
        console.print(
            f"{serveur.modele}, tokens/s écrits : {ollama[-1].ecrit:.1f} par Ollama, "
            f"{moteur[-1].ecrit:.1f} par le moteur seul"
        )
    if len({(debit.lus, debit.ecrits) for debit in [*ollama, *moteur]}) > 1:
        raise ErreurCours("Ollama et son moteur n'ont pas lu ou écrit autant : relancez.")
    return ollama, moteur


def par_ollama(client: httpx.Client, serveur: Serveur, numero: int = 0) -> Debit:
    """Une réponse de `serveur.modele`, demandée à travers Ollama."""
    reponse, duree = _generer(client, serveur, PROMPT.format(numero), TOKENS)
    return Debit(
        reponse["prompt_eval_count"],
        reponse["prompt_eval_duration"] / 1e9,
        reponse["eval_count"],
        reponse["eval_duration"] / 1e9,
        duree,
    )


def _premier_token_s(client: httpx.Client, serveur: Serveur, numero: int) -> float:
    """L'attente du premier token d'un prompt court, modèle chargé."""
    return _generer(client, serveur, COURT.format(numero), 1)[1]


def _generer(
    client: httpx.Client, serveur: Serveur, prompt: str, tokens: int
) -> tuple[dict[str, Any], float]:
    serveur.verifier_vivant()
    options = {**ECHANTILLONNAGE, "num_predict": tokens, "num_ctx": CONTEXTE}
    corps = {"model": serveur.modele, "prompt": prompt, "raw": True, "stream": False}
    return _poster(client, f"{serveur.adresse}/api/generate", {**corps, "options": options})


def _decharger(client: httpx.Client, serveur: Serveur) -> None:
    """Rend la mémoire du modèle, et attend que son moteur soit parti."""
    _poster(client, f"{serveur.adresse}/api/generate", {"model": serveur.modele, "keep_alive": 0})
    limite = time.monotonic() + DELAI_S
    while time.monotonic() < limite:
        if not client.get(f"{serveur.adresse}/api/ps").json().get("models"):
            return
        time.sleep(0.1)
    raise ErreurCours(f"Ollama garde {serveur.modele} en mémoire : relancez la mesure.")


def _par_le_moteur(client: httpx.Client, adresse: str, numero: int = 0) -> Debit:
    corps = {"prompt": PROMPT.format(numero), "n_predict": TOKENS, "cache_prompt": False}
    reponse, duree = _poster(client, f"{adresse}/completion", {**corps, **ECHANTILLONNAGE})
    mesures = reponse["timings"]
    return Debit(
        mesures["prompt_n"],
        mesures["prompt_ms"] / 1e3,
        mesures["predicted_n"],
        mesures["predicted_ms"] / 1e3,
        duree,
    )


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
