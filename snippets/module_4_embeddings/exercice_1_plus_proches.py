"""Exercice 1 : classer par le cosinus, même si les vecteurs ne sont pas normalisés."""

# --8<-- [start:imports]
import numpy as np

# --8<-- [end:imports]


# --8<-- [start:depart]
def plus_proches(question: np.ndarray, vecteurs: np.ndarray, k: int) -> list[int]:
    scores = vecteurs @ question
    return np.argsort(-scores)[:k].tolist()


# --8<-- [end:depart]
# --8<-- [start:solution]
def plus_proches(question: np.ndarray, vecteurs: np.ndarray, k: int) -> list[int]:
    scores = vecteurs @ question / np.linalg.norm(vecteurs, axis=1)
    return np.argsort(-scores)[:k].tolist()


# --8<-- [end:solution]
# --8<-- [start:verification]
QUESTION = np.array([1.0, 0.0])
VECTEURS = np.array([[9.0, 9.0], [0.0, 1.0], [1.0, 0.1], [0.5, 0.0]])

obtenu = plus_proches(QUESTION, VECTEURS, 3)
assert obtenu == [3, 2, 0], f"[3, 2, 0] attendu, {obtenu} obtenu"
assert plus_proches(QUESTION, 5 * VECTEURS, 3) == obtenu, "la longueur ne compte pas"
print(f"Bravo : les plus proches sont {obtenu}, quelle que soit leur longueur.")
# --8<-- [end:verification]
