"""Pose douze questions sur Orvelune, sans puis avec le passage qui y répond."""

import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DONNEES = Path(__file__).parents[1] / "donnees"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 28}


def empreinte() -> str:
    installes = ollama.list().models
    noms = {MODELE, f"{MODELE}:latest"}
    return next(m.digest for m in installes if m.model in noms)[:12]


def lire_passage(document: str, section: str) -> str:
    texte = (DONNEES / "documents" / document).read_text("utf-8")
    return texte.split(f"## {section}\n")[1].split("\n## ")[0].strip()


def demander(prompt: str) -> str:
    options = {**OPTIONS, "stop": ["\n"]}
    return ollama.generate(model=MODELE, prompt=prompt, options=options).response


avant = empreinte()
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()[:12]
bilan = {"sans le passage": 0, "avec le passage": 0}
for cas in map(json.loads, lignes):
    question, fait, source = cas["question"], cas["faits"][0], cas["passages"][0]
    passage = lire_passage(source["document"], source["section"])
    consigne = "Réponds à la question avec le texte."
    enrichi = f"Texte :\n{passage}\n\n{consigne}\nQuestion : {question}"
    reponses = zip(bilan, [demander(question), demander(enrichi)], strict=True)
    print(f"{question} (attendu : {fait})")
    for situation, reponse in reponses:
        trouve = fait in reponse
        bilan[situation] += trouve
        print(f"  {'[oui]' if trouve else '[non]'} {situation} : {reponse[:58]}…")

for situation, nombre in bilan.items():
    print(f"Fait présent, {situation} : {nombre}/{len(lignes)}")
print(f"Empreinte du modèle avant : {avant}, après : {empreinte()}")
