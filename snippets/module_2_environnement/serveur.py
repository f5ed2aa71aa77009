"""Le serveur Ollama répond-il, et sinon, pourquoi ?"""

from importlib import import_module
from urllib.parse import urlsplit

from constats import Echec, refuser_si
from mandataires import mandataire

LANCER = "ouvrez Ollama, ou lancez « ollama serve » ; sinon, corrigez OLLAMA_HOST"
PORT = "ajoutez le port, :11434 ; sans lui, http:// vise le port 80"
CORRIGER = "corrigez l'hôte, le port ou le chemin d'OLLAMA_HOST"
CAUSES = {
    "CERTIFICATE": ("certificat refusé", "demandez-le à qui gère ce serveur"),
    "SSL": ("il ne parle pas https", "écrivez http:// dans OLLAMA_HOST"),
    "gaierror Unicode InvalidURL": ("ce nom d'hôte est inconnu", CORRIGER),
    "Timeout": ("aucune réponse en 10 s", "vérifiez l'adresse, le réseau, le pare-feu"),
    "Protocol Read Status JSON KeyE Type": ("ce n'est pas Ollama", CORRIGER),
}


def diagnostiquer(adresse, erreur):
    lue, trace = urlsplit(adresse), str(erreur)
    if (proxy := mandataire(adresse)) != "aucun":
        return f"le mandataire {proxy} n'y mène pas", f"NO_PROXY={lue.hostname}"
    while erreur:
        trace, erreur = f"{trace} {type(erreur).__name__}", erreur.__context__
    rien = (f"rien n'écoute à {adresse}", PORT if lue.port == 80 else LANCER)
    causes = (c for mots, c in CAUSES.items() if any(m in trace for m in mots.split()))
    return next(causes, rien)


def version(adresse):
    try:
        reponse = import_module("httpx").get(f"{adresse}/api/version", timeout=10)
        lue = reponse.raise_for_status().json()["version"]
    except Exception as erreur:
        raise Echec(*diagnostiquer(adresse, erreur)) from erreur
    numeros = [int(numero) for numero in lue.split("-")[0].split(".")]
    refuser_si(numeros < [0, 30], lue, "mettez Ollama à jour")
    return lue
