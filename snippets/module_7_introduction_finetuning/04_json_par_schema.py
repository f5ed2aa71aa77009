"""Impose un schéma JSON aux 20 mêmes réponses, puis vérifie les valeurs."""

import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
DONNEES = Path(__file__).parents[1] / "donnees"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 60}
SCHEMA = json.loads(Path(__file__).with_name("schema_avis.json").read_text("utf-8"))
CONSIGNE = f"""\
Extrais de l'avis le nom du produit et le sentiment (positif ou négatif).
Réponds en JSON selon ce schéma : {json.dumps(SCHEMA, ensure_ascii=False)}"""


def extraire(avis: str) -> dict:
    messages = [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": f"Avis : {avis}"},
    ]
    reponse = ollama.chat(MODELE, messages, format=SCHEMA, options=OPTIONS)
    return json.loads(reponse.message.content) if reponse.done_reason == "stop" else {}


lignes = (DONNEES / "avis_clients.jsonl").read_text("utf-8").splitlines()
avis = [json.loads(ligne) for ligne in lignes]
extraits = [extraire(un_avis["texte"]) for un_avis in avis]
paires = list(zip(avis, extraits, strict=True))

valides = sum(set(e) == set(SCHEMA["required"]) for e in extraits)
produits = sum(e["produit"] == a["produit"] for a, e in paires if e)
sentiments = sum(e["sentiment"] == a["etiquette"] for a, e in paires if e)
print(f"forme conforme au schéma : {valides}/{len(avis)}")
print(f"produit exact            : {produits}/{len(avis)}")
print(f"sentiment exact          : {sentiments}/{len(avis)}")
for attendu, extrait in paires[:4]:
    print(f"  attendu {attendu['produit']}, {attendu['etiquette']} ; reçu {extrait}")
