"""Chronomètre une réponse et en estime les wattheures, puissance supposée."""

import sys

from serveur import OPTIONS, demander

QUESTION = "En deux phrases, à quoi sert une lampe de bureau ?"
REPONSES_PAR_JOUR = 100
# Un litre d'eau, de 20 à 100 °C, sans perte : 4186 joules par degré.
BOUILLOIRE_WH = 4186 * 80 / 3600
WATTS = sys.argv[1] if len(sys.argv) > 1 else "30"
if not WATTS.isdecimal() or int(WATTS) == 0:
    sys.exit(f"« {WATTS} » n'est pas une puissance : donnez un nombre de watts, 250.")


def virgule(nombre: float, decimales: int) -> str:
    return f"{nombre:.{decimales}f}".replace(".", ",")


options = OPTIONS | {"num_predict": 100}
reponse = demander("/api/generate", prompt=QUESTION, options=options)
secondes = (reponse["total_duration"] - reponse["load_duration"]) / 1e9
wattheures = int(WATTS) * secondes / 3600
tokens = reponse["prompt_eval_count"] + reponse["eval_count"]
par_an = wattheures * REPONSES_PAR_JOUR * 365 / 1000

print(f"Mesuré : {tokens} tokens lus et écrits en {virgule(secondes, 1)} s")
print(f"Supposé : {WATTS} W de plus pendant le calcul")
print(f"Une réponse : {virgule(wattheures, 3)} Wh")
print(f"{REPONSES_PAR_JOUR} réponses par jour pendant un an : {virgule(par_an, 1)} kWh")
print(f"Un litre d'eau à faire bouillir : {BOUILLOIRE_WH:.0f} Wh", end=", ")
print(f"autant que {BOUILLOIRE_WH / wattheures:.0f} réponses")
