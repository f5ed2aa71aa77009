"""Douze calculs à trois étapes : répondre, raisonner, ou confier l'opération."""

import json

from mesure import comparer, demander
from outils import Refus, calcul

NOMBRES = [
    (3, 39, 6, 10), (2, 74, 15, 20), (4, 24, 7, 5), (6, 18, 9, 30),
    (5, 47, 12, 25), (7, 58, 8, 40), (3, 96, 14, 15), (8, 24, 5, 12),
    (2, 189, 19, 50), (9, 17, 6, 20), (4, 47, 15, 18), (6, 39, 8, 24),
]  # fmt: skip
ENONCE = """J'achète {} lampes à {} euros pièce. Le port coûte {} euros.
J'ai une remise de {} euros sur le tout. """
TOTAL = {"total": {"type": "integer"}}
BREF = {"raisonnement": {"type": "string", "maxLength": 240}}
POSE = {"operation": {"type": "string", "pattern": "^[0-9+*() -]{5,40}$"}}


def remplir(nombres: tuple, consigne: str, champs: dict) -> dict:
    schema = {"type": "object", "properties": champs, "required": list(champs)}
    reponse = demander(ENONCE.format(*nombres) + consigne, 150, schema)
    return json.loads(reponse) if reponse.endswith("}") else {}


def repondre(consigne: str, champs: dict):
    return lambda nombres: str(remplir(nombres, consigne, champs).get("total"))


def confier(nombres: tuple) -> str:
    operation = remplir(nombres, "Pose l'opération, sans la calculer.", POSE)
    try:
        return calcul(operation.get("operation", ""))
    except Refus as refus:
        return str(refus)


techniques = {"direct": repondre("Quel total payer ?", TOTAL), "confié": confier}
techniques["pas à pas"] = repondre("Raisonne, puis donne le total.", BREF | TOTAL)
comparer(NOMBRES, lambda n: str(n[0] * n[1] + n[2] - n[3]), techniques)
