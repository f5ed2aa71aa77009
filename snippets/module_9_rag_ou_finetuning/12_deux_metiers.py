"""Deux métiers, deux techniques : répondre d'après des documents, classer des avis."""

import csv
from pathlib import Path

import numpy as np

DOSSIER = Path(__file__).parent
METIERS = {
    "questions, faits appris": ("connaissance", "oui", "1-base", "3-rag", "7-paraphrases"),
    "questions, autres faits": ("connaissance", "non", "1-base", "3-rag", "7-paraphrases"),
    "sentiment des avis": ("classe juste", "", "avis-base", "avis-rag", "avis-affine"),
}


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def par_cas(bras: str, mesure: str, appris: str = "") -> np.ndarray:
    notes: dict[str, list[float]] = {}
    for ligne in LIGNES:
        if (ligne["bras"], ligne["mesure"], ligne["appris"]) == (bras, mesure, appris):
            notes.setdefault(ligne["cas"], []).append(ligne["valeur"])
    return np.array([np.mean(valeurs) for valeurs in notes.values()])


def intervalle(parts: np.ndarray) -> str:
    tirages = np.random.default_rng(9).integers(0, len(parts), (2000, len(parts)))
    bas, haut = np.percentile(parts[tirages].mean(axis=1), (2.5, 97.5))
    return f"{100 * parts.mean():.0f} [{100 * bas:.0f} ; {100 * haut:.0f}]"


toutes = lire()
for modele in dict.fromkeys(ligne["modele"] for ligne in toutes):
    LIGNES = [ligne for ligne in toutes if ligne["modele"] == modele]
    if "avis-affine" not in {ligne["bras"] for ligne in LIGNES}:
        continue
    titres = ("prompt seul", "RAG", "affiné", "affiné - RAG")
    print(f"{modele}, en %\n{'':28}" + "".join(f"{titre:>17}" for titre in titres))
    for metier, (mesure, appris, *bras) in METIERS.items():
        parts = [par_cas(nom, mesure, appris) for nom in bras]
        cases = [intervalle(lot) for lot in (*parts, parts[2] - parts[1])]
        print(f"{metier:28}" + "".join(f"{case:>17}" for case in cases))
    permises = [f"{100 * par_cas(nom, 'classe permise').mean():.0f}" for nom in bras]
    print(f"{'  dont un mot permis':28}" + "".join(f"{case:>17}" for case in permises))
    vote = 100 * par_cas("avis-rag", "vote des voisins").mean()
    print(f"  vote des quatre voisins, sans modèle : {vote:.0f} %")
