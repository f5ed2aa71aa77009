"""Douze calculs à trois étapes, un même exemple, trois façons d'y répondre."""

import re
from functools import partial

from mesure import comparer, demander
from outils import Refus, calcul

NOMBRES = [
    (3, 39, 6, 10), (2, 74, 15, 20), (4, 24, 7, 5), (6, 18, 9, 30),
    (5, 47, 12, 25), (7, 58, 8, 40), (3, 96, 14, 15), (8, 24, 5, 12),
    (2, 189, 19, 50), (9, 17, 6, 20), (4, 47, 15, 18), (6, 39, 8, 24),
]  # fmt: skip
ENONCE = """J'achète {} lampes à {} euros pièce. Le port coûte {} euros.
J'ai une remise de {} euros sur le tout. Quel total dois-je payer ?"""
SOLUTIONS = {
    "direct": "28",
    "confié": "2 * 15 + 5 - 7",
    "pas à pas": "2 * 15 = 30. 30 + 5 = 35. 35 - 7 = 28.",
}


def repondre(technique: str, nombres: tuple) -> str:
    messages = [
        {"role": "user", "content": ENONCE.format(2, 15, 5, 7)},
        {"role": "assistant", "content": SOLUTIONS[technique]},
        {"role": "user", "content": ENONCE.format(*nombres)},
    ]
    reponse = demander(messages, 60)
    if technique != "confié":
        return (re.findall(r"\d+", reponse) or ["aucun"])[-1]
    try:
        return calcul(reponse)
    except Refus as refus:
        return str(refus)


techniques = {nom: partial(repondre, nom) for nom in SOLUTIONS}
comparer(NOMBRES, lambda n: str(n[0] * n[1] + n[2] - n[3]), techniques)
