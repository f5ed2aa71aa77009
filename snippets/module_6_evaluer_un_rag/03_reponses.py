"""Pose les questions au RAG et garde chaque réponse, avec reprise.

Usage : python 03_reponses.py [mes_reponses.jsonl]. Sans fichier, relit les réponses du cours.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import ollama
from mesures import DONNEES, lire
from rich.console import Console
from rich.progress import track

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
FICHIER = Path((*sys.argv[1:], Path(__file__).with_name("reponses.jsonl"))[0])
K = 3
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 90}
CONSIGNE = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Cite l'identifiant du passage entre crochets. Si la réponse n'y est pas, dis-le."
)


def decouper(texte: str, taille: int = 100) -> list[str]:
    mots = texte.split()
    return [" ".join(mots[d : d + taille]) for d in range(0, len(mots), taille)]


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    vecteurs = [ollama.embed(model=MODELE_EMBEDDING, input=lot).embeddings for lot in lots]
    return np.vstack(vecteurs)


def autour(passage: dict) -> tuple[str, str]:
    texte = " ".join(textes[passage["document"]].split())
    place = texte.casefold().find(" ".join(passage["extrait"].casefold().split()))
    debut = max(0, len(texte[:place].split()) - 30)
    return passage["document"], " ".join(texte.split()[debut : debut + 100])


def demander(question: str, passages: list[tuple[str, str]]) -> dict:
    corps = "\n".join(f"[doc-{n}] {texte}" for n, (_, texte) in enumerate(passages, 1))
    messages = [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": f"Passages :\n{corps}\n\nQuestion : {question}"},
    ]
    reponse = ollama.chat(model=MODELE, messages=messages, options=OPTIONS)
    return {
        "reponse": (reponse.message.content or "").strip(),
        "passages": [{"document": nom, "texte": texte} for nom, texte in passages],
        "tokens": reponse.prompt_eval_count,
        "lecture_ms": round((reponse.prompt_eval_duration or 0) / 1e6),
        "generation_ms": round((reponse.eval_duration or 0) / 1e6),
    }


def preparer(questions: list[dict]) -> list[tuple[dict, str, list]]:
    morceaux = [(nom, m) for nom, texte in textes.items() for m in decouper(texte)]
    index = vectoriser([texte for _, texte in morceaux])
    a_faire = []
    for cas, requete in zip(questions, vectoriser([c["question"] for c in questions]), strict=True):
        retrouves = [morceaux[i] for i in np.argsort(-index @ requete)[:K]]
        a_faire.append((cas, "recherche", retrouves))
        if cas["passages"]:
            parfaits = [autour(passage) for passage in cas["passages"]]
            a_faire.append((cas, "recherche parfaite", (parfaits + retrouves)[:K]))
    return a_faire


textes = {ligne["document"]: ligne["texte"] for ligne in lire(DONNEES / "textes.jsonl")}
questions = lire(DONNEES / "questions.jsonl")
faites = {(ligne["id"], ligne["situation"]) for ligne in lire(FICHIER)}
total = sum(2 if cas["passages"] else 1 for cas in questions)
print(f"{len(faites)} réponses déjà là, {total - len(faites)} à demander")
if len(faites) < total:
    a_faire = [t for t in preparer(questions) if (t[0]["id"], t[1]) not in faites]
    with FICHIER.open("a", encoding="utf-8") as sortie:
        for cas, situation, passages in track(a_faire, "Questions", console=Console(stderr=True)):
            ligne = {"id": cas["id"], "situation": situation, "modele": MODELE}
            ligne |= demander(cas["question"], passages)
            print(json.dumps(ligne, ensure_ascii=False), file=sortie, flush=True)

reponses = lire(FICHIER)
minutes = sum(ligne["lecture_ms"] + ligne["generation_ms"] for ligne in reponses) / 60_000
print(f"{len(reponses)} réponses dans {FICHIER.name}, {minutes:.0f} min de calcul. Les premières :")
for cas in questions[:3]:
    print(f"\n{cas['question']} (attendu : {', '.join(cas['faits'])})")
    for ligne in (autre for autre in reponses if autre["id"] == cas["id"]):
        print(f"  {ligne['situation']} : {ligne['reponse'][:120]}")
