"""Mesure les trois tâches sur le jeu de test, par Ollama : 04_mesurer.py avant.

Un nombre après le moment ne garde qu'un cas sur tant : 04_mesurer.py avant 3.
"""

import json
import os
import re
import sys
import tomllib
from pathlib import Path

import jsonschema
import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
DOSSIER = Path(__file__).parent
METHODES = tomllib.loads((DOSSIER / "donnees/methodes.toml").read_text("utf-8"))
SCHEMA = DOSSIER.parent / "module_7_introduction_finetuning/schema_avis.json"
CONTROLE = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
INDICES = re.compile(r"\b(arr+|a+hoy|aye|matey|ye'?r?e?|sail\w*|crew|ship)\b", re.I)
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "stop": ["\n\n"]}
TOKENS = {"json": 30, "pirate": 30, "sentiment": 8}


def lire_test(tache: str) -> list[dict]:
    fichier = Path("donnees", tache, "test.jsonl")
    if not fichier.exists():
        raise SystemExit(f"{fichier} manque : lancez d'abord 01_fabriquer_donnees.py.")
    return [json.loads(ligne) for ligne in fichier.read_text("utf-8").splitlines()][::PAS]


def repondre(methode: dict, question: list[dict]) -> str:
    if prompt := [{"role": r, "content": t} for r, t in methode["prompt"]]:
        question = [*prompt, *(m for m in question if m["role"] != "system")]
    options = {**OPTIONS, "num_predict": TOKENS[methode["tache"]]}
    modele, schema = methode.get("modele", MODELE), methode.get("schema")
    try:
        reponse = ollama.chat(modele, question, format=schema, options=options)
    except ollama.ResponseError as erreur:
        raise SystemExit(f"Ollama ne peut pas se servir de {modele} : {erreur.error}") from None
    return reponse.message.content


def noter(tache: str, reponse: str, attendu: str) -> dict[str, bool]:
    if tache == "pirate":
        return {"pirate": bool(INDICES.search(reponse))}
    if tache == "sentiment":
        return {"exact": reponse.strip(' ."\n').lower() == attendu}
    try:
        recu = json.loads(reponse)
    except ValueError:
        recu = None
    valide = CONTROLE.is_valid(recu)
    champs = json.loads(attendu).items()
    return {"valide": valide, **{c: valide and recu[c] == v for c, v in champs}}


def mesurer(methode: dict) -> list[dict]:
    tache, mesures = methode["tache"], []
    for cas in lire_test(tache):
        messages = cas.pop("messages")
        attendu = messages.pop()["content"] if messages[-1]["role"] == "assistant" else ""
        reponse = repondre(methode, messages)
        cas |= {"tache": tache, "methode": methode["nom"], "attendu": attendu}
        mesures.append({**cas, "reponse": reponse, "notes": noter(tache, reponse, attendu)})
    return mesures


def f1_macro(mesures: list[dict]) -> float:
    attendues = [m["attendu"] for m in mesures]
    predites = [m["reponse"].strip(' ."\n').lower() for m in mesures]
    scores = []
    for classe in set(attendues):
        justes = sum(a == p == classe for a, p in zip(attendues, predites, strict=True))
        scores.append(2 * justes / (attendues.count(classe) + predites.count(classe)))
    return sum(scores) / len(scores)


def afficher(mesures: list[dict], cle: str) -> None:
    for groupe in dict.fromkeys(m[cle] for m in mesures):
        lot = [m for m in mesures if m[cle] == groupe]
        comptes = [f"{n} {sum(m['notes'][n] for m in lot)}/{len(lot)}" for n in lot[0]["notes"]]
        if lot[0]["tache"] == "sentiment":
            comptes.append(f"F1 macro {f1_macro(lot):.2f}")
        print(f"  {groupe:24} {', '.join(comptes)}")


moment, *nombre = sys.argv[1:] or [""]
if moment not in METHODES or not all(texte.isdigit() and int(texte) for texte in nombre):
    raise SystemExit(f"Usage : python 04_mesurer.py {'|'.join(METHODES)} [un cas sur combien]")
PAS = int(nombre[0]) if nombre else 1
toutes = []
fichier = Path("mesures", f"{moment}.json")
fichier.parent.mkdir(exist_ok=True)
for methode in METHODES[moment]:
    mesures = mesurer(methode)
    print(f"{methode['tache']}, {methode['nom']}")
    afficher(mesures, "genre")
    if methode["tache"] == "sentiment":
        afficher([m for m in mesures if m["tour"] != "non précisé"], "tour")
    toutes += mesures
    fichier.write_text(json.dumps(toutes, ensure_ascii=False, indent=1) + "\n", "utf-8")
