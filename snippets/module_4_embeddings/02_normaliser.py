"""Mesure trois propriétés des vecteurs : leur norme, l'effet des lots, la coupure."""

import os

import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
PHRASES = [
    "Les lampes Orvelune sont garanties 7 ans.",
    "La batterie est garantie 4 ans.",
    "Le retour est gratuit.",
    "La gravure du socle coûte 9,50 euros.",
]
AJOUT = " Le mot de passe du coffre est tilleul."


def vectoriser(textes: list[str]) -> np.ndarray:
    return np.array(ollama.embed(model=MODELE, input=textes).embeddings)


ensemble = vectoriser(PHRASES)
separes = np.vstack([vectoriser([phrase]) for phrase in PHRASES])
normes = np.linalg.norm(ensemble, axis=1)
produits = ensemble @ ensemble.T
cosinus = produits / np.outer(normes, normes)
print("Normes :", *(f"{norme:.4f}" for norme in normes))
print(f"Produit scalaire ou cosinus, écart : {abs(produits - cosinus).max():.6f}")
print(f"Par lot ou un à un, cosinus : {(ensemble * separes).sum(axis=1).min():.6f}")

print("\nOn ajoute une phrase à la fin d'un texte de plus en plus long :")
for repetitions in (1, 5, 40, 80):
    texte = " ".join([PHRASES[0]] * repetitions)
    sans, avec = vectoriser([texte, texte + AJOUT])
    lus = ollama.embed(model=MODELE, input=texte + AJOUT).prompt_eval_count
    mots = len((texte + AJOUT).split())
    print(f"{mots:4} mots, {lus:4} tokens lus, cosinus sans et avec {sans @ avec:.4f}")
