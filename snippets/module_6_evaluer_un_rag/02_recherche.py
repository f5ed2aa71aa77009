"""Mesure la recherche : recall, MRR et nDCG, par ranx puis par nos trois formules."""

import json
import os
from math import log2
from pathlib import Path

import numpy as np
import ollama
from ranx import Qrels, Run, evaluate

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"


def decouper(texte: str, taille: int = 100) -> list[str]:
    mots = texte.split()
    return [" ".join(mots[d : d + taille]) for d in range(0, len(mots), taille)]


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE, input=lot).embeddings for lot in lots])


def normaliser(texte: str) -> str:
    return " ".join(texte.casefold().split())


def pertinents(cas: dict) -> set[str]:
    noms = set()
    for rang, passage in enumerate(cas["passages"]):
        document, extrait = passage["document"], normaliser(passage["extrait"])
        bons = (
            nom
            for nom, texte in morceaux.items()
            if nom.startswith(f"{document}#") and extrait in normaliser(texte)
        )
        noms.add(next(bons, f"coupé en deux, {rang}"))
    return noms


def recall(trouves: list[str], attendus: set[str], k: int) -> float:
    return len(attendus & set(trouves[:k])) / len(attendus)


def mrr(trouves: list[str], attendus: set[str], k: int) -> float:
    rangs = (rang for rang, nom in enumerate(trouves[:k], 1) if nom in attendus)
    return 1 / next(rangs, float("inf"))


def ndcg(trouves: list[str], attendus: set[str], k: int) -> float:
    gains = [1 / log2(rang + 1) for rang in range(1, k + 1)]
    obtenu = sum(gains[i] for i, nom in enumerate(trouves[:k]) if nom in attendus)
    return obtenu / sum(gains[: len(attendus)])


MESURES = {
    "recall@1": lambda trouves, attendus: recall(trouves, attendus, 1),
    "recall@5": lambda trouves, attendus: recall(trouves, attendus, 5),
    "mrr@10": lambda trouves, attendus: mrr(trouves, attendus, 10),
    "ndcg@10": lambda trouves, attendus: ndcg(trouves, attendus, 10),
}

textes = [json.loads(t) for t in (DONNEES / "textes.jsonl").read_text("utf-8").splitlines()]
morceaux = {
    f"{texte['document']}#{rang}": morceau
    for texte in textes
    for rang, morceau in enumerate(decouper(texte["texte"]))
}
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
questions = [cas for cas in map(json.loads, lignes) if cas["passages"]]
index = vectoriser(list(morceaux.values()))
requetes = vectoriser([cas["question"] for cas in questions])

noms = np.array(list(morceaux))
trouves = {
    cas["id"]: noms[np.argsort(-index @ requete)[:10]].tolist()
    for cas, requete in zip(questions, requetes, strict=True)
}
attendus = {cas["id"]: pertinents(cas) for cas in questions}

qrels = Qrels({numero: dict.fromkeys(sorted(bons), 1) for numero, bons in attendus.items()})
run = Run({n: {nom: 10 - rang for rang, nom in enumerate(t)} for n, t in trouves.items()})
evaluate(qrels, run, list(MESURES))
notes = {cas["id"]: [run.scores[m][cas["id"]] for m in MESURES] for cas in questions}

coupes = sum(nom.startswith("coupé") for bons in attendus.values() for nom in bons)
print(f"{len(morceaux)} morceaux, {len(questions)} questions, modèle {MODELE}")
print(f"Passages coupés en deux, donc introuvables : {coupes}")
print(f"\n{'genre':16} {'questions':>9}" + "".join(f"{nom:>10}" for nom in MESURES))
genres = dict.fromkeys([cas["genre"] for cas in questions] + ["ensemble"])
for genre in genres:
    lot = [notes[cas["id"]] for cas in questions if genre in (cas["genre"], "ensemble")]
    moyennes = "".join(f"{moyenne:10.2f}" for moyenne in np.mean(lot, axis=0))
    print(f"{genre:16} {len(lot):9}{moyennes}")

a_la_main = {n: [f(t, attendus[n]) for f in MESURES.values()] for n, t in trouves.items()}
ecart = max(abs(np.subtract(notes[n], a_la_main[n])).max() for n in notes)
print(f"\nPlus grand écart entre ranx et nos formules : {ecart:.6f}")
