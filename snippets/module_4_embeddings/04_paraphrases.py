"""Compare deux recherches, par embeddings et par mots communs, genre par genre."""

import csv
import json
import os
import re
import sys
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import numpy as np
import ollama
from bs4 import BeautifulSoup
from pypdf import PdfReader

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
# Préfixes de la question puis du passage, pour les modèles qui en demandent.
DE_QUESTION, DE_PASSAGE = (*sys.argv[1:3], "", "")[:2]


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


def decouper(texte: str, taille: int = 100, pas: int = 75) -> list[str]:
    mots = texte.split()
    debuts = range(0, max(1, len(mots) - (taille - pas)), pas)
    return [" ".join(mots[debut : debut + taille]) for debut in debuts]


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE, input=lot).embeddings for lot in lots])


def mots_longs(texte: str) -> set[str]:
    return set(re.findall(r"\w{5,}", texte.casefold()))


def normaliser(texte: str) -> str:
    return " ".join(texte.casefold().split())


def contient(numero: int, passage: dict) -> bool:
    document, texte = morceaux[numero]
    meme = document == passage["document"]
    return meme and normaliser(passage["extrait"]) in normaliser(texte)


def rang(passage: dict, ordre: np.ndarray) -> float:
    places = (place for place, i in enumerate(ordre) if contient(i, passage))
    return next(places, float("inf"))


def recall(cas: dict, ordre: np.ndarray) -> list[float]:
    rangs = np.array([rang(passage, ordre) for passage in cas["passages"]])
    return [float((rangs < k).mean()) for k in (1, 5)]


fichiers = sorted((DONNEES / "documents").iterdir())
morceaux = [(f.name, texte) for f in fichiers for texte in decouper(lire(f))]
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
questions = [cas for cas in map(json.loads, lignes) if cas["passages"]]

index = vectoriser([DE_PASSAGE + texte for _, texte in morceaux])
requetes = vectoriser([DE_QUESTION + cas["question"] for cas in questions])
vocabulaires = [mots_longs(texte) for _, texte in morceaux]
frequences = Counter(mot for vocabulaire in vocabulaires for mot in vocabulaire)

notes: dict[str, list] = {}
for cas, requete in zip(questions, requetes, strict=True):
    cherches = mots_longs(cas["question"])
    poids = np.array([sum(1 / frequences[m] for m in cherches & v) for v in vocabulaires])
    ordres = (np.argsort(-index @ requete), np.argsort(-poids, kind="stable"))
    mesures = [note for ordre in ordres for note in recall(cas, ordre)]
    notes.setdefault(cas["genre"], []).append(mesures)

print(f"{len(morceaux)} morceaux de {len(fichiers)} documents, modèle {MODELE}")
print(f"\n{'recall, en %':18} {'':9} {'embeddings':^12} {'mots communs':^12}")
print(f"{'genre':18} {'questions':>9} {'@1':>5} {'@5':>6} {'@1':>5} {'@5':>6}")
notes["ensemble"] = [mesures for lot in notes.values() for mesures in lot]
for genre, lot in notes.items():
    a, b, c, d = 100 * np.mean(lot, axis=0)
    print(f"{genre:18} {len(lot):9} {a:5.0f} {b:6.0f} {c:5.0f} {d:6.0f}")
