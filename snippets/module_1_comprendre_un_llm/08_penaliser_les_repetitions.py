"""Pénalise les répétitions : l'effet sur le token suivant, puis sur un texte entier."""

import os
from collections import Counter

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
LISTE = "cat, dog, cat, dog, cat, dog, cat,"
REFRAIN = "I like cats. I like dogs. I like"
PENALITES = (1.0, 1.3, 2.0)
TIRAGES = 30


def generer(debut: str, combien: int, reglage: dict) -> str:
    options = {"num_ctx": 2048, "num_predict": combien, "repeat_last_n": 64} | reglage
    return ollama.generate(MODELE, debut, raw=True, options=options).response


print(f"{LISTE} … ({TIRAGES} tirages)")
for penalite in PENALITES:
    reglage = {"temperature": 1, "top_k": 20, "top_p": 1.0, "repeat_penalty": penalite}
    textes = [generer(LISTE, 1, reglage | {"seed": graine}) for graine in range(TIRAGES)]
    rangs = Counter(textes).most_common(4)
    print(f"  pénalité {penalite} :", *(f"{t!r} {n / TIRAGES:.0%}" for t, n in rangs), sep="  ")

print(f"\n{REFRAIN} …")
for penalite in PENALITES:
    reglage = {"temperature": 0, "seed": 7, "repeat_penalty": penalite}
    mots = generer(REFRAIN, 40, reglage).split()
    print(f"  pénalité {penalite} : {len(set(mots)) / len(mots):.0%} de mots différents")
    print(f"    {' '.join(mots)}")
