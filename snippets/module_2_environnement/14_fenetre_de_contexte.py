import json
import os
import urllib.error
import urllib.request

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
MODELE = os.environ.get("COURS_MODELE", "llama3.2")
LONG = "Le mot secret est mirabelle. " + "Le chat dort sur le tapis. " * 60


def generer(num_ctx, tronquer=True):
    options = {"temperature": 0, "seed": 42, "num_ctx": num_ctx, "num_predict": 5}
    corps = {"model": MODELE, "prompt": LONG, "stream": False, "options": options}
    corps["truncate"] = tronquer
    requete = urllib.request.Request(
        f"{ADRESSE}/api/generate",
        data=json.dumps(corps).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(requete) as http:
        return json.load(http)


for num_ctx in (2048, 256):
    print(f"num_ctx={num_ctx} : {generer(num_ctx)['prompt_eval_count']} tokens lus")
try:
    generer(256, tronquer=False)
except urllib.error.HTTPError as erreur:
    detail = json.loads(json.load(erreur)["error"])
    print("Avec truncate=False :", detail["error"]["message"])
