"""Lit les probabilités du token suivant et les dessine en barres dans le terminal."""

import math
import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DEBUTS = ["The capital of France is", "La capitale de la France est"]


def tokens_suivants(texte: str, combien: int) -> list[tuple[str, float]]:
    options = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 1}
    reponse = ollama.generate(
        MODELE, texte, raw=True, logprobs=True, top_logprobs=combien, options=options
    )
    suivants = reponse.logprobs[0].top_logprobs
    return [(suivant.token, math.exp(suivant.logprob)) for suivant in suivants]


for debut in DEBUTS:
    suivants = tokens_suivants(debut, 8)
    print(f"{debut} …")
    for token, proba in suivants:
        print(f"  {token!r:14}{proba:7.1%}  {'█' * round(40 * proba)}")
    print(f"  {'tous les autres':14}{1 - sum(proba for _, proba in suivants):6.1%}\n")
