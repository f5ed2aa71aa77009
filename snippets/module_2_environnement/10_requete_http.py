import json
import os
import urllib.request

from connexion import preparer

ADRESSE = preparer()
MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")

corps = {
    "model": MODELE,
    "messages": [{"role": "user", "content": "Quelle est la capitale de la France ?"}],
    "stream": False,
    "options": {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 60},
}
requete = urllib.request.Request(
    f"{ADRESSE}/api/chat",
    data=json.dumps(corps).encode(),
    headers={"Content-Type": "application/json"},
)
with urllib.request.urlopen(requete, timeout=300) as http:
    reponse = json.load(http)
print(reponse["message"]["content"])
