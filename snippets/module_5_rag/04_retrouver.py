"""Retrouve les k passages les plus proches, avec leur score et leur source."""

import json
import os
import re
import sys
import unicodedata
from pathlib import Path

import chromadb
import ollama
from chromadb.config import Settings

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
INDEXES = ("faq_produits.md", "notes_rh.md", "reglement_interieur.md")
QUESTION = " ".join(sys.argv[1:]) or "Combien de jours ai-je pour renvoyer une lampe ?"


def slug(titre: str) -> str:
    sans_accents = unicodedata.normalize("NFKD", titre).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", sans_accents.lower()))


def vectoriser(textes: list[str]) -> list:
    return list(ollama.embed(model=MODELE, input=textes).embeddings)


def indexer(document: str) -> None:
    textes = re.split(r"(?m)^#+ ", (DONNEES / "documents" / document).read_text("utf-8"))[1:]
    collection.upsert(
        ids=[f"{document}#{slug(texte.split(chr(10))[0])}" for texte in textes],
        documents=textes,
        embeddings=vectoriser(textes),
    )


def retrouver(question: str, k: int) -> list[tuple[str, float, str]]:
    trouves = collection.query(query_embeddings=vectoriser([question]), n_results=k)
    scores = [1 - distance for distance in trouves["distances"][0]]
    return list(zip(trouves["ids"][0], scores, trouves["documents"][0], strict=True))


def trouve(passage: dict, resultats: list[tuple[str, float, str]]) -> bool:
    return any(
        source.startswith(passage["document"]) and passage["extrait"] in texte
        for source, _, texte in resultats
    )


reglages = Settings(anonymized_telemetry=False)
collection = chromadb.PersistentClient("base", settings=reglages).get_or_create_collection(
    f"trois-documents-{slug(MODELE)}",
    embedding_function=None,
    configuration={"hnsw": {"space": "cosine"}},
)
if not collection.count():
    for document in INDEXES:
        indexer(document)

print(QUESTION)
for source, score, texte in retrouver(QUESTION, 5):
    print(f"  {score:.2f}  {source}\n        {' '.join(texte.split()[:14])} ...")

lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
cas = [c for c in map(json.loads, lignes) if c["passages"]]
cas = [c for c in cas if all(p["document"] in INDEXES for p in c["passages"])]
resultats = [retrouver(c["question"], 10) for c in cas]
print(f"\n{len(cas)} questions du jeu, {collection.count()} morceaux")
for k in (1, 3, 5, 10):
    reussites = [trouve(c["passages"][0], r[:k]) for c, r in zip(cas, resultats, strict=True)]
    mots = sum(len(texte.split()) for r in resultats for _, _, texte in r[:k]) / len(cas)
    print(f"  k = {k:2} : passage trouvé {sum(reussites)}/{len(cas)}, {mots:4.0f} mots à lire")
