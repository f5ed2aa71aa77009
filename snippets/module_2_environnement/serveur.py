"""Le serveur Ollama répond-il, et sinon, pourquoi ?"""

from constats import Echec, refuser_si
from mandataires import mandataire

PORT_80 = "ajoutez le port, :11434 ; sans lui, http:// vise le port 80"
LANCER = "ouvrez Ollama, ou lancez « ollama serve » ; sinon, corrigez OLLAMA_HOST"
CORRIGER = "corrigez l'hôte, le port ou le chemin d'OLLAMA_HOST"
CAUSES = {
    "CERTIFICATE": ("certificat refusé", "demandez-le à qui gère ce serveur"),
    "SSL": ("il ne parle pas https", "écrivez http:// dans OLLAMA_HOST"),
    "gaierror Unicode InvalidURL": ("ce nom d'hôte est inconnu", CORRIGER),
    "Timeout": ("aucune réponse en 10 s", "vérifiez l'adresse, le réseau, le pare-feu"),
    "Protocol Read Status JSON KeyE Type": ("ce n'est pas Ollama", CORRIGER),
}


def diagnostiquer(adresse, erreur):
    trace, proxy = str(erreur), mandataire(adresse)
    if proxy != "aucun":
        return f"le mandataire {proxy} n'y mène pas", "ajoutez cet hôte à NO_PROXY"
    while erreur:
        trace, erreur = f"{trace} {type(erreur).__name__}", erreur.__context__
    sans_port = adresse.split("/")[2].endswith(":80")
    rien = (f"rien n'écoute à {adresse}", PORT_80 if sans_port else LANCER)
    causes = (c for mots, c in CAUSES.items() if any(m in trace for m in mots.split()))
    return next(causes, rien)


def version(adresse):
    import httpx

    try:
        reponse = httpx.get(f"{adresse}/api/version", timeout=10)
        lue = reponse.raise_for_status().json()["version"]
    except Exception as erreur:
        raise Echec(*diagnostiquer(adresse, erreur)) from erreur
    ancien = [int(n) for n in lue.split("-")[0].split(".")] < [0, 30]
    refuser_si(ancien, lue, "mettez Ollama à jour")
    return lue
