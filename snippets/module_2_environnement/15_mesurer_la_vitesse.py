import json
import os
import urllib.request

from connexion import preparer

ADRESSE = preparer()
MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
PROMPT = "Résume cette note : " + "le marché ouvre à huit heures. " * 20


def generer(prompt):
    options = {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 40}
    corps = {"model": MODELE, "prompt": prompt, "stream": False, "options": options}
    url, donnees = f"{ADRESSE}/api/generate", json.dumps(corps).encode()
    with urllib.request.urlopen(url, data=donnees, timeout=300) as http:
        return json.load(http)


def debit(tokens, nanosecondes):
    return f"{tokens} tokens, {tokens / (nanosecondes / 1e9):.0f} tokens/s"


for essai in ("première fois", "deuxième fois"):
    mesures = generer(PROMPT)
    lus = mesures["prompt_eval_count"]
    caches = mesures.get("prompt_eval_cached_count", 0)
    duree = mesures["prompt_eval_duration"]
    print(f"{essai} : {lus} tokens dans le prompt, dont {caches} en cache")
    print(f"  lecture, cache déduit  : {debit(lus - caches, duree)}")
    print(f"  lecture, sans déduire  : {debit(lus, duree)}")
    generation = debit(mesures["eval_count"], mesures["eval_duration"])
    print(f"  génération             : {generation}")
    print(f"  chargement : {mesures['load_duration'] / 1e9:.2f} s", end=", ")
    print(f"total : {mesures['total_duration'] / 1e9:.2f} s")
