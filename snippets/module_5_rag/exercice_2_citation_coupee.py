"""Exercice 2 : remplacer une citation par sa source, même coupée entre deux bouts du flux."""

# --8<-- [start:imports]
import re
from collections.abc import Iterable, Iterator

# --8<-- [end:imports]


# --8<-- [start:depart]
def afficher(flux: Iterable[str], sources: dict[str, str]) -> Iterator[str]:
    for texte in flux:
        for nom, source in sources.items():
            texte = texte.replace(f"[{nom}]", f"({source})")
        yield texte


# --8<-- [end:depart]
# --8<-- [start:solution]
def afficher(flux: Iterable[str], sources: dict[str, str]) -> Iterator[str]:
    attente = ""
    for texte in flux:
        attente += texte
        for nom, source in sources.items():
            attente = attente.replace(f"[{nom}]", f"({source})")
        pret = re.sub(r"\[[^\]]*$", "", attente)
        yield pret
        attente = attente[len(pret) :]
    yield attente


# --8<-- [end:solution]
# --8<-- [start:verification]
SOURCES = {"doc-12": "FAQ, garantie"}
FLUX = ["La garantie", " dure 7 ans ", "[", "doc", "-1", "2]", ", batterie [à part", "]."]

obtenu = "".join(afficher(FLUX, SOURCES))
assert obtenu == "La garantie dure 7 ans (FAQ, garantie), batterie [à part].", obtenu
assert next(afficher(iter(FLUX), SOURCES)) == "La garantie", "le début doit s'afficher aussitôt"
assert "".join(afficher(["un crochet [seul"], SOURCES)) == "un crochet [seul", "rien ne se perd"
print(f"Bravo : {obtenu}")
# --8<-- [end:verification]
