"""Mesure taille, mémoire et vitesse des modèles du cours, et prévoit les autres."""

import sys

import ollama

MODELES = sys.argv[1:] or ["qwen2.5-coder:1.5b", "qwen2.5-coder:0.5b", "smollm2:135m"]
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40}
A_PREVOIR = {"8 milliards": 8, "30 milliards": 30, "70 milliards": 70}
BITS = 5


def mesurer(modele: str) -> float:
    ollama.generate(modele, "", options=OPTIONS)  # le charger
    compte = ", ".join(map(str, range(1, 61)))
    reponse = ollama.generate(modele, compte, raw=True, options=OPTIONS)
    lit = reponse.prompt_eval_count / reponse.prompt_eval_duration * 1e9
    ecrit = reponse.eval_count / reponse.eval_duration * 1e9
    fichier = next(m.size for m in ollama.list().models if m.model == modele)
    memoire = next(m.size for m in ollama.ps().models if m.model == modele)
    tailles = f"{fichier / 1e6:6.0f} Mo{memoire / 1e6:8.0f} Mo"
    print(f"{modele:20}{tailles}{lit:8.0f}{ecrit:8.0f}")
    return fichier * ecrit / 1e9


presents = {modele.model for modele in ollama.list().models}
print(f"{'':20}{'fichier':>9}{'mémoire':>11}{'lit':>8}{'écrit':>8}   (tokens/s)")
debits = [mesurer(modele) for modele in MODELES if modele in presents]
print("Absents de ce serveur :", ", ".join(set(MODELES) - presents) or "aucun")

if debits:
    print(f"\nPoids lus par seconde : {min(debits):.0f} à {max(debits):.0f} Go")
    for nom, milliards in A_PREVOIR.items():
        go = milliards * BITS / 8
        fourchette = f"{min(debits) / go:.1f} à {max(debits) / go:.1f} tokens/s"
        print(f"  {nom:13}{go:5.0f} Go de poids : {fourchette}".replace(".", ","))
