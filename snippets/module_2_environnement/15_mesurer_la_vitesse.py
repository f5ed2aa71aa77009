import json
import os
import urllib.request

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
MODELE = os.environ.get("COURS_MODELE", "llama3.2")
PROMPT = "Résume cette note : " + "le marché ouvre à huit heures. " * 20


def generer(prompt):
    options = {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 40}
    corps = {"model": MODELE, "prompt": prompt, "stream": False, "options": options}
    requete = urllib.request.Request(
        f"{ADRESSE}/api/generate",
        data=json.dumps(corps).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(requete) as http:
        return json.load(http)


def debit(tokens, nanosecondes):
    return tokens / (nanosecondes / 1e9)


for essai in ("première fois", "deuxième fois"):
    mesures = generer(PROMPT)
    caches = mesures.get("prompt_eval_cached_count", 0)
    calcules = mesures["prompt_eval_count"] - caches
    print(f"{essai} : {calcules + caches} tokens lus, dont {caches} en cache")
    lecture = debit(calcules, mesures["prompt_eval_duration"])
    print(f"  lecture    : {calcules} tokens calculés, {lecture:.0f} tokens/s")
    generation = debit(mesures["eval_count"], mesures["eval_duration"])
    print(f"  génération : {mesures['eval_count']} tokens, {generation:.0f} tokens/s")
    print(f"  chargement : {mesures['load_duration'] / 1e9:.2f} s", end=", ")
    print(f"total : {mesures['total_duration'] / 1e9:.2f} s")
