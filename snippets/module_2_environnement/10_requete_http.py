import json
import os
import urllib.request

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
MODELE = os.environ.get("COURS_MODELE", "llama3.2")

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
with urllib.request.urlopen(requete) as http:
    reponse = json.load(http)
print(reponse["message"]["content"])
