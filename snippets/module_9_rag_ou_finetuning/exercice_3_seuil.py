"""Exercice 3 : au bout de combien de questions un entraînement est-il amorti ? (sans modèle)"""


# --8<-- [start:depart]
def seuil(entrainement_s: float, par_question_rag_s: float, par_question_affine_s: float) -> float:
    """Le nombre de questions au bout duquel les deux ont coûté le même temps."""
    return entrainement_s / par_question_rag_s


# --8<-- [end:depart]
# --8<-- [start:solution]
def seuil(entrainement_s: float, par_question_rag_s: float, par_question_affine_s: float) -> float:
    economie = par_question_rag_s - par_question_affine_s
    return entrainement_s / economie if economie > 0 else float("inf")


# --8<-- [end:solution]
# --8<-- [start:verification]
assert seuil(100, 1.5, 0.5) == 100
assert seuil(0, 1.5, 0.5) == 0, "sans entraînement, tout de suite"
assert seuil(100, 0.5, 0.5) == float("inf"), "rien n'est économisé : jamais"
assert seuil(100, 0.5, 1.5) == float("inf"), "le modèle affiné est plus lent : jamais"
print(f"Cent secondes pour une de moins par question : {seuil(100, 1.5, 0.5):.0f} questions")
print(
    f"Si les faits changent chaque jour, il faut ce nombre en un jour : {seuil(100, 0.9, 0.7):.0f}"
)
# --8<-- [end:verification]
