"""Garde le fil d'une conversation et regarde ce que chaque tour coûte à lire."""

import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}
SAISIES = [
    "Bonjour, ma cabane s'appelle Bellombre.",
    "Ma sœur vient dimanche.",
    "Comment s'appelle ma cabane ?",
    "Quel jour vient ma sœur ?",
]

historique = []


def repondre(saisie: str) -> ollama.ChatResponse:
    historique.append({"role": "user", "content": saisie})
    reponse = ollama.chat(MODELE, historique, options=OPTIONS)
    historique.append({"role": "assistant", "content": reponse.message.content})
    return reponse


for tour, saisie in enumerate(SAISIES, 1):
    reponse = repondre(saisie)
    lecture = reponse.prompt_eval_duration / 1e6
    print(f"{saisie}\n  > {' '.join(reponse.message.content.split())}")
    print(f"  tour {tour} : {reponse.prompt_eval_count} tokens lus en {lecture:.0f} ms")

total = sum(len(message["content"]) for message in historique)
print(f"\n{len(historique)} messages gardés, {total} caractères")
