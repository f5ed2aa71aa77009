"""Garde le fil d'une conversation et regarde ce que chaque tour coûte à lire."""

import os

from conversation import texte_de
from serveur import connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40}
CONSIGNE = "Tu aides une personne. Réponds-lui en français, en une phrase courte."
SAISIES = [
    "J'ai loué un gîte nommé Bellombre.",
    "Ma sœur arrive dimanche.",
    "Comment s'appelle le gîte que j'ai loué ?",
    "Quel jour arrive ma sœur ?",
]

client = connecter()
historique = [{"role": "system", "content": CONSIGNE}]


def repondre(saisie: str):
    question = {"role": "user", "content": saisie}
    reponse = client.chat(MODELE, [*historique, question], options=OPTIONS)
    historique.extend([question, {"role": "assistant", "content": texte_de(reponse)}])
    return reponse


for tour, saisie in enumerate(SAISIES, 1):
    reponse = repondre(saisie)
    lecture = (reponse.prompt_eval_duration or 0) / 1e6
    print(f"{saisie}\n  > {' '.join(historique[-1]['content'].split())}")
    print(f"  tour {tour} : {reponse.prompt_eval_count} tokens lus en {lecture:.0f} ms")

total = sum(len(message["content"]) for message in historique)
print(f"\n{len(historique)} messages gardés, {total} caractères")
