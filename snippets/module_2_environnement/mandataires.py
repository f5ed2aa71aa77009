"""Voir si un mandataire (proxy) se place entre vos programmes et Ollama."""

from importlib import import_module, util
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass_environment

from constats import Echec, refuser_si

SOCKS = 'retirez ALL_PROXY, ou lancez : python -m pip install "httpx[socks]"'
CORRIGER = "corrigez ou retirez HTTP_PROXY, HTTPS_PROXY, ALL_PROXY et NO_PROXY"


def essayer():
    """Le paquet ollama passe par httpx, qui lit ces variables et peut s'y arrêter."""
    try:
        if util.find_spec("httpx"):
            import_module("httpx").Client().close()
    except ImportError as erreur:
        raise Echec("un mandataire SOCKS demande un paquet de plus", SOCKS) from erreur
    except Exception as erreur:
        raise Echec(f"variable mal écrite, {erreur}", CORRIGER) from erreur


def exclu(morceaux, variables):
    noms = (morceaux.hostname, f"{morceaux.hostname}:{morceaux.port}")
    tous = "*" in variables.get("no", "").replace(" ", "").split(",")
    return tous or any(proxy_bypass_environment(nom, variables) for nom in noms)


def mandataire(adresse):
    """Celui qui recevrait les requêtes, ou « aucun »."""
    essayer()
    morceaux, variables = urlsplit(adresse), getproxies()
    choisi = variables.get(morceaux.scheme) or variables.get("all", "")
    if not choisi or exclu(morceaux, variables):
        return "aucun"
    hote, choisi = morceaux.hostname, choisi.rpartition("@")[2]
    local = hote in ("localhost", "::1") or hote.startswith("127.")
    refuser_si(local, f"{choisi} recevrait ce qui est pour {hote}", f"NO_PROXY={hote}")
    return choisi
