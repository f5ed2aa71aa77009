import json
import os
import urllib.error
import urllib.request

from connexion import preparer

ADRESSE = preparer()
MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
SECRET = "mirabelle"
LONG = f"Le mot secret est {SECRET}. " + "Le chat dort sur le tapis. " * 50
QUESTION = "Quel est le mot secret ? Réponds par ce mot seulement."


def generer(num_ctx, tronquer=True):
    options = {"temperature": 0, "seed": 42, "num_ctx": num_ctx, "num_predict": 10}
    corps = {"model": MODELE, "prompt": LONG + QUESTION, "stream": False}
    corps |= {"options": options, "truncate": tronquer}
    url, donnees = f"{ADRESSE}/api/generate", json.dumps(corps).encode()
    with urllib.request.urlopen(url, data=donnees, timeout=300) as http:
        return json.load(http)


for num_ctx in (2048, 256):
    recu = generer(num_ctx)
    trouve = "oui" if SECRET in recu["response"].lower() else "non"
    print(f"num_ctx={num_ctx} : {recu['prompt_eval_count']} tokens lus")
    print(f"  réponse : {recu['response']!r}, mot secret retrouvé : {trouve}")
try:
    generer(256, tronquer=False)
except urllib.error.HTTPError as erreur:
    detail = json.loads(json.load(erreur)["error"])
    print("Avec truncate=False :", detail["error"]["message"])
