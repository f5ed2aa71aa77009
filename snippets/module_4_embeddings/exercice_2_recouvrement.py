"""Exercice 2 : découper avec recouvrement, sans rien perdre ni répéter pour rien."""


# --8<-- [start:depart]
def decouper(mots: list[str], taille: int, recouvrement: int) -> list[list[str]]:
    debuts = range(0, len(mots), taille)
    return [mots[debut : debut + taille] for debut in debuts]


# --8<-- [end:depart]
# --8<-- [start:solution]
def decouper(mots: list[str], taille: int, recouvrement: int) -> list[list[str]]:
    debuts = range(0, max(1, len(mots) - recouvrement), taille - recouvrement)
    return [mots[debut : debut + taille] for debut in debuts]


# --8<-- [end:solution]
# --8<-- [start:verification]
PHRASE = "la Lumisette éclaire pendant onze heures et coûte trente-neuf euros".split()

morceaux = decouper(PHRASE, 4, 2)
for i in range(len(morceaux) - 1):
    assert morceaux[i][-2:] == morceaux[i + 1][:2], "deux mots en commun attendus"
lus = {mot for morceau in morceaux for mot in morceau}
assert lus == set(PHRASE), "un mot est perdu"
assert morceaux[-1][-1] == PHRASE[-1], "la fin est perdue"
assert len(morceaux[-1]) > 2, "le dernier morceau est déjà dans le précédent"
assert decouper(PHRASE[:2], 4, 2) == [PHRASE[:2]], "un texte court donne un morceau"
print(f"Bravo : {len(morceaux)} morceaux.")
for morceau in morceaux:
    print(" ", " ".join(morceau))
# --8<-- [end:verification]
