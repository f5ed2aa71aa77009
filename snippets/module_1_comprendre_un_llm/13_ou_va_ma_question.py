"""Dit à quelle machine partent les questions, et laquelle calcule les réponses."""

import ipaddress
import json
import os
import socket
import urllib.request
from urllib.parse import urlsplit

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
MODELE = os.environ.get("COURS_MODELE", "llama3.2")


def est_cette_machine(hote: str) -> bool:
    return ipaddress.ip_address(socket.gethostbyname(hote)).is_loopback


def machine_distante() -> str:
    requete = urllib.request.Request(
        f"{ADRESSE}/api/show",
        data=json.dumps({"model": MODELE}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(requete) as http:
        return json.load(http).get("remote_host", "")


ici = est_cette_machine(urlsplit(ADRESSE).hostname)
distante = machine_distante()
print(f"Vos questions partent vers : {'cette machine' if ici else 'une autre machine'}")
print(f"{MODELE} est calculé par : {distante or 'le serveur lui-même'}")
print("Rien ne sort d'ici." if ici and not distante else "Attention : vos questions sortent.")
