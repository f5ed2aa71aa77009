"""Résume resultats.csv en lignes à contribuer : python 16_contribuer.py "ma machine" "mon nom"."""

import argparse
import csv
import datetime
import statistics
import sys
from pathlib import Path

DOSSIER = Path(__file__).parent
COLONNES = "modele machine date graine bras connaissance comportement minutes auteur".split()


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def moyenne(lot: list[dict], bras: str, mesure: str) -> float:
    return 100 * statistics.mean(
        li["valeur"] for li in lot if (li["bras"], li["mesure"]) == (bras, mesure)
    )


def resumer(lot: list[dict]) -> list[dict]:
    durees = [li["valeur"] for li in lot if li["mesure"].endswith("(s)")]
    communs = {"modele": lot[0]["modele"], "machine": options.machine, "graine": lot[0]["graine"]}
    communs |= {"date": datetime.date.today().isoformat(), "auteur": options.auteur}
    communs["minutes"] = f"{sum(durees) / 60:.1f}"
    bras = sorted({li["bras"] for li in lot if li["mesure"] == "comportement"})
    return [
        {**communs, "bras": nom}
        | {m: f"{moyenne(lot, nom, m):.1f}" for m in ("connaissance", "comportement")}
        for nom in bras
        if nom[0].isdigit() and not nom.endswith("-vues")
    ]


lecteur = argparse.ArgumentParser(description=__doc__)
lecteur.add_argument("machine", nargs="?", default="machine à nommer")
lecteur.add_argument("auteur", nargs="?", default="anonyme")
options = lecteur.parse_args()
lignes = lire()
ecrivain = csv.DictWriter(sys.stdout, COLONNES, lineterminator="\n")
ecrivain.writeheader()
for cle in dict.fromkeys((ligne["modele"], ligne["graine"]) for ligne in lignes):
    ecrivain.writerows(resumer([li for li in lignes if (li["modele"], li["graine"]) == cle]))
