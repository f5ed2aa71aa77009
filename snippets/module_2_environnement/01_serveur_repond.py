import json
import urllib.request

from connexion import preparer

ADRESSE = preparer()


def lire(chemin):
    with urllib.request.urlopen(ADRESSE + chemin, timeout=5) as reponse:
        return reponse.read().decode()


print("Accueil :", lire("/"))
print("Version :", json.loads(lire("/api/version"))["version"])
modeles = json.loads(lire("/api/tags"))["models"]
print("Un modèle au moins :", "oui" if modeles else "non")
