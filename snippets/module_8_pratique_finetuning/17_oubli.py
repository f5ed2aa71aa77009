"""Pose vingt questions témoins au modèle de base, puis aux modèles affinés."""

import os
import re
import sys

import ollama

BASE = os.environ.get("COURS_MODELE", "smollm2:135m")
AFFINES = sys.argv[1:] or ["json-fr", "pirate-affine", "sentiment-fr"]
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40}
TEMOINS = {
    "What is the capital of France?": "paris",
    "What is the capital of Japan?": "tokyo",
    "What is the capital of Italy?": "rome",
    "What is the capital of Egypt?": "cairo",
    "What is 2 plus 2?": "4|four",
    "How many days are there in a week?": "7|seven",
    "How many months are there in a year?": "12|twelve",
    "What color is the sky on a clear day?": "blue",
    "What color is a banana?": "yellow",
    "What is the opposite of hot?": "cold",
    "What is the opposite of big?": "small|little|tiny",
    "Which planet do we live on?": "earth",
    "What do bees make?": "honey",
    "Who wrote Romeo and Juliet?": "shakespeare",
    "What is frozen water called?": "ice",
    "Which language is spoken in Brazil?": "portuguese",
    "What is the largest ocean on Earth?": "pacific",
    "Translate into English: bonjour": "hello|good morning|good day",
    "What gas do we need to breathe?": "oxygen|air",
    "Which animal barks?": "dogs?",
}


def repondre(modele: str, question: str) -> str:
    messages = [{"role": "user", "content": question}]
    return ollama.chat(modele, messages, options=OPTIONS).message.content


def juste(reponse: str, attendu: str) -> bool:
    return bool(re.search(rf"\b({attendu})\b", reponse, re.IGNORECASE))


reponses = {
    modele: {question: repondre(modele, question) for question in TEMOINS}
    for modele in [BASE, *AFFINES]
}
print(f"{'modèle':14} justes  à « {next(iter(TEMOINS))} »")
for modele, lot in reponses.items():
    justes = sum(juste(lot[question], attendu) for question, attendu in TEMOINS.items())
    extrait = next(iter(lot.values())).replace("\n", " ")[:60]
    print(f"{modele:14} {justes:2}/{len(TEMOINS)}   {extrait}")
