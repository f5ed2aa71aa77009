"""Note chaque réponse et range tout dans un seul tableau, resultats.csv : python 05_noter.py."""

import argparse
import csv
import json
import re
from collections import Counter
from pathlib import Path

CLES = {"reponse", "source", "confiance"}
COLONNES = ("modele", "graine", "bras", "cas", "genre", "appris", "mesure", "valeur")
FICHIER = re.compile(r"[\w-]+\.(md|pdf|csv|html|eml)")
AVEU = re.compile(r"\bje ne (sais|trouve|peux)|n'y est pas|aucune info")


# --8<-- [start:notes]
def lire_json(reponse: str) -> dict | None:
    """L'objet demandé, ou None : ces trois clés exactement, trois textes, une confiance permise."""
    try:
        objet = json.loads(reponse)
    except ValueError:
        return None
    if not isinstance(objet, dict) or set(objet) != CLES:
        return None
    textes = all(isinstance(valeur, str) for valeur in objet.values())
    return objet if textes and objet["confiance"] in ("haute", "basse") else None


def coherent(objet: dict) -> bool:
    """Une source va avec une confiance haute ; pas de source, avec une confiance basse."""
    if objet["source"] == "aucune":
        return objet["confiance"] == "basse"
    return objet["confiance"] == "haute" and bool(FICHIER.fullmatch(objet["source"]))


def contient(texte: str, faits: list[str]) -> bool:
    return all(re.search(rf"(?<!\w){re.escape(f)}(?!\w)", texte, re.I) for f in faits)


def noter(ligne: dict) -> dict[str, float]:
    objet = lire_json(ligne["reponse"])
    dit = objet["reponse"] if objet else ligne["reponse"]
    notes = {"json": objet is not None, "comportement": bool(objet) and coherent(objet)}
    notes["aveu"] = bool(AVEU.search(dit.lower())) or bool(objet and objet["source"] == "aucune")
    if ligne["faits"]:
        notes["connaissance"] = contient(dit, ligne["faits"])
        notes["source juste"] = bool(objet) and objet["source"] in ligne["sources"]
        notes["passage retrouvé"] = ligne["retrouvé"]
    if "anciens" in ligne:
        notes["ancien fait"] = contient(dit, ligne["anciens"])
    return notes


def noter_un_avis(ligne: dict) -> dict[str, float]:
    dit = ligne["reponse"].strip(' ."\n').lower()
    notes = {"classe juste": dit == ligne["faits"][0], "classe permise": dit in CLASSES}
    if ligne["documents"]:
        [(majorite, _)] = Counter(ligne["documents"]).most_common(1)
        notes["vote des voisins"] = majorite == ligne["faits"][0]
    return notes


# --8<-- [end:notes]
CLASSES = ("positif", "négatif")
lecteur = argparse.ArgumentParser(description=__doc__)
lecteur.add_argument("--modele", default="smollm2:135m")
lecteur.add_argument("--graine", type=int, default=7)
options = lecteur.parse_args()
lignes = []


def ajouter(bras: str, mesures: dict, cas: str = "tous", genre: str = "", appris: str = "") -> None:
    for mesure, valeur in mesures.items():
        traits = (options.modele, options.graine, bras, cas, genre, appris)
        lignes.append(dict(zip(COLONNES, (*traits, mesure, f"{valeur:.6g}"), strict=True)))


for fichier in sorted(Path("reponses").glob("*.jsonl")):
    for ligne in map(json.loads, fichier.read_text("utf-8").splitlines()):
        notes = (noter if ligne["id"].startswith("q") else noter_un_avis)(ligne)
        couts = {"tokens du prompt": ligne["tokens"], "latence (s)": ligne["latence_s"]}
        appris = ligne.get("appris", "")
        ajouter(fichier.stem, {**notes, **couts}, ligne["id"], ligne["genre"], appris)
for fichier in sorted(Path("couts").glob("*.json")):
    couts = json.loads(fichier.read_text("utf-8"))
    for matrice, ecart in couts.pop("déplacements", {}).items():
        ajouter(fichier.stem, {"déplacement": ecart}, matrice)
    ajouter(fichier.stem.removeprefix("bras-"), couts)
if not lignes:
    raise SystemExit("Aucune réponse à noter : lancez d'abord 04_interroger.py.")
with Path("resultats.csv").open("w", encoding="utf-8", newline="") as sortie:
    ecrivain = csv.DictWriter(sortie, COLONNES, lineterminator="\n")
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
print(f"resultats.csv : {len(lignes)} lignes")
for ligne in lignes[:6]:
    print("  " + ", ".join(f"{nom}={ligne[nom]}" for nom in ("bras", "cas", "mesure", "valeur")))
