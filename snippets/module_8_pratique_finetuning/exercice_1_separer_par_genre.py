"""Exercice 1 : séparer par genre entier, pas ligne par ligne (sans modèle)."""

# --8<-- [start:imports]
import random

# --8<-- [end:imports]


# --8<-- [start:depart]
def separer(exemples: list[dict], en_validation: int, graine: int) -> tuple[list, list]:
    melange = random.Random(graine).sample(exemples, len(exemples))
    par_genre = len(exemples) // len({exemple["genre"] for exemple in exemples})
    coupe = en_validation * par_genre
    return melange[coupe:], melange[:coupe]


# --8<-- [end:depart]
# --8<-- [start:solution]
def separer(exemples: list[dict], en_validation: int, graine: int) -> tuple[list, list]:
    genres = sorted({exemple["genre"] for exemple in exemples})
    gardes = random.Random(graine).sample(genres, en_validation)
    entrainement = [e for e in exemples if e["genre"] not in gardes]
    return entrainement, [e for e in exemples if e["genre"] in gardes]


# --8<-- [end:solution]
# --8<-- [start:verification]
GENRES = ["bagages", "camping", "cuisine", "jardin", "literie", "velo"]
EXEMPLES = [{"genre": g, "texte": f"{g} {n}"} for n in range(5) for g in GENRES]


def genres(partie: list[dict]) -> set[str]:
    return {exemple["genre"] for exemple in partie}


tirages = [separer(EXEMPLES, 2, graine) for graine in range(20)]
for entrainement, validation in tirages:
    communs = genres(entrainement) & genres(validation)
    assert not communs, f"dans les deux parties : {', '.join(sorted(communs))}"
    assert len(genres(validation)) == 2
    assert len(entrainement) + len(validation) == len(EXEMPLES), "rien ne doit se perdre"
assert separer(EXEMPLES, 2, 3) == tirages[3], "même graine, même séparation"
assert len({tuple(sorted(genres(v))) for _, v in tirages}) > 5, "la graine doit servir"
print(f"Bravo : {len(tirages)} séparations sur {len(tirages)} sans genre commun.")
# --8<-- [end:verification]
