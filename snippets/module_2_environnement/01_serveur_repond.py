import json
import os
import urllib.request

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")


def lire(chemin):
    with urllib.request.urlopen(ADRESSE + chemin, timeout=5) as reponse:
        return reponse.read().decode()


print("Accueil :", lire("/"))
print("Version :", json.loads(lire("/api/version"))["version"])
print("Modèles :", len(json.loads(lire("/api/tags"))["models"]) > 0)
