"""Poursuit l'entraînement d'un modèle minuscule : ses poids changent, son ton aussi."""

import math
from itertools import pairwise

BASE = "la lampe éclaire la table . la lampe éclaire le jardin . la veilleuse éclaire"
PIRATE = "la lampe tangue moussaillon . la veilleuse tangue moussaillon ."
MOTS = sorted(set((BASE + " " + PIRATE).split()))


def probabilites(poids: dict, mot: str) -> dict:
    exponentielles = {suivant: math.exp(poids[mot, suivant]) for suivant in MOTS}
    total = sum(exponentielles.values())
    return {suivant: valeur / total for suivant, valeur in exponentielles.items()}


def erreur(poids: dict, texte: str) -> float:
    paires = pairwise(texte.split())
    pertes = [-math.log(probabilites(poids, mot)[suite]) for mot, suite in paires]
    return sum(pertes) / len(pertes)


def entrainer(poids: dict, texte: str, passages: int) -> dict:
    nouveaux = dict(poids)
    for _ in range(passages):
        for mot, suite in pairwise(texte.split()):
            for candidat, p in probabilites(nouveaux, mot).items():
                nouveaux[mot, candidat] += 0.5 * ((candidat == suite) - p)
    return nouveaux


vierge = {(mot, suivant): 0.0 for mot in MOTS for suivant in MOTS}
base = entrainer(vierge, BASE, passages=20)
affine = entrainer(base, PIRATE, passages=20)

for nom, poids in {"non entraîné": vierge, "de base": base, "affiné": affine}.items():
    print(f"Modèle {nom}")
    print(f"  erreur sur le texte général : {erreur(poids, BASE):.2f}")
    print(f"  erreur sur le texte pirate  : {erreur(poids, PIRATE):.2f}")
    for suite in ("éclaire", "tangue"):
        print(f"  « lampe {suite} » : {probabilites(poids, 'lampe')[suite]:.0%}")
