"""Donne la même règle à quatre endroits et compte les réponses qui la suivent."""

import os
import re

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 12}
REGLE = "Answer every question with yes or no."
QUESTIONS = [
    "What is a lamp?",
    "Where does the sun rise?",
    "How do I clean a glass?",
    "What is the capital of Italy?",
    "Why is wood strong?",
    "When do birds sing?",
]
PLACES = {
    "aucune consigne": lambda q: [("user", q)],
    "prompt système": lambda q: [("system", REGLE), ("user", q)],
    "avant la question": lambda q: [("user", f"{REGLE}\n{q}")],
    "après la question": lambda q: [("user", f"{q}\n{REGLE}")],
    "système, puis après": lambda q: [("system", REGLE), ("user", f"{q}\n{REGLE}")],
}


def demander(paires: list[tuple]) -> ollama.ChatResponse:
    messages = [{"role": role, "content": texte} for role, texte in paires]
    return ollama.chat(MODELE, messages, options=OPTIONS)


for nom, placer in PLACES.items():
    reponses = [demander(placer(question)) for question in QUESTIONS]
    textes = [reponse.message.content.strip() for reponse in reponses]
    suivies = sum(re.match(r"(yes|no)\b", texte.lower()) is not None for texte in textes)
    lus = sum(r.prompt_eval_count for r in reponses) // len(reponses)
    print(f"{nom:20} : {suivies}/{len(reponses)} suivies, {lus} tokens lus par question")
    print(f"  {' '.join(textes[0].split())}")
