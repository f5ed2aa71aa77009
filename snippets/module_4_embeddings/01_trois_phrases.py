"""Transforme trois phrases en vecteurs et compare chaque paire par son cosinus."""

import os
from itertools import combinations

import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
PHRASES = [
    "La livraison prend 9 jours ouvrés.",
    "Votre livraison arrivera dans 9 jours.",
    "Le chat dort sur le radiateur.",
]


def cosinus(a: np.ndarray, b: np.ndarray) -> float:
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


vecteurs = np.array(ollama.embed(model=MODELE, input=PHRASES).embeddings)
print(f"{len(vecteurs)} phrases, {vecteurs.shape[1]} nombres pour chacune.")
print("Début du premier vecteur :", *(f"{nombre:.3f}" for nombre in vecteurs[0, :5]))
for i, j in combinations(range(len(PHRASES)), 2):
    print(f"\n{PHRASES[i]}\n{PHRASES[j]}")
    print(f"  cosinus : {cosinus(vecteurs[i], vecteurs[j]):.2f}")
