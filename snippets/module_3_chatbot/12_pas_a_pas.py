"""Fait raisonner le modèle sur dix petits calculs, et compte ce que le raisonnement coûte."""

import os
import re
import time

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "stop": ["\n\n"]}
ENONCE = "{} bougies à {} euros et un port de {} euros : quel total ?"
NOMBRES = [
    (2, 4, 3), (3, 5, 2), (4, 2, 6), (5, 3, 4), (2, 9, 5),
    (6, 2, 1), (3, 7, 4), (4, 5, 8), (7, 2, 3), (2, 6, 9),
]  # fmt: skip
EXEMPLES = [(3, 4, 5), (2, 8, 1)]


def directe(n: int, prix: int, port: int) -> str:
    return f"Total : {n * prix + port}"


def detaillee(n: int, prix: int, port: int) -> str:
    bougies, total = n * prix, n * prix + port
    return f"{n} × {prix} = {bougies}. {bougies} + {port} = {total}. Total : {total}"


def mesurer(nom: str, maximum: int, solution=None, consigne: str = "") -> None:
    """Montre au modèle deux exemples résolus par `solution`, s'il y en a une."""
    options = {**OPTIONS, "num_predict": maximum}
    exemples = []
    for nombres in EXEMPLES if solution else []:
        exemples.append({"role": "user", "content": ENONCE.format(*nombres)})
        exemples.append({"role": "assistant", "content": solution(*nombres)})
    justes, produits, debut = 0, 0, time.perf_counter()
    for n, prix, port in NOMBRES:
        question = {"role": "user", "content": ENONCE.format(n, prix, port) + consigne}
        reponse = ollama.chat(MODELE, [*exemples, question], options=options)
        nombres = re.findall(r"\d+", reponse.message.content)
        justes += nombres[-1:] == [str(n * prix + port)]
        produits += reponse.eval_count
    duree = time.perf_counter() - debut
    print(f"{nom:26} : {justes:2}/{len(NOMBRES)} justes, {produits:3} tokens, {duree:4.1f} s")
    print(f"  {' '.join(reponse.message.content.split())[:70]}")


mesurer("réponse directe", 8, directe)
mesurer("pas à pas, deux exemples", 40, detaillee)
consigne = " Raisonne étape par étape, puis finis par le total."
mesurer("pas à pas, consigne seule", 40, consigne=consigne)
