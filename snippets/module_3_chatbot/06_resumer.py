"""Résumer, faire noter les faits, ou recopier par une règle : lesquels survivent ?"""

import json
import os
import re
from pathlib import Path
from textwrap import fill

from conversation import texte_de
from serveur import connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 100}
RESUME = "Résume cette conversation en deux phrases. Garde les noms et les nombres."
NOTES = "Note en une phrase courte chacun des faits utiles que donne la cliente."

client = connecter()


def demander(tours: list, consigne: str) -> str:
    recit = "\n".join(f"Cliente : {dit}\nService : {repond}" for dit, repond in tours)
    message = {"role": "user", "content": f"{recit}\n\n{consigne}"}
    return texte_de(client.chat(MODELE, [message], options=OPTIONS))


def recopier(tours: list) -> str:
    """Les phrases de la cliente où se trouve un chiffre, un nom ou une arobase."""
    utile = re.compile(r"[\d@]|(?<=\S )[A-Z]\w{3}")
    return " ".join(dit for dit, _ in tours if utile.search(dit))


fichier = Path(__file__).with_name("clientes.json")
for cliente in json.loads(fichier.read_text("utf-8")):
    tours = cliente["tours"]
    memoires = [demander(tours, RESUME), demander(tours, NOTES), recopier(tours)]
    print(fill(f"Résumé : {memoires[0]}", 88))
    print("Caractères : résumé {}, notes {}, règle {}".format(*map(len, memoires)))
    for fait in cliente["faits"]:
        oui = ["oui" if fait.lower() in texte.lower() else "non" for texte in memoires]
        print("  {:10} : résumé {}, notes {}, règle {}".format(fait, *oui))
