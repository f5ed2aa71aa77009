"""Exercice 2 : une citation n'est valide que si le passage existe et contient le fait."""

# --8<-- [start:imports]
import re

# --8<-- [end:imports]


# --8<-- [start:depart]
def citation_valide(reponse: str, passages: dict[str, str], fait: str) -> bool:
    return "[" in reponse and fait in reponse


# --8<-- [end:depart]
# --8<-- [start:solution]
def citation_valide(reponse: str, passages: dict[str, str], fait: str) -> bool:
    cites = re.findall(r"\[([^\]]+)\]", reponse)
    return bool(cites) and all(fait in passages.get(nom, "") for nom in cites)


# --8<-- [end:solution]
# --8<-- [start:verification]
PASSAGES = {
    "doc-1": "Vous avez 45 jours pour renvoyer une lampe.",
    "doc-2": "La réparation coûte 18 euros.",
}
CAS = [
    ("Vous avez 45 jours. [doc-1]", True, "le passage existe et contient le fait"),
    ("Vous avez 45 jours.", False, "sans citation"),
    ("Vous avez 45 jours. [doc-7]", False, "doc-7 n'existe pas"),
    ("Vous avez 45 jours. [doc-2]", False, "doc-2 ne contient pas le fait"),
    ("Vous avez 45 jours. [doc-1] [doc-2]", False, "une des deux sources est fausse"),
    ("Vous avez 30 jours. [doc-1]", True, "la citation est bonne, la réponse non"),
]

for reponse, attendu, raison in CAS:
    obtenu = citation_valide(reponse, PASSAGES, "45 jours")
    assert obtenu is attendu, f"{reponse!r} : {raison}"
    print(f"{'valide' if obtenu else 'refusée':8} {reponse}")
# --8<-- [end:verification]
