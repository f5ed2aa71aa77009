"""Ce que coûte chaque bras : avant la première question, puis à chaque question."""

import csv
import statistics
import tomllib
from pathlib import Path

DOSSIER = Path(__file__).parent
BRAS = tomllib.loads((DOSSIER / "bras.toml").read_text("utf-8"))["bras"]
UNE_FOIS = ("entraînement (s)", "mise en service (s)", "index (s)")
CHAQUE_FOIS = ("tokens du prompt", "latence (s)")
MEMOIRES = ("mémoire d'entraînement (Mio)", "mémoire du modèle (Mio)")


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def mediane(noms: set[str], mesure: str) -> str:
    trouvees = [li["valeur"] for li in LIGNES if li["bras"] in noms and li["mesure"] == mesure]
    valeur = statistics.median(trouvees) if trouvees else 0
    return f"{valeur:.{0 if valeur >= 10 else 2}f}" if valeur >= 0.005 else "-"


toutes = lire()
for modele in dict.fromkeys(ligne["modele"] for ligne in toutes):
    LIGNES = [ligne for ligne in toutes if ligne["modele"] == modele]
    presents = {ligne["bras"] for ligne in LIGNES}
    colonnes = ("entraîner", "servir", "indexer", "tokens", "latence", "Mio entr.", "Mio serv.")
    print(f"{modele}\n{'médianes':28}" + "".join(f"{nom:>10}" for nom in colonnes))
    for nom, bras in BRAS.items():
        if nom in presents and nom[0].isdigit() and "jeu" not in bras:
            noms = {nom, bras.get("modele", "")}
            cases = [mediane(noms, mesure) for mesure in (*UNE_FOIS, *CHAQUE_FOIS, *MEMOIRES)]
            print(f"{bras['titre']:28}" + "".join(f"{case:>10}" for case in cases))
