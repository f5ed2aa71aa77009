"""Exercice 1 : retrouver l'objet JSON dans une réponse bavarde (sans modèle)."""

# --8<-- [start:imports]
import json

# --8<-- [end:imports]


# --8<-- [start:depart]
def extraire_json(reponse: str) -> dict | None:
    return json.loads(reponse)


# --8<-- [end:depart]
# --8<-- [start:solution]
def extraire_json(reponse: str) -> dict | None:
    for debut, signe in enumerate(reponse):
        if signe != "{":
            continue
        try:
            return json.JSONDecoder().raw_decode(reponse[debut:])[0]
        except json.JSONDecodeError:
            continue
    return None


# --8<-- [end:solution]
# --8<-- [start:verification]
ATTENDU = {"produit": "Orbelin"}
REPONSES = {
    '{"produit": "Orbelin"}': ATTENDU,
    'Voici le JSON : {"produit": "Orbelin"} Bonne journée !': ATTENDU,
    '```json\n{"produit": "Orbelin"}\n```': ATTENDU,
    'Avec {produit} vide puis plein : {"produit": "Orbelin"}': ATTENDU,
    '{"produit": "Orbe': None,
    "Je ne sais pas.": None,
}


def essayer(reponse: str) -> dict | str | None:
    try:
        return extraire_json(reponse)
    except json.JSONDecodeError:
        return "une exception"


for reponse, attendu in REPONSES.items():
    obtenu = essayer(reponse)
    assert obtenu == attendu, f"{reponse!r} : {attendu} attendu, {obtenu} obtenu"
print(f"Bravo : {len(REPONSES)} réponses sur {len(REPONSES)} sont bien lues.")
# --8<-- [end:verification]
