"""Exercice 3 : fusionner deux classements dont les scores n'ont pas la même échelle."""


# --8<-- [start:depart]
def fusionner(vecteurs: dict[str, float], mots: dict[str, float], c: int = 60) -> list[str]:
    noms = [*vecteurs, *mots]
    return sorted(set(noms), key=lambda nom: -vecteurs.get(nom, 0) - mots.get(nom, 0))


# --8<-- [end:depart]
# --8<-- [start:solution]
def fusionner(vecteurs: dict[str, float], mots: dict[str, float], c: int = 60) -> list[str]:
    points: dict[str, float] = {}
    for scores in (vecteurs, mots):
        classement = sorted(scores, key=lambda nom: -scores[nom])
        for rang, nom in enumerate(classement, 1):
            points[nom] = points.get(nom, 0) + 1 / (c + rang)
    return sorted(points, key=lambda nom: -points[nom])


# --8<-- [end:solution]
# --8<-- [start:verification]
VECTEURS = {"garantie": 0.62, "retour": 0.58, "livraison": 0.31}  # des cosinus
MOTS = {"tarifs": 14.2, "retour": 9.7, "gravure": 8.8, "garantie": 0.4}  # des scores BM25

obtenu = fusionner(VECTEURS, MOTS)
assert obtenu[0] == "retour", f"deux fois deuxième, retour doit gagner, pas {obtenu[0]}"
assert obtenu[1] == "garantie", "première et quatrième, garantie suit"
assert set(obtenu) == {*VECTEURS, *MOTS}, "aucun passage ne doit se perdre"
decuples = {nom: 10 * score for nom, score in MOTS.items()}
assert fusionner(VECTEURS, decuples) == obtenu, "l'échelle des scores ne doit rien changer"
print("Bravo :", ", ".join(obtenu))
# --8<-- [end:verification]
