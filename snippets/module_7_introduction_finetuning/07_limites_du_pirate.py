"""Mesure la part des réponses au ton pirate, et ce que coûte la consigne."""

import os
import re
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}
MODELFILE = Path(__file__).with_name("Modelfile").read_text("utf-8")
CONSIGNE = re.search(r'SYSTEM """(.+?)"""', MODELFILE).group(1)
INDICES = re.compile(r"\b(arr+|a+hoy|aye|matey|ye'?r?e?|sail\w*|crew|ship)\b", re.I)

CONVERSATION = [
    "How are you?",
    "What did you do this morning?",
    "Tell me about your day.",
    "What do you like to eat?",
    "Where do you live?",
]
TACHES = [
    "Write an e-mail to a customer about a late parcel.",
    "Write a Python function that adds two numbers.",
    "Give three tips to choose a lamp.",
    "Summarize: a lamp gives light at night.",
    "Write the description of a night light.",
]
TOURS_BANALS = [
    ("What is a lamp?", "A lamp is a device that gives light."),
    ("And a night light?", "It is a small lamp used at night."),
    ("What is glass?", "Glass is a hard, transparent material."),
    ("What is wood?", "Wood is the material that trees are made of."),
    ("What is a battery?", "A battery stores electricity."),
    ("What is the sun?", "The sun is the star at the centre of our system."),
]
HISTORIQUE = [
    {"role": role, "content": texte}
    for tour in TOURS_BANALS
    for role, texte in zip(("user", "assistant"), tour, strict=True)
]


def mesurer(nom: str, modele: str, questions: list[str], historique=()) -> None:
    pirates, lus = 0, 0
    for question in questions:
        messages = [*historique, {"role": "user", "content": question}]
        reponse = ollama.chat(modele, messages, options=OPTIONS)
        pirates += bool(INDICES.search(reponse.message.content))
        lus += reponse.prompt_eval_count
    bilan = f"{pirates}/{len(questions)} réponses pirates"
    print(f"{nom:32} : {bilan}, {lus // len(questions)} tokens lus par question")


ollama.create(model="pirate-mesure", from_=MODELE, system=CONSIGNE)
mesurer("sans consigne", MODELE, CONVERSATION)
mesurer("pirate, première question", "pirate-mesure", CONVERSATION)
mesurer("pirate, après six tours banals", "pirate-mesure", CONVERSATION, HISTORIQUE)
mesurer("pirate, petites tâches de bureau", "pirate-mesure", TACHES)
ollama.delete("pirate-mesure")
