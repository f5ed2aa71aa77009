"""Écrit le même début de texte avec cinq réglages, et mesure variété et vraisemblance."""

import math
import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DEBUT = "One morning, the old lamp maker opened the door and"
GRAINES = range(1, 7)
REGLAGES = {
    "température 0": {"temperature": 0},
    "défauts d'Ollama": {"temperature": 0.8, "top_k": 40, "top_p": 0.9},
    "2.0, top_k 5": {"temperature": 2.0, "top_k": 5, "top_p": 1.0},
    "2.0, top_p 0.5": {"temperature": 2.0, "top_k": 0, "top_p": 0.5},
    "2.0, sans coupe": {"temperature": 2.0, "top_k": 0, "top_p": 1.0},
}


def ecrire(reglage: dict, graine: int) -> tuple[str, float]:
    options = reglage | {"seed": graine, "num_ctx": 2048, "num_predict": 12}
    reponse = ollama.generate(MODELE, DEBUT, raw=True, logprobs=True, options=options)
    logprobs = [token.logprob for token in reponse.logprobs]
    return reponse.response, sum(logprobs) / len(logprobs)


print(f"{DEBUT} …")
for nom, reglage in REGLAGES.items():
    textes, moyennes = zip(*(ecrire(reglage, graine) for graine in GRAINES), strict=True)
    proba = math.exp(sum(moyennes) / len(moyennes))
    print(f"\n{nom} : {len(set(textes))} textes différents sur {len(textes)}", end=", ")
    print(f"probabilité moyenne d'un token {proba:.3f}")
    for texte in textes[:2]:
        print(f"  {texte!r}")
