"""Douze calculs à trois étapes : répondre, raisonner, ou confier l'opération."""

import re

from mesure import comparer, demander
from outils import Refus, calcul

NOMBRES = [
    (3, 39, 6, 10), (2, 74, 15, 20), (4, 24, 7, 5), (6, 18, 9, 30),
    (5, 47, 12, 25), (7, 58, 8, 40), (3, 96, 14, 15), (8, 24, 5, 12),
    (2, 189, 19, 50), (9, 17, 6, 20), (4, 47, 15, 18), (6, 39, 8, 24),
]  # fmt: skip
ENONCE = (
    "J'achète {} lampes à {} euros pièce. Le port coûte {} euros, et j'ai une "
    "remise de {} euros sur le tout. Combien dois-je payer ? "
)


def poser(consigne: str, maximum: int):
    return lambda nombres: demander(ENONCE.format(*nombres) + consigne, maximum)


def dernier_nombre(repondre):
    return lambda nombres: (re.findall(r"\d+", repondre(nombres)) or ["aucun"])[-1]


def confier(nombres: tuple) -> str:
    consigne = "Écris seulement l'opération à faire, sans la calculer."
    try:
        return calcul(poser(consigne, 40)(nombres).split("=")[0])
    except Refus as refus:
        return str(refus)


techniques = {
    "direct": dernier_nombre(poser("Réponds par un nombre seul.", 12)),
    "pas à pas": dernier_nombre(poser("Raisonne étape par étape, en bref.", 120)),
    "confié": confier,
}
comparer(NOMBRES, lambda n: str(n[0] * n[1] + n[2] - n[3]), techniques)
