"""Exercice 1 : lire toutes les citations d'une réponse, et repérer celles qui sont inventées."""

# --8<-- [start:imports]
import re

# --8<-- [end:imports]


# --8<-- [start:depart]
def citations(reponse: str) -> list[str]:
    return re.findall(r"\[(.+)\]", reponse)


# --8<-- [end:depart]
# --8<-- [start:solution]
def citations(reponse: str) -> list[str]:
    crochets = re.findall(r"\[([^\[\]]+)\]", reponse)
    return [nom.strip() for groupe in crochets for nom in re.split("[,;]", groupe)]


# --8<-- [end:solution]
# --8<-- [start:verification]
DONNES = {"doc-3", "doc-12"}
CAS = {
    "Elle dure 7 ans [doc-12].": ["doc-12"],
    "Le mardi [doc-3] et le jeudi [doc-12].": ["doc-3", "doc-12"],
    "Le mardi et le jeudi [doc-3, doc-12].": ["doc-3", "doc-12"],
    "Deux jours [doc-3 ; doc-99].": ["doc-3", "doc-99"],
    "Je ne trouve pas la réponse.": [],
}
for reponse, attendues in CAS.items():
    lues = citations(reponse)
    assert lues == attendues, f"{attendues} attendu, {lues} obtenu : {reponse}"
    inventees = [nom for nom in lues if nom not in DONNES]
    print(f"{reponse} -> {', '.join(lues) or 'aucune'}, inventées : {len(inventees)}")
print("Bravo : aucune citation ne vous échappe.")
# --8<-- [end:verification]
