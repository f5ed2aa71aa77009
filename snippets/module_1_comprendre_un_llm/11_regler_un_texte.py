"""Prolonge un même début avec cinq réglages ; mesure variété et vraisemblance."""

import math
import sys

from probabilites import pourcent
from serveur import demander

DEBUT = "Ce matin-là, le vieux fabricant de lampes ouvrit la porte et"
GRAINES = range(1, 7)
REGLAGES = {
    "température 0": {"temperature": 0},
    "défauts d'Ollama": {"temperature": 0.8, "top_k": 40, "top_p": 0.9},
    "2, top_k 5": {"temperature": 2.0, "top_k": 5, "top_p": 1.0},
    "2, top_p 0,5": {"temperature": 2.0, "top_k": 0, "top_p": 0.5},
    "2, sans coupe": {"temperature": 2.0, "top_k": 0, "top_p": 1.0},
}


def ecrire(reglage: dict, graine: int) -> tuple[str, float]:
    options = reglage | {"seed": graine, "num_ctx": 2048, "num_predict": 12}
    demande = {"prompt": DEBUT, "raw": True, "logprobs": True, "options": options}
    reponse = demander("/api/generate", **demande)
    logprobs = [token["logprob"] for token in reponse["logprobs"]]
    return reponse["response"], sum(logprobs) / len(logprobs)


sys.stdout.reconfigure(errors="backslashreplace")
print(f"{DEBUT} …")
for nom, reglage in REGLAGES.items():
    essais = [ecrire(reglage, graine) for graine in GRAINES]
    textes, moyennes = zip(*essais, strict=True)
    proba = math.exp(sum(moyennes) / len(moyennes))
    differents = f"textes différents {len(set(textes))} sur {len(textes)}"
    print(f"\n{nom} : {differents}, probabilité d'un token {pourcent(proba, 2)}")
    for texte in textes[:2]:
        print(f"  {texte!r}")
