"""Voir si un mandataire (proxy) se place entre vos programmes et Ollama."""

import re
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass_environment

from constats import Echec, refuser_si

SOCKS = 'retirez ALL_PROXY, ou lancez : python -m pip install "httpx[socks]"'
EXCLURE = "ajoutez-la à NO_PROXY : NO_PROXY=127.0.0.1,localhost,::1"
CORRIGER = "corrigez ou retirez HTTP_PROXY, HTTPS_PROXY, ALL_PROXY et NO_PROXY"


def essayer():
    try:
        import httpx

        httpx.Client().close()
    except ImportError as erreur:
        refuser_si("SOCKS" in str(erreur), "mandataire SOCKS, sans socksio", SOCKS)
    except Exception as erreur:
        raise Echec(f"variable mal écrite, {erreur}", CORRIGER) from erreur


def exclu(lue, variables):
    noms = (lue.hostname, lue.netloc)
    tous = "*" in variables.get("no", "").replace(" ", "").split(",")
    return tous or any(proxy_bypass_environment(nom, variables) for nom in noms)


def mandataire(adresse):
    """Celui qui recevrait les requêtes, ou « aucun »."""
    essayer()
    lue, variables = urlsplit(adresse), getproxies()
    choisi = (variables.get(lue.scheme) or variables.get("all", "")).rpartition("@")[2]
    if not choisi or exclu(lue, variables):
        return "aucun"
    local = re.match(r"127\.|localhost$|::1$", lue.hostname)
    refuser_si(local, f"{choisi} s'interpose devant votre machine", EXCLURE)
    return choisi
