"""Ce que les bras 6 et 7 ont retenu, et avec quels mots il faut le leur demander."""

import csv
from pathlib import Path

DOSSIER = Path(__file__).parent
SITUATIONS = [
    ("fait appris, formulation vue", "-vues", "oui"),
    ("fait appris, formulation du test", "", "oui"),
    ("fait jamais appris", "", "non"),
]
BRAS = {"6-faits": "6-vues", "7-paraphrases": "7-vues", "3-rag": "", "8-raft": ""}


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def compter(bras: str, appris: str) -> str:
    notes = [
        ligne["valeur"]
        for ligne in LIGNES
        if (ligne["bras"], ligne["appris"], ligne["mesure"]) == (bras, appris, "connaissance")
    ]
    return f"{sum(notes):.0f}/{len(notes)}" if notes else "-"


toutes = lire()
for modele in dict.fromkeys(ligne["modele"] for ligne in toutes):
    LIGNES = [ligne for ligne in toutes if ligne["modele"] == modele]
    print(f"{modele}, toutes graines\n{'':34}" + "".join(f"{bras:>16}" for bras in BRAS))
    for titre, suffixe, appris in SITUATIONS:
        noms = [vues if suffixe else bras for bras, vues in BRAS.items()]
        print(f"{titre:34}" + "".join(f"{compter(nom, appris):>16}" for nom in noms))
