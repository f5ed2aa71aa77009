"""Note chaque réponse, sans modèle juge : 04_noter.py [mes_reponses.jsonl]."""

import re
import sys
from collections import Counter
from pathlib import Path

from mesures import CITATION, DONNEES, contient, lire, normaliser, refuse

FICHIER = Path((*sys.argv[1:], Path(__file__).with_name("reponses.jsonl"))[0])
CIBLES = {"citation valide": (">=", 85), "refus justifié": (">=", 80), "refus à tort": ("<=", 15)}


def mots(texte: str) -> list[str]:
    return re.findall(r"\w+", normaliser(CITATION.sub(" ", texte)))


def f1(reponse: list[str], reference: list[str]) -> float:
    communs = sum((Counter(reponse) & Counter(reference)).values())
    return 2 * communs / (len(reponse) + len(reference))


def citation_valide(reponse: str, passages: list[dict], faits: list[str]) -> bool:
    fournis = {f"doc-{n}": passage["texte"] for n, passage in enumerate(passages, 1)}
    cites = [nom.strip() for groupe in CITATION.findall(reponse) for nom in groupe.split(",")]
    bons = [any(contient(fournis.get(nom, ""), fait) for fait in faits) for nom in cites]
    return bool(cites) and all(bons)


def noter(ligne: dict, cas: dict) -> dict[str, float]:
    reponse, faits = ligne["reponse"], cas["faits"]
    refus = refuse(reponse)
    if not faits:
        return {"refus justifié": refus}
    extraits = [passage["extrait"] for passage in cas["passages"]]
    references = [mots(" ".join(lot)) for lot in (faits, extraits)]
    notes = {
        "fait présent": all(contient(reponse, fait) for fait in faits),
        "exact": mots(reponse) in references,
        "F1": max(f1(mots(reponse), reference) for reference in references),
        "refus à tort": refus,
    }
    if not refus:
        notes["citation valide"] = citation_valide(reponse, ligne["passages"], faits)
    return notes


def moyenne(lot: list[dict], mesure: str) -> tuple[float, int]:
    valeurs = [note[mesure] for note in lot if mesure in note]
    return 100 * sum(valeurs) / max(len(valeurs), 1), len(valeurs)


questions = {cas["id"]: cas for cas in lire(DONNEES / "questions.jsonl")}
notes: dict[str, dict[str, list]] = {}
for ligne in lire(FICHIER):
    cas = questions[ligne["id"]]
    genres = notes.setdefault(ligne["situation"], {})
    genres.setdefault(cas["genre"], []).append(noter(ligne, cas))

MESURES = ("fait présent", "exact", "F1", "citation valide", "refus à tort")
for situation, genres in notes.items():
    print(f"{situation}, en %\n{'genre':16}" + "".join(f"   {nom}" for nom in MESURES))
    genres["ensemble"] = [note for lot in genres.values() for note in lot]
    for genre, lot in genres.items():
        if genre != "sans réponse":
            cases = [f"{moyenne(lot, nom)[0]:{len(nom) + 3}.0f}" for nom in MESURES]
            print(f"{genre:16}" + "".join(cases))
    print()

print(f"{'cible, recherche':18} {'mesuré':>8} {'sur':>4} {'visé':>8}")
for mesure, (signe, seuil) in CIBLES.items():
    valeur, nombre = moyenne(notes["recherche"]["ensemble"], mesure)
    atteinte = valeur >= seuil if signe == ">=" else valeur <= seuil
    verdict = "atteint" if atteinte else "manqué"
    print(f"{mesure:18} {valeur:6.0f} % {nombre:4} {signe:>3} {seuil} %  {verdict}")
