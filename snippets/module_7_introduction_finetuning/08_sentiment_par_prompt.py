"""Classe 20 avis par zero-shot puis few-shot : la ligne de départ à battre."""

import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
AVIS = Path(__file__).parents[1] / "donnees" / "avis_clients.jsonl"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 8}
CONSIGNE = "Classe l'avis. Réponds par un seul mot : positif ou négatif."
CLASSES = ["positif", "négatif"]
EXEMPLES = [
    ("Ma Lumisette éclaire toute la nuit, je suis ravie.", "positif"),
    ("La Galapiat est tombée en panne au bout de trois jours.", "négatif"),
    ("Une Orbelin superbe, emballée avec soin.", "positif"),
    ("Je regrette ma Veillombre, elle n'éclaire presque rien.", "négatif"),
]


def classer(texte: str, exemples: list, schema: dict | None) -> str:
    messages = [{"role": "system", "content": CONSIGNE}]
    for avis, classe in exemples:
        messages.append({"role": "user", "content": avis})
        messages.append({"role": "assistant", "content": classe})
    messages.append({"role": "user", "content": texte})
    reponse = ollama.chat(MODELE, messages, format=schema, options=OPTIONS)
    return reponse.message.content.strip(' ."\n').lower()


def f1_macro(attendues: list, predites: list) -> float:
    scores = []
    for classe in CLASSES:
        justes = sum(a == p == classe for a, p in zip(attendues, predites, strict=True))
        total = attendues.count(classe) + predites.count(classe)
        scores.append(2 * justes / total)
    return sum(scores) / len(scores)


avis = [json.loads(ligne) for ligne in AVIS.read_text("utf-8").splitlines()]
attendues = [un_avis["etiquette"] for un_avis in avis]
predictions = {"toujours « positif »": ["positif"] * len(avis)}
for methode, exemples, schema in (
    ("zero-shot", [], None),
    ("zero-shot, schéma imposé", [], {"type": "string", "enum": CLASSES}),
    ("few-shot, quatre exemples", EXEMPLES, None),
):
    predictions[methode] = [classer(a["texte"], exemples, schema) for a in avis]
for methode, predites in predictions.items():
    justes = sum(a == p for a, p in zip(attendues, predites, strict=True))
    positifs, negatifs = (predites.count(classe) for classe in CLASSES)
    f1, autres = f1_macro(attendues, predites), len(avis) - positifs - negatifs
    print(f"{methode} : exactitude {justes}/{len(avis)}, F1 macro {f1:.2f}")
    print(f"  {positifs} « positif », {negatifs} « négatif », {autres} hors liste")
print("Avis par avis, dans le même ordre :")
for attendue, *predites in zip(attendues, *predictions.values(), strict=True):
    print("  " + ", ".join("juste" if p == attendue else "faux" for p in predites))
