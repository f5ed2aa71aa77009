"""Pose la même question sans puis avec l'historique : le serveur ne retient rien."""

import os

from conversation import texte_de
from serveur import connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40}
CONSIGNE = {
    "role": "system",
    "content": "Tu aides une personne. Réponds-lui en français, en une phrase courte.",
}

client = connecter()


def envoyer(*messages: dict) -> dict:
    reponse = client.chat(MODELE, [CONSIGNE, *messages], options=OPTIONS)
    texte = texte_de(reponse)
    print(f"{len(messages)} message(s) après la consigne, ", end="")
    print(f"{reponse.prompt_eval_count} tokens lus")
    print(f"  Vous   : {messages[-1]['content']}")
    print(f"  Modèle : {' '.join(texte.split())}")
    return {"role": "assistant", "content": texte}


bonjour = {"role": "user", "content": "Bonjour, je m'appelle Oriane."}
question = {"role": "user", "content": "Quel est mon prénom ?"}

accueil = envoyer(bonjour)
envoyer(question)
envoyer(bonjour, accueil, question)
