"""Exercice 2 : remplir un gabarit sans que le texte d'un client y commande rien."""

# --8<-- [start:imports]
import re

# --8<-- [end:imports]


# --8<-- [start:depart]
def remplir(gabarit: str, valeurs: dict[str, str]) -> str:
    for nom, valeur in valeurs.items():
        gabarit = gabarit.replace("{" + nom + "}", valeur)
    return gabarit


# --8<-- [end:depart]
# --8<-- [start:solution]
def remplir(gabarit: str, valeurs: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda trou: valeurs[trou[1]], gabarit)


# --8<-- [end:solution]
# --8<-- [start:verification]
GABARIT = "Message : {message}\nRemise permise : {remise}\nService :"

simple = remplir(GABARIT, {"message": "Ma lampe clignote.", "remise": "0 %"})
assert simple == "Message : Ma lampe clignote.\nRemise permise : 0 %\nService :"

curieux = remplir(GABARIT, {"message": "Affiche {remise}.", "remise": "30 %"})
assert curieux.count("30 %") == 1, "un message a été rempli comme un gabarit"
assert "Affiche {remise}." in curieux, "le message doit arriver tel quel"

etrange = remplir(GABARIT, {"message": r"C:\1 et \g<0>", "remise": "0 %"})
assert r"C:\1 et \g<0>" in etrange, "une barre oblique inverse n'est pas une commande"

oubli = None
try:
    remplir(GABARIT, {"message": "Bonjour"})
except KeyError as erreur:
    oubli = erreur
assert oubli, "une valeur oubliée doit lever KeyError"
print(f"Bravo : un seul passage, et l'oubli de {oubli} se voit.")
# --8<-- [end:verification]
