"""Mesure la recherche exacte et HNSW, de 100 à 100 000 vecteurs : durée, mémoire, recall."""

import json
import os
import re
import sys
import time
from pathlib import Path

import chromadb
import matplotlib.pyplot as plt
import numpy as np
import ollama
import psutil
from chromadb.config import Settings

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
PLUS_GRAND = int((*sys.argv[1:], 100_000)[0])
TAILLES = [n for n in (100, 1000, 10_000, 100_000) if n <= PLUS_GRAND]
K = 10
ENCRES = {
    "clair": ("#1a1a1a", "#1f5f8b", "#b3470f"),
    "sombre": ("#e8e8e8", "#7cc4f5", "#ffb074"),
}


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE, input=lot).embeddings for lot in lots])


def multiplier(reels: np.ndarray, nombre: int) -> np.ndarray:
    hasard = np.random.default_rng(7)
    modeles = reels[hasard.integers(0, len(reels), nombre)]
    bruit = hasard.standard_normal(modeles.shape, dtype=np.float32)
    voisins = modeles + 0.02 * bruit
    return voisins / np.linalg.norm(voisins, axis=1, keepdims=True)


def ajouter(debut: int, fin: int, pas: int = 5000) -> float:
    depart = time.perf_counter()
    for d in range(debut, fin, pas):
        rangs = range(d, min(d + pas, fin))
        collection.add(ids=[str(i) for i in rangs], embeddings=vecteurs[d : rangs.stop])
    hnsw(requetes[0], fin)  # Chroma achève son index à la première recherche
    return time.perf_counter() - depart


def exacte(requete: np.ndarray, taille: int) -> set[int]:
    scores = vecteurs[:taille] @ requete
    return set(np.argpartition(-scores, K)[:K].tolist())


def hnsw(requete: np.ndarray, _: int) -> set[int]:
    trouves = collection.query(query_embeddings=[requete], n_results=K, include=[])
    return {int(i) for i in trouves["ids"][0]}


def chronometrer(recherche, taille: int) -> tuple[list[set[int]], float]:
    recherche(requetes[0], taille)  # un tour pour rien
    debut = time.perf_counter()
    trouves = [recherche(requete, taille) for requete in requetes]
    return trouves, 1000 * (time.perf_counter() - debut) / len(requetes)


def memoire() -> float:
    return psutil.Process().memory_info().rss / 2**20


def tracer(theme: str, encre: str, bleu: str, orange: str) -> None:
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color")
    style = {"svg.hashsalt": "echelle", "svg.fonttype": "none", "ytick.color": encre}
    with plt.rc_context(style | dict.fromkeys(cles, encre)):
        figure, (gauche, droite) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
        gauche.loglog(TAILLES, durees["exacte"], "o-", color=bleu, label="exacte (numpy)")
        gauche.loglog(TAILLES, durees["HNSW"], "s--", color=orange, label="HNSW (Chroma)")
        gauche.set(xlabel="vecteurs", ylabel="ms par question", facecolor="none")
        droite.semilogx(TAILLES, rappels, "s--", color=orange)
        droite.set(xlabel="vecteurs", ylabel="recall@10 de HNSW (%)", facecolor="none")
        droite.set_ylim(0, 105)
        figure.legend(loc="outside upper center", ncols=2, framealpha=0)
        chemin = f"figures/echelle-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


documents = sorted((DONNEES / "documents").glob("*.md"))
sections = [s for d in documents for s in re.split(r"(?m)^## ", d.read_text("utf-8"))[1:]]
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
reels = vectoriser(sections).astype(np.float32)
requetes = vectoriser([json.loads(ligne)["question"] for ligne in lignes]).astype(np.float32)
vecteurs = multiplier(reels, max(TAILLES))
client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
collection = client.create_collection(
    "echelle",
    embedding_function=None,
    configuration={"hnsw": {"space": "cosine"}},
)

durees: dict[str, list[float]] = {"exacte": [], "HNSW": []}
rappels, faits, construction, avant = [], 0, 0.0, memoire()
print(f"Vecteurs tirés près de {len(reels)} vrais, {vecteurs.shape[1]} nombres chacun")
print(f"\n{'':9} {'exacte':^15} {'HNSW':^34}")
print(f"{'vecteurs':>9} {'ms':>7} {'Mio':>7} {'construire':>11} {'ms':>7} {'Mio':>7} {'recall':>7}")
for taille in TAILLES:
    construction += ajouter(faits, taille)
    faits = taille
    vrais, ms_exacte = chronometrer(exacte, taille)
    approches, ms_hnsw = chronometrer(hnsw, taille)
    durees["exacte"].append(ms_exacte)
    durees["HNSW"].append(ms_hnsw)
    communs = [len(a & b) / K for a, b in zip(vrais, approches, strict=True)]
    rappels.append(100 * float(np.mean(communs)))
    mio = vecteurs[:taille].nbytes / 2**20
    print(
        f"{taille:9} {ms_exacte:7.2f} {mio:7.1f} {construction:9.1f} s {ms_hnsw:7.2f}"
        f" {max(0.0, memoire() - avant):7.1f} {rappels[-1]:5.0f} %"
    )

Path("figures").mkdir(exist_ok=True)
for theme, encres in ENCRES.items():
    tracer(theme, *encres)
