"""Montre quels tokens top_k et top_p laissent en jeu, puis vérifie par des tirages."""

import os
from collections import Counter

import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DEBUT = "My favorite animal is the"
TIRAGES = 50
FIXES = {"temperature": 1, "num_ctx": 2048, "num_predict": 1}
COUPES = [(20, 1.0), (3, 1.0), (20, 0.5)]


def distribution() -> tuple[list[str], np.ndarray]:
    options = FIXES | {"temperature": 0, "seed": 7}
    reponse = ollama.generate(
        MODELE, DEBUT, raw=True, logprobs=True, top_logprobs=20, options=options
    )
    suivants = reponse.logprobs[0].top_logprobs
    return [s.token for s in suivants], np.exp([s.logprob for s in suivants])


def couper(probas: np.ndarray, top_k: int, top_p: float) -> np.ndarray:
    gardees = probas[:top_k] / probas[:top_k].sum()
    combien = np.searchsorted(gardees.cumsum(), top_p) + 1
    return gardees[:combien] / gardees[:combien].sum()


def tirer(top_k: int, top_p: float) -> Counter[str]:
    tirages = Counter()
    for graine in range(TIRAGES):
        options = FIXES | {"seed": graine, "top_k": top_k, "top_p": top_p}
        tirages[ollama.generate(MODELE, DEBUT, raw=True, options=options).response] += 1
    return tirages


tokens, probas = distribution()
print(f"{DEBUT} …")
for top_k, top_p in COUPES:
    gardees, tirages = couper(probas, top_k, top_p), tirer(top_k, top_p)
    dehors = sum(tirages.values()) - sum(tirages[t] for t in tokens[: len(gardees)])
    print(f"\ntop_k={top_k}, top_p={top_p} : {len(gardees)} tokens en jeu")
    for token, proba in list(zip(tokens, gardees, strict=False))[:6]:
        print(f"  {token!r:14} prévu {proba:5.0%}   tiré {tirages[token] / TIRAGES:5.0%}")
    print(f"  tirages hors de la liste : {dehors} sur {TIRAGES}")
