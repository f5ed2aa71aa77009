"""Mesure la part des réponses qui gardent le ton pirate, et ce que coûte la consigne."""

import os
import re
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}
MODELFILE = Path(__file__).with_name("Modelfile").read_text("utf-8")
CONSIGNE = re.search(r'SYSTEM """(.+?)"""', MODELFILE).group(1)
INDICES = re.compile(r"\b(arr+|a+hoy|aye|matey|ye'?r?e?|sail\w*|crew|ship)\b", re.I)

ANGLAIS = [
    "How are you?",
    "What did you do this morning?",
    "Tell me about your day.",
    "What do you like to eat?",
    "Where do you live?",
]
FRANCAIS = [
    "Comment vas-tu ?",
    "Qu'as-tu fait ce matin ?",
    "Raconte ta journée.",
    "Qu'aimes-tu manger ?",
    "Où habites-tu ?",
]
BANAL = [
    {"role": "user", "content": "What is a lamp?"},
    {"role": "assistant", "content": "A lamp is a device that gives light."},
    {"role": "user", "content": "And a night light?"},
    {"role": "assistant", "content": "It is a small lamp used at night."},
]


def mesurer(nom: str, modele: str, questions: list[str], historique=()) -> None:
    pirates, recus = 0, 0
    for question in questions:
        messages = [*historique, {"role": "user", "content": question}]
        reponse = ollama.chat(modele, messages, options=OPTIONS)
        pirates += bool(INDICES.search(reponse.message.content))
        recus += reponse.prompt_eval_count
    bilan = f"{pirates}/{len(questions)} réponses pirates"
    print(f"{nom:33} : {bilan}, {recus // len(questions)} tokens lus par question")


ollama.create(model="pirate-mesure", from_=MODELE, system=CONSIGNE)
contraire = [f"{question} Answer as a formal lawyer." for question in ANGLAIS]
mesurer("sans consigne", MODELE, ANGLAIS)
mesurer("pirate, première question", "pirate-mesure", ANGLAIS)
mesurer("pirate, après deux tours banals", "pirate-mesure", ANGLAIS, BANAL)
mesurer("pirate, consigne contraire", "pirate-mesure", contraire)
mesurer("pirate, questions en français", "pirate-mesure", FRANCAIS)
ollama.delete("pirate-mesure")
