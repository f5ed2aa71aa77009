"""Exercice 3 : une boucle d'outils qui finit toujours, quoi que demande le modèle."""

# --8<-- [start:imports]
from collections.abc import Callable

# --8<-- [end:imports]


# --8<-- [start:depart]
def dialoguer(modele: Callable, outils: dict[str, Callable], question: str) -> str:
    messages = [question]
    while True:
        outil, argument = modele(messages)
        if outil == "répondre":
            return argument
        messages.append(outils[outil](argument))


# --8<-- [end:depart]
# --8<-- [start:solution]
def dialoguer(modele: Callable, outils: dict[str, Callable], question: str) -> str:
    messages = [question]
    for _ in range(3):
        outil, argument = modele(messages)
        if outil == "répondre":
            return argument
        refus = f"refusé : {outil} n'existe pas"
        messages.append(outils[outil](argument) if outil in outils else refus)
    return "abandon"


# --8<-- [end:solution]
# --8<-- [start:verification]
OUTILS = {"prix": {"Galapiat": "58 euros", "Pétrelle": "24,50 euros"}.get}


def joueur(*appels: tuple[str, str]) -> Callable:  # un faux modèle, qui les joue
    restants = list(appels)

    def modele(messages: list[str]) -> tuple[str, str]:
        assert restants, "le modèle est interrogé une fois de trop"
        outil, argument = restants.pop(0)
        return outil, argument.format(messages[-1])

    return modele


sage = joueur(("prix", "Galapiat"), ("répondre", "Elle coûte {0}."))
assert dialoguer(sage, OUTILS, "Le prix de la Galapiat ?") == "Elle coûte 58 euros."

tetu = joueur(*[("prix", "Pétrelle")] * 3)
assert dialoguer(tetu, OUTILS, "Le prix ?") == "abandon", "trois appels, pas davantage"

inventif = joueur(("effacer", "tarifs.csv"), ("répondre", "{0}"))
assert "refusé" in dialoguer(inventif, OUTILS, "Le prix ?"), "le refus se dit au modèle"
print("Bravo : trois appels au plus, et un outil inventé ne casse rien.")
# --8<-- [end:verification]
