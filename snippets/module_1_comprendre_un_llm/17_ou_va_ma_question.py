"""Dit à quelle machine partent les questions, et laquelle calcule les réponses."""

import ipaddress
import socket
from urllib.parse import urlsplit

from serveur import MODELE, adresse, demander


def est_cette_machine(hote: str) -> bool:
    return ipaddress.ip_address(socket.gethostbyname(hote)).is_loopback


ici = est_cette_machine(urlsplit(adresse()).hostname)
distante = demander("/api/show").get("remote_host", "")
print(f"Vos questions partent vers : {'cette machine' if ici else 'une autre machine'}")
print(f"{MODELE} est calculé par : {distante or 'le serveur lui-même'}")
reste = ici and not distante
print("Rien ne sort d'ici." if reste else "Attention : vos questions sortent d'ici.")
