"""Lire OLLAMA_HOST, et refuser ce que le paquet ollama comprendrait de travers."""

import re
from urllib.parse import urlsplit

from constats import Echec

REMEDE = "écrivez http://, l'hôte et le port : OLLAMA_HOST=http://127.0.0.1:11434"
PORTS = {"http": 80, "https": 443}
FAUTES = {
    r".*[^\w.:/\[\]-].*": "une espace, un guillemet ou un autre signe en trop",
    r"https?(:/?[^/]|/).*": "« http » est suivi de deux-points et de deux barres",
    r"(?!https?://(?!http)).*://.*": "elle commence par http:// ou https://, une fois",
    r".*://(/.*)?": "il manque l'hôte après les deux barres",
    r"(.*//)?[^/:\[]*:[^/]*:.*": "une adresse IPv6 s'écrit entre crochets : [::1]",
    r"(?!(.*//)?\[[0-9a-f:.]+\]([:/].*)?$).*[\[\]].*": "des crochets mal placés",
    r"(.*//)?(0|0\.0\.0\.0|\[[0:]+\])([:/].*)?": "une adresse d'écoute (serveur)",
    r"(.*//)?[0-9]+(/.*)?": "un nombre seul ; un port seul s'écrit « :11434 »",
    r"(.*//)?(\[.*\]|[^/:\[]*):(?![0-9]*(/|$)).*": "un port qui n'est pas un nombre",
    r"(.*//)?[^/]+/(api|v1)(/.*)?": "un chemin que le client ajoute lui-même",
    r"(.*//)?[^/]+:(0+|[0-9]{6,})(/.*)?": "un port hors de 1 à 65535",
}


def lire_adresse(valeur):
    """Rend l'adresse entière : « 127.0.0.1 » devient « http://127.0.0.1:11434 »."""
    valeur = valeur or "127.0.0.1"
    for ecriture, faute in FAUTES.items():
        if re.fullmatch(ecriture, valeur, re.IGNORECASE | re.DOTALL):
            raise Echec(f"OLLAMA_HOST vaut {valeur!r} : {faute}", REMEDE)
    try:
        morceaux = urlsplit(valeur if "://" in valeur else f"http://{valeur}")
        port = morceaux.port or (PORTS[morceaux.scheme] if "://" in valeur else 11434)
    except ValueError as erreur:
        faute = "elle ne se lit pas, ou son port dépasse 65535"
        raise Echec(f"OLLAMA_HOST vaut {valeur!r} : {faute}", REMEDE) from erreur
    hote = morceaux.hostname or "127.0.0.1"
    hote = f"[{hote}]" if ":" in hote else hote
    return f"{morceaux.scheme}://{hote}:{port}{morceaux.path.rstrip('/')}"
