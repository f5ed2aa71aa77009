"""Mesure la part des réponses au ton pirate, et ce que coûte la consigne."""

import os
import re
import tomllib
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}
QUESTIONS = tomllib.loads(Path(__file__).with_name("pirate.toml").read_text("utf-8"))
CONSIGNE = Path(__file__).with_name("Modelfile").read_text("utf-8").split('"""')[1]
INDICES = re.compile(r"\b(arr+|a+hoy|aye|matey|ye'?r?e?|sail\w*|crew|ship)\b", re.I)
HISTORIQUE = [
    {"role": role, "content": texte}
    for tour in QUESTIONS["tours_banals"]
    for role, texte in zip(("user", "assistant"), tour, strict=True)
]


def mesurer(nom: str, modele: str, jeu: str, historique=()) -> None:
    verdicts, lus = {}, 0
    for question in QUESTIONS[jeu]:
        messages = [*historique, {"role": "user", "content": question}]
        reponse = ollama.chat(modele, messages, options=OPTIONS)
        verdicts[question] = bool(INDICES.search(reponse.message.content))
        lus += reponse.prompt_eval_count
    bilan = f"{sum(verdicts.values())}/{len(verdicts)} réponses pirates"
    print(f"{nom} : {bilan}, {lus // len(verdicts)} tokens lus par question")
    for question, pirate in verdicts.items():
        print(f"  {nom}, {'oui' if pirate else 'non'} : {question}")


ollama.create(model="pirate-mesure", from_=MODELE, system=CONSIGNE)
mesurer("sans consigne", MODELE, "conversation")
mesurer("première question", "pirate-mesure", "conversation")
mesurer("après six tours banals", "pirate-mesure", "conversation", HISTORIQUE)
mesurer("petites tâches de bureau", "pirate-mesure", "taches")
ollama.delete("pirate-mesure")
