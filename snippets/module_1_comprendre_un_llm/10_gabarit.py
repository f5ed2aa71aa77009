"""Montre le texte que reçoit vraiment le modèle, puis ce qu'il écrit sans ce gabarit."""

import json
import os
import urllib.request

import ollama

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
MODELE = os.environ.get("COURS_MODELE", "llama3.2")
QUESTION = "What is the capital of France?"
MESSAGES = [
    {"role": "system", "content": "You answer in one short sentence."},
    {"role": "user", "content": QUESTION},
]
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}


def mettre_en_forme(messages: list[dict]) -> str:
    corps = {"model": MODELE, "messages": messages, "stream": False}
    corps |= {"options": OPTIONS, "_debug_render_only": True}
    requete = urllib.request.Request(
        f"{ADRESSE}/api/chat",
        data=json.dumps(corps).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(requete) as http:
        return json.load(http)["_debug_info"]["rendered_template"]


def prolonger(texte: str) -> ollama.GenerateResponse:
    return ollama.generate(MODELE, texte, raw=True, options=OPTIONS)


envoye = mettre_en_forme(MESSAGES)
print(f"--- Ce que reçoit le modèle ---\n{envoye}\n--- Fin ---")

discussion = ollama.chat(MODELE, MESSAGES, options=OPTIONS)
brut = prolonger(envoye)
print(f"\n/api/chat, {discussion.prompt_eval_count} tokens lus : {discussion.message.content!r}")
print(f"raw, texte du gabarit, {brut.prompt_eval_count} tokens lus : {brut.response!r}")
print(f"raw, question seule : {prolonger(QUESTION).response!r}")

tour_ouvert = envoye[: envoye.rindex(QUESTION)]
print(f"raw, coupé avant la question : {prolonger(tour_ouvert).response!r}")
