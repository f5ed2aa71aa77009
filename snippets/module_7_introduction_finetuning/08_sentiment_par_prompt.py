"""Classe 20 avis par zero-shot puis few-shot : la ligne de départ à battre."""

import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DONNEES = Path(__file__).parents[1] / "donnees"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 5}
CONSIGNE = "Classe l'avis. Réponds par un seul mot : positif ou négatif."
CLASSES = ["positif", "négatif"]
EXEMPLES = [
    ("Ma Lumisette éclaire toute la nuit, je suis ravie.", "positif"),
    ("La Galapiat est tombée en panne au bout de trois jours.", "négatif"),
    ("Une Orbelin superbe, emballée avec soin.", "positif"),
    ("Je regrette ma Veillombre, elle n'éclaire presque rien.", "négatif"),
]


def classer(texte: str, exemples: list) -> str:
    messages = [{"role": "system", "content": CONSIGNE}]
    for avis, classe in exemples:
        messages.append({"role": "user", "content": avis})
        messages.append({"role": "assistant", "content": classe})
    messages.append({"role": "user", "content": texte})
    reponse = ollama.chat(MODELE, messages, options=OPTIONS)
    return reponse.message.content.strip(" .\n").lower()


def f1_macro(attendues: list, predites: list) -> float:
    scores = []
    for classe in CLASSES:
        justes = sum(a == p == classe for a, p in zip(attendues, predites, strict=True))
        total = attendues.count(classe) + predites.count(classe)
        scores.append(2 * justes / total)
    return sum(scores) / len(scores)


lignes = (DONNEES / "avis_clients.jsonl").read_text("utf-8").splitlines()
avis = [json.loads(ligne) for ligne in lignes]
attendues = [un_avis["etiquette"] for un_avis in avis]
methodes = {"toujours « positif »": ["positif"] * len(avis)}
for nom, exemples in {
    "zero-shot": [],
    "few-shot": EXEMPLES,
    "few-shot, ordre inversé": EXEMPLES[::-1],
}.items():
    methodes[nom] = [classer(un_avis["texte"], exemples) for un_avis in avis]

for nom, predites in methodes.items():
    justes = sum(a == p for a, p in zip(attendues, predites, strict=True))
    detail = ", ".join(f"{predites.count(classe)} {classe}" for classe in CLASSES)
    print(f"{nom} : exactitude {justes}/{len(avis)}, F1 {f1_macro(attendues, predites):.2f}")
    print(f"  réponses : {detail}, {sum(p not in CLASSES for p in predites)} hors liste")
