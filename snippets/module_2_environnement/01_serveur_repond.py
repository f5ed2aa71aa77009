import json
import urllib.request

from connexion import preparer

ADRESSE = preparer()


def lire(chemin):
    with urllib.request.urlopen(ADRESSE + chemin, timeout=5) as reponse:
        return reponse.read().decode()


print("Accueil :", lire("/"))
print("Version :", json.loads(lire("/api/version"))["version"])
print(
    "Un modèle au moins :", "oui" if json.loads(lire("/api/tags"))["models"] else "non"
)
