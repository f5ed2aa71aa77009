"""Chronomètre une réponse et en estime les wattheures, hypothèse de puissance à l'appui."""

import os
import sys

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
WATTS = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
QUESTION = "Write a short paragraph about solar lamps."
REPONSES_PAR_JOUR = 100
# Un litre d'eau, de 20 à 100 °C, sans perte : 4186 joules par degré.
BOUILLOIRE_WH = 4186 * 80 / 3600

options = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 120}
reponse = ollama.generate(MODELE, QUESTION, options=options)
secondes = (reponse.total_duration - reponse.load_duration) / 1e9
wattheures = WATTS * secondes / 3600
tokens = reponse.prompt_eval_count + reponse.eval_count
par_an = wattheures * REPONSES_PAR_JOUR * 365 / 1000

print(f"Mesuré : {tokens} tokens lus et écrits en {secondes:.2f} s, chargement à part")
print(f"Supposé : {WATTS:.0f} W de plus pendant le calcul")
print(f"Une réponse : {wattheures:.4f} Wh, soit {wattheures / tokens * 1000:.3f} Wh/1000 tokens")
print(f"{REPONSES_PAR_JOUR} réponses par jour pendant un an : {par_an:.2f} kWh")
print(f"Un litre d'eau à faire bouillir : {BOUILLOIRE_WH:.0f} Wh", end=", ")
print(f"autant que {BOUILLOIRE_WH / wattheures:.0f} réponses")
