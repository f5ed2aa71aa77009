"""Exercice 2 : les tokens que top_p laisse en jeu."""


# --8<-- [start:depart]
def noyau(probas: dict[str, float], top_p: float) -> list[str]:
    gardes, total = [], 0.0
    for token in sorted(probas, key=probas.get, reverse=True):
        if total + probas[token] > top_p:
            break
        gardes.append(token)
        total += probas[token]
    return gardes


# --8<-- [end:depart]
# --8<-- [start:solution]
def noyau(probas: dict[str, float], top_p: float) -> list[str]:
    gardes, total = [], 0.0
    for token in sorted(probas, key=probas.get, reverse=True):
        gardes.append(token)
        total += probas[token]
        if total >= top_p:
            break
    return gardes


# --8<-- [end:solution]
# --8<-- [start:verification]
SUR = {" Paris": 0.875, " Lyon": 0.0625, " Nice": 0.0625}
HESITANT = {" chat": 0.25, " chien": 0.5, " loup": 0.125, " lynx": 0.125}

assert noyau(HESITANT, 0.6) == [" chien", " chat"], "celui qui franchit est gardé"
assert noyau(SUR, 0.5) == [" Paris"], "il reste toujours au moins un token"
assert noyau(HESITANT, 0.75) == [" chien", " chat"], "seuil atteint : on s'arrête"
assert len(noyau(HESITANT, 1.0)) == 4, "à 1, rien n'est coupé"
print("Bravo : un noyau large quand le modèle hésite, étroit quand il est sûr.")
# --8<-- [end:verification]
