"""Montre le texte que reçoit le modèle, puis ce qu'il écrit sans ce gabarit."""

import sys

from serveur import OPTIONS, demander

QUESTION = "Quelle est la capitale de la France ?"
MESSAGES = [
    {"role": "system", "content": "Tu réponds en une phrase courte."},
    {"role": "user", "content": QUESTION},
]
REGLAGE = OPTIONS | {"num_predict": 16}


def prolonger(texte: str) -> dict:
    return demander("/api/generate", prompt=texte, raw=True, options=REGLAGE)


sys.stdout.reconfigure(errors="backslashreplace")
# Une option interne d'Ollama : elle rend le texte au lieu de l'envoyer au modèle.
vu = demander("/api/chat", messages=MESSAGES, options=REGLAGE, _debug_render_only=True)
envoye = vu["_debug_info"]["rendered_template"]
print(f"--- Ce que reçoit le modèle ---\n{envoye}\n--- Fin ---")

chat = demander("/api/chat", messages=MESSAGES, options=REGLAGE)
brut = prolonger(envoye)
lus, lus_bruts = chat["prompt_eval_count"], brut["prompt_eval_count"]
print(f"\n/api/chat, {lus} tokens lus : {chat['message']['content']!r}")
print(f"raw, texte du gabarit, {lus_bruts} tokens lus : {brut['response']!r}")
print(f"raw, question seule : {prolonger(QUESTION)['response']!r}")

tour_ouvert = envoye[: envoye.rindex(QUESTION)]
print(f"raw, coupé avant la question : {prolonger(tour_ouvert)['response']!r}")
