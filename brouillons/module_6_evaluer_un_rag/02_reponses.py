"""Pose les questions au RAG et garde chaque réponse dans mes_reponses.jsonl, avec reprise."""

import csv
import json
import os
from email import message_from_bytes, policy
from pathlib import Path

import numpy as np
import ollama
from bs4 import BeautifulSoup
from pypdf import PdfReader

# --8<-- [start:reglages]
from rich.console import Console
from rich.progress import track

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
FICHIER = Path("mes_reponses.jsonl")
K = 3
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 90}
CONSIGNE = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Cite l'identifiant du passage entre crochets. Si la réponse n'y est pas, dis-le."
)
# --8<-- [end:reglages]


def lire(chemin: Path) -> str:
    if chemin.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(chemin).pages)
    if chemin.suffix == ".eml":
        message = message_from_bytes(chemin.read_bytes(), policy=policy.default)
        return f"{message['Subject']}\n\n{message.get_body().get_content()}"
    texte = chemin.read_text("utf-8")
    if chemin.suffix == ".csv":
        lignes = csv.DictReader(texte.splitlines(), delimiter=";")
        paires = ([f"{nom} : {valeur}" for nom, valeur in li.items()] for li in lignes)
        return "\n".join(map(", ".join, paires))
    if chemin.suffix == ".html":
        page = BeautifulSoup(texte, "html.parser")
        contenu = page.main or page.article or page
        for balise in contenu.find_all(["h1", "h2", "h3", "p", "table", "ul", "ol"]):
            balise.insert(0, "\n\n## " if balise.name[0] == "h" else "\n\n")
        return contenu.get_text(" ")
    return texte


def decouper(texte: str, taille: int = 100) -> list[str]:
    mots = texte.split()
    return [" ".join(mots[d : d + taille]) for d in range(0, len(mots), taille)]


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    vecteurs = [ollama.embed(model=MODELE_EMBEDDING, input=lot).embeddings for lot in lots]
    return np.vstack(vecteurs)


# --8<-- [start:suite]
def chercher(requete: np.ndarray) -> list[tuple[str, str]]:
    return [morceaux[i] for i in np.argsort(-index @ requete)[:K]]


def autour(passage: dict) -> tuple[str, str]:
    texte = " ".join(textes[passage["document"]].split())
    place = texte.casefold().find(" ".join(passage["extrait"].casefold().split()))
    debut = max(0, len(texte[:place].split()) - 30)
    return passage["document"], " ".join(texte.split()[debut : debut + 100])


def demander(question: str, passages: list[tuple[str, str]]) -> str:
    corps = "\n".join(f"[doc-{n}] {texte}" for n, (_, texte) in enumerate(passages, 1))
    messages = [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": f"Passages :\n{corps}\n\nQuestion : {question}"},
    ]
    reponse = ollama.chat(model=MODELE, messages=messages, options=OPTIONS)
    return (reponse.message.content or "").strip()


def deja_faites() -> list[dict]:
    lignes = FICHIER.read_text("utf-8").splitlines() if FICHIER.exists() else []
    return [json.loads(ligne) for ligne in lignes]


textes = {f.name: lire(f) for f in sorted((DONNEES / "documents").iterdir())}
morceaux = [(nom, m) for nom, texte in textes.items() for m in decouper(texte)]
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
questions = [json.loads(ligne) for ligne in lignes]
index = vectoriser([texte for _, texte in morceaux])
requetes = vectoriser([cas["question"] for cas in questions])

a_faire = []
for cas, requete in zip(questions, requetes, strict=True):
    retrouves = chercher(requete)
    a_faire.append((cas, "recherche", retrouves))
    if cas["passages"]:
        parfaits = [autour(passage) for passage in cas["passages"]]
        a_faire.append((cas, "recherche parfaite", (parfaits + retrouves)[:K]))

anciennes = {(ligne["id"], ligne["situation"]) for ligne in deja_faites()}
a_faire = [t for t in a_faire if (t[0]["id"], t[1]) not in anciennes]
print(f"{len(anciennes)} réponses déjà là, {len(a_faire)} à demander")
barre = Console(stderr=True)
with FICHIER.open("a", encoding="utf-8") as sortie:
    for cas, situation, passages in track(a_faire, "Questions", console=barre):
        ligne = {"id": cas["id"], "situation": situation, "modele": MODELE}
        ligne["reponse"] = demander(cas["question"], passages)
        ligne["passages"] = [{"document": nom, "texte": texte} for nom, texte in passages]
        print(json.dumps(ligne, ensure_ascii=False), file=sortie, flush=True)

reponses = deja_faites()
print(f"{len(reponses)} réponses dans {FICHIER}. Les trois premières questions :")
for cas in questions[:3]:
    print(f"\n{cas['question']} (attendu : {', '.join(cas['faits'])})")
    for ligne in reponses:
        if ligne["id"] == cas["id"]:
            print(f"  {ligne['situation']} : {ligne['reponse'][:120]}")
# --8<-- [end:suite]
