"""Exercice 1 : appliquer une fusion apprise à une suite de morceaux."""


# --8<-- [start:depart]
def fusionner(morceaux: list[str], paire: tuple[str, str]) -> list[str]:
    texte = " ".join(morceaux)
    return texte.replace(" ".join(paire), "".join(paire)).split(" ")


# --8<-- [end:depart]
# --8<-- [start:solution]
def fusionner(morceaux: list[str], paire: tuple[str, str]) -> list[str]:
    resultat = []
    for morceau in morceaux:
        if resultat and (resultat[-1], morceau) == paire:
            resultat[-1] += morceau
        else:
            resultat.append(morceau)
    return resultat


# --8<-- [end:solution]
# --8<-- [start:verification]
FUSIONS = [("l", "a"), ("m", "p"), ("la", "mp"), ("lamp", "e"), (" ", "lampe")]

assert fusionner(list("banane"), ("a", "n")) == ["b", "an", "an", "e"]
assert fusionner(["ta", "b"], ("a", "b")) == ["ta", "b"], "« ta » n'est pas « a »"
assert fusionner([" ", "a", " ", "a"], (" ", "a")) == [" a", " a"], "l'espace compte"
morceaux = list("la lampe")
for paire in FUSIONS:
    morceaux = fusionner(morceaux, paire)
assert morceaux == ["la", " lampe"], morceaux
print(f"Bravo : {morceaux}")
# --8<-- [end:verification]
