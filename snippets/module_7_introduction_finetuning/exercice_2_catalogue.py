"""Exercice 2 : interdire au modèle d'inventer un nom de produit."""

# --8<-- [start:imports]
import csv
import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
DONNEES = Path(__file__).parents[1] / "donnees"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 60}

with (DONNEES / "documents/tarifs.csv").open(encoding="utf-8", newline="") as fichier:
    lignes = csv.DictReader(fichier, delimiter=";")
    CATALOGUE = [ligne["produit"] for ligne in lignes if ligne["usage"]]
# --8<-- [end:imports]


# --8<-- [start:depart]
def construire_schema(catalogue: list[str]) -> dict:
    return {
        "type": "object",
        "properties": {"produit": {"type": "string", "maxLength": 30}},
        "required": ["produit"],
    }


# --8<-- [end:depart]
# --8<-- [start:solution]
def construire_schema(catalogue: list[str]) -> dict:
    return {
        "type": "object",
        "properties": {"produit": {"type": "string", "enum": catalogue}},
        "required": ["produit"],
        "additionalProperties": False,
    }


# --8<-- [end:solution]
# --8<-- [start:verification]
avis = (DONNEES / "avis_clients.jsonl").read_text("utf-8").splitlines()[:6]
justes = 0
for un_avis in map(json.loads, avis):
    schema = construire_schema(CATALOGUE)
    prompt = f"Donne en JSON le produit de cet avis : {un_avis['texte']}"
    r = ollama.generate(model=MODELE, prompt=prompt, format=schema, options=OPTIONS)
    assert r.done_reason == "stop", f"réponse coupée : {r.response!r}"
    produit = json.loads(r.response)["produit"]
    assert produit in CATALOGUE, f"« {produit} » n'est pas au catalogue"
    justes += produit == un_avis["produit"]
print(f"{len(avis)} noms sur {len(avis)} sont au catalogue.")
print(f"{justes} sur {len(avis)} désignent le bon produit.")
# --8<-- [end:verification]
