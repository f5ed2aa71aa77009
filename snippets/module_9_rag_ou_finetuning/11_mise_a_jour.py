"""Dix faits changent : réindexer contre réentraîner. Qui dit encore l'ancien ?"""

import csv
import statistics
import tomllib
from pathlib import Path

DOSSIER = Path(__file__).parent
BRAS = tomllib.loads((DOSSIER / "bras.toml").read_text("utf-8"))["bras"]
FAITS = tomllib.loads((DOSSIER / "donnees/faits_orvelune.toml").read_text("utf-8"))["fait"]
CHANGES = {fait["id"] for fait in FAITS if "nouveau" in fait}
PRETS = {"maj-rag": ["index (s)"], "maj-intact": []}
PRETS["maj-reentraine"] = ["entraînement (s)", "mise en service (s)"]


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def compter(bras: str, mesure: str, changes: bool) -> str:
    notes = [
        ligne["valeur"]
        for ligne in LIGNES
        if (ligne["bras"], ligne["mesure"]) == (bras, mesure)
        and (ligne["cas"] in CHANGES) == changes
    ]
    return f"{sum(notes):.0f}/{len(notes)}"


def delai(bras: str) -> float:
    noms = {bras, BRAS[bras].get("modele", "")}
    durees = [
        [li["valeur"] for li in LIGNES if li["bras"] in noms and li["mesure"] == mesure]
        for mesure in PRETS[bras]
    ]
    return sum(map(statistics.median, durees))


toutes = lire()
for modele in dict.fromkeys(ligne["modele"] for ligne in toutes):
    LIGNES = [ligne for ligne in toutes if ligne["modele"] == modele]
    if "maj-rag" not in {ligne["bras"] for ligne in LIGNES}:
        continue
    titres = ("prêt en (s)", "dit le nouveau", "dit l'ancien", "faits inchangés")
    print(f"{modele}, toutes graines\n{'':26}" + "".join(f"{titre:>17}" for titre in titres))
    for bras in PRETS:
        cases = [f"{delai(bras):.2f}", compter(bras, "connaissance", True)]
        cases += [compter(bras, "ancien fait", True), compter(bras, "connaissance", False)]
        print(f"{BRAS[bras]['titre']:26}" + "".join(f"{case:>17}" for case in cases))
