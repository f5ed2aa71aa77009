"""Exercice 1 : deux modèles, les mêmes questions (sans modèle)."""

# --8<-- [start:imports]
import math

# --8<-- [end:imports]


# --8<-- [start:depart]
def mcnemar(a: list[bool], b: list[bool]) -> float:
    """La chance d'un écart au moins aussi grand, si les deux se valaient."""
    return abs(sum(a) - sum(b)) / len(a)


# --8<-- [end:depart]
# --8<-- [start:solution]
def mcnemar(a: list[bool], b: list[bool]) -> float:
    gains = sum(x and not y for x, y in zip(a, b, strict=True))
    pertes = sum(y and not x for x, y in zip(a, b, strict=True))
    total = gains + pertes
    queue = sum(math.comb(total, k) for k in range(min(gains, pertes) + 1)) / 2**total
    return min(1.0, 2 * queue)


# --8<-- [end:solution]
# --8<-- [start:verification]
BASE = [True] * 10 + [False] * 30
IDENTIQUE = list(BASE)
DEPLACE = [False] * 10 + [True] * 10 + [False] * 20
MEILLEUR = [True] * 20 + [False] * 20

assert mcnemar(BASE, IDENTIQUE) == 1, "aucune question ne les sépare"
assert mcnemar(BASE, DEPLACE) == 1, "dix gains et dix pertes : rien ne les départage"
assert abs(mcnemar(BASE, MEILLEUR) - 2 / 2**10) < 1e-9, "dix gains, aucune perte"
assert mcnemar(BASE, MEILLEUR) == mcnemar(MEILLEUR, BASE), "l'ordre ne compte pas"
print(f"Dix gains contre zéro : p = {mcnemar(BASE, MEILLEUR):.4f}")
print(f"Dix gains contre dix : p = {mcnemar(BASE, DEPLACE):.4f}")
# --8<-- [end:verification]
