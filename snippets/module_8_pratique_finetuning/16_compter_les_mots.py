"""Classe les mêmes avis sans modèle de langue : un Bayes naïf, qui ne fait que compter des mots."""

import json
import math
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

CLASSES = ("positif", "négatif")


def lire(partie: str) -> list[tuple[str, str, str]]:
    fichier = Path("donnees", "sentiment", f"{partie}.jsonl")
    if not fichier.is_file():
        raise SystemExit(f"{fichier} manque : lancez d'abord 01_fabriquer_donnees.py.")
    exemples = map(json.loads, fichier.read_text("utf-8").splitlines())
    return [(e["genre"], *(m["content"] for m in e["messages"][1:])) for e in exemples]


def indices(texte: str) -> set[str]:
    mots = re.findall(r"\w+", texte.lower())
    debuts = {mot[:5] for mot in mots}
    return debuts.union(mots, map(" ".join, pairwise(mots)))


def compter(avis: list[tuple[str, str, str]]) -> dict[str, Counter]:
    comptes = {classe: Counter() for classe in CLASSES}
    for _, texte, classe in avis:
        comptes[classe].update(indices(texte))
    return comptes


def classer(texte: str, comptes: dict[str, Counter]) -> str:
    positif, negatif = (comptes[classe] for classe in CLASSES)
    penche = sum(math.log((positif[i] + 0.5) / (negatif[i] + 0.5)) for i in indices(texte))
    return "positif" if penche > 0 else "négatif"


def f1_macro(paires: list[tuple[str, str]]) -> float:
    scores = []
    for classe in CLASSES:
        justes = sum(attendu == predit == classe for attendu, predit in paires)
        scores.append(2 * justes / sum((a == classe) + (p == classe) for a, p in paires))
    return sum(scores) / 2


comptes, test = compter(lire("entrainement")), lire("test")
for genre in dict.fromkeys(genre for genre, _, _ in test):
    paires = [(classe, classer(texte, comptes)) for g, texte, classe in test if g == genre]
    justes = sum(attendu == predit for attendu, predit in paires)
    print(f"{genre:24} exact {justes}/{len(paires)}, F1 macro {f1_macro(paires):.2f}")
