"""Exercice 3 : masquer les téléphones, quelle que soit leur écriture, et rien d'autre."""

# --8<-- [start:imports]
import re

# --8<-- [end:imports]


# --8<-- [start:depart]
def masquer(texte: str) -> str:
    return re.sub(r"0\d(?: \d\d){4}", "[téléphone]", texte)


# --8<-- [end:depart]
# --8<-- [start:solution]
def masquer(texte: str) -> str:
    motif = r"(?<!\d)(?:\+33[ .-]?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)"
    return re.sub(motif, "[téléphone]", texte)


# --8<-- [end:solution]
# --8<-- [start:verification]
NUMEROS = ["05 36 49 31 07", "05.36.49.31.07", "05-36-49-31-07", "0536493107", "+33 5 36 49 31 07"]
INTACTS = [
    "52 000 acheteurs inscrits",
    "depuis le 14/03/2017",
    "matricule GA71K4R2",
    "colis 990536493107",
    "de 9 h 10 à 16 h 40",
]

for numero in NUMEROS:
    obtenu = masquer(f"Appelez le {numero}, merci.")
    assert obtenu == "Appelez le [téléphone], merci.", f"{numero} : {obtenu}"
for texte in INTACTS:
    assert masquer(texte) == texte, f"{texte!r} ne devait pas changer"
print(f"Bravo : {len(NUMEROS)} numéros masqués, {len(INTACTS)} textes intacts.")
# --8<-- [end:verification]
