"""Pose la même question sans puis avec l'historique : le serveur ne retient rien."""

import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}


def envoyer(messages: list) -> ollama.ChatResponse:
    reponse = ollama.chat(MODELE, messages, options=OPTIONS)
    print(f"{len(messages)} message(s) envoyé(s), {reponse.prompt_eval_count} tokens lus")
    print(f"  Vous   : {messages[-1]['content']}")
    print(f"  Modèle : {' '.join(reponse.message.content.split())}")
    return reponse


bonjour = {"role": "user", "content": "Bonjour, je m'appelle Oriane."}
question = {"role": "user", "content": "Quel est mon prénom ?"}

accueil = envoyer([bonjour])
envoyer([question])
envoyer([bonjour, accueil.message, question])
