"""Pose douze questions sur Orvelune, sans puis avec le passage qui y répond."""

import json
import os
import time
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
DONNEES = Path(__file__).parents[1] / "donnees"
CONSIGNE = "Réponds à la question avec le texte.\nQuestion : "
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 28}


def fiche() -> ollama.ListResponse.Model:
    noms = {MODELE, f"{MODELE}:latest"}
    return next(m for m in ollama.list().models if m.model in noms)


def lire_passage(document: str, section: str) -> str:
    texte = (DONNEES / "documents" / document).read_text("utf-8")
    return texte.split(f"## {section}\n")[1].split("\n## ")[0].strip()


def demander(prompt: str) -> str:
    options = {**OPTIONS, "stop": ["\n"]}
    return ollama.generate(model=MODELE, prompt=prompt, options=options).response


debut, avant = time.monotonic(), fiche()
bilan = {"sans le passage": 0, "avec le passage": 0}
for ligne in (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()[:12]:
    cas = json.loads(ligne)
    question, fait, source = cas["question"], cas["faits"][0], cas["passages"][0]
    passage = lire_passage(source["document"], source["section"])
    texte = f"Texte :\n{passage}\n\n{CONSIGNE}"
    print(f"{question} (attendu : {fait})")
    for aide, prompt in zip(bilan, (question, texte + question), strict=True):
        reponse = demander(prompt)
        bilan[aide] += fait in reponse
        print(f"  {'[oui]' if fait in reponse else '[non]'} {aide} : {reponse[:58]}…")
for aide, nombre in bilan.items():
    print(f"Fait présent, {aide} : {nombre}/12")
print(f"Empreinte du modèle avant : {avant.digest[:12]}, après : {fiche().digest[:12]}")
print(f"{MODELE}, {avant.size / 1e6:.0f} Mo : {time.monotonic() - debut:.0f} s")
