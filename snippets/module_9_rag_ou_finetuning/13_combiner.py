"""RAG seul, RAG sur un modèle affiné après coup, RAG avec un modèle affiné pour cela."""

import csv
from pathlib import Path

DOSSIER = Path(__file__).parent
BRAS = ("3-rag", "5-rag-forme", "8-raft")


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def dossiers(bras: str) -> list[dict]:
    """Une entrée par question et par graine : toutes ses notes."""
    trouves: dict[tuple[str, str], dict] = {}
    for ligne in LIGNES:
        if ligne["bras"] == bras and ligne["cas"] != "tous":
            cas = trouves.setdefault((ligne["graine"], ligne["cas"]), {"genre": ligne["genre"]})
            cas[ligne["mesure"]] = ligne["valeur"]
    return list(trouves.values())


def part(cas: list[dict], mesure: str) -> str:
    return f"{sum(c[mesure] for c in cas):.0f}/{len(cas)}"


def lire_un_bras(bras: str) -> list[str]:
    cas = dossiers(bras)
    avec = [c for c in cas if c.get("passage retrouvé") == 1]
    sans = [c for c in cas if c.get("passage retrouvé") == 0]
    muettes = [c for c in cas if c["genre"] == "sans réponse"]
    return [
        part(avec, "connaissance"),
        part(avec, "source juste"),
        part(sans, "aveu"),
        part(muettes, "aveu"),
        part(avec, "aveu"),
    ]


TITRES = {
    "fait juste, passage retrouvé": 0,
    "source juste, passage retrouvé": 1,
    "aveu, passage manqué": 2,
    "aveu, question sans réponse": 3,
    "aveu à tort, passage retrouvé": 4,
}
toutes = lire()
for modele in dict.fromkeys(ligne["modele"] for ligne in toutes):
    LIGNES = [ligne for ligne in toutes if ligne["modele"] == modele]
    if not set(BRAS) <= {ligne["bras"] for ligne in LIGNES}:
        continue
    colonnes = [lire_un_bras(bras) for bras in BRAS]
    print(f"{modele}, toutes graines\n{'':32}" + "".join(f"{bras:>14}" for bras in BRAS))
    for titre, rang in TITRES.items():
        print(f"{titre:32}" + "".join(f"{colonne[rang]:>14}" for colonne in colonnes))
