"""Exercice 1 : le rang réciproque, sans division par zéro et sans se tromper d'un rang."""


# --8<-- [start:depart]
def rang_reciproque(trouves: list[str], attendus: set[str], k: int) -> float:
    return 1 / max(trouves.index(nom) for nom in attendus)


# --8<-- [end:depart]
# --8<-- [start:solution]
def rang_reciproque(trouves: list[str], attendus: set[str], k: int) -> float:
    for rang, nom in enumerate(trouves[:k], 1):
        if nom in attendus:
            return 1 / rang
    return 0.0


# --8<-- [end:solution]
# --8<-- [start:verification]
TROUVES = ["tarifs", "congés", "garantie", "retour"]

try:
    premier = rang_reciproque(TROUVES, {"tarifs"}, 3)
    absent = rang_reciproque(TROUVES, {"mutuelle"}, 3)
    trop_loin = rang_reciproque(TROUVES, {"retour"}, 3)
except (ValueError, ZeroDivisionError) as erreur:
    raise AssertionError(f"votre fonction échoue : {erreur}") from None
assert premier == 1, "le premier résultat vaut 1"
assert rang_reciproque(TROUVES, {"congés"}, 3) == 1 / 2
assert absent == 0, "un passage absent vaut 0"
assert trop_loin == 0, "au-delà de k, rien ne compte"
assert rang_reciproque(TROUVES, {"congés", "retour"}, 4) == 1 / 2, "le mieux classé compte"
print("Bravo : 1, 1/2, 0 quand rien n'est trouvé dans les k premiers.")
# --8<-- [end:verification]
