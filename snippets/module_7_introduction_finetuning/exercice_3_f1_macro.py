"""Exercice 3 : une mesure qui ne se laisse pas flatter (sans modèle)."""


# --8<-- [start:depart]
def f1_macro(attendues: list[str], predites: list[str]) -> float:
    paires = list(zip(attendues, predites, strict=True))
    return sum(attendue == predite for attendue, predite in paires) / len(paires)


# --8<-- [end:depart]
# --8<-- [start:solution]
def f1_macro(attendues: list[str], predites: list[str]) -> float:
    paires = list(zip(attendues, predites, strict=True))
    scores = []
    for classe in sorted(set(attendues)):
        justes = sum(a == p == classe for a, p in paires)
        citations = attendues.count(classe) + predites.count(classe)
        scores.append(2 * justes / citations)
    return sum(scores) / len(scores)


# --8<-- [end:solution]
# --8<-- [start:verification]
ATTENDUES = ["négatif"] * 9 + ["positif"]
PARESSEUX = ["négatif"] * 10
ATTENTIF = ["négatif"] * 7 + ["positif"] * 3

assert f1_macro(ATTENDUES, ATTENDUES) == 1
assert f1_macro(ATTENDUES, PARESSEUX) < 0.5, "répondre toujours pareil ne vaut pas 0,9"
assert f1_macro(ATTENDUES, ATTENTIF) > f1_macro(ATTENDUES, PARESSEUX)
print(f"Toujours « négatif » : F1 macro {f1_macro(ATTENDUES, PARESSEUX):.2f}")
print(f"Classifieur attentif : F1 macro {f1_macro(ATTENDUES, ATTENTIF):.2f}")
# --8<-- [end:verification]
