"""Les mêmes poids, les mêmes outils, deux gabarits : où l'appel se lit-il ?"""

import json
import re
from functools import cache, partial

from mesure import comparer, lire_cas
from modele import MODELE, interroger, modele_outille
from outils import CATALOGUE, preparer


@cache
def message(modele: str, question: str):
    return interroger(preparer(question), 60, modele, tools=CATALOGUE)


def ecrire(name: str, arguments: dict) -> str:
    valeurs = "".join(str(valeur) for valeur in arguments.values())
    return f"{name} {valeurs.replace(' ', '').replace('×', '*')}"


def natif(modele: str, cas: dict) -> str:
    appels = message(modele, cas["texte"]).tool_calls
    return ecrire(**appels[0].function.model_dump()) if appels else "aucun"


def relu(cas: dict) -> str:
    """L'appel retrouvé à la main, de la première accolade à la dernière."""
    trouve = re.search(r"\{.*\}", message(MODELE, cas["texte"]).content, re.DOTALL)
    try:
        return ecrire(**json.loads(trouve[0]))
    except (TypeError, ValueError, AttributeError):
        return "aucun"


with modele_outille() as outille:
    techniques = {"origine": partial(natif, MODELE), "relu": relu}
    techniques["outillé"] = partial(natif, outille)
    comparer(lire_cas("questions.jsonl"), lambda cas: cas["appel"], techniques)
