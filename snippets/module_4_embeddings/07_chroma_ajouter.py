"""Range des sections dans une base Chroma, sur le disque, puis les cherche."""

import os
import re
from pathlib import Path

import chromadb
import ollama
from chromadb.config import Settings

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
QUESTION = "Combien de jours de congés payés par an ?"


def vectoriser(textes: list[str]) -> list:
    return list(ollama.embed(model=MODELE, input=textes).embeddings)


def ajouter(chemin: Path) -> None:
    textes = re.split(r"(?m)^(?=## )", chemin.read_text("utf-8"))
    collection.upsert(
        ids=[f"{chemin.name}#{rang}" for rang in range(len(textes))],
        documents=textes,
        embeddings=vectoriser(textes),
        metadatas=[
            {"document": chemin.name, "section": texte.split("\n")[0].strip("# ")}
            for texte in textes
        ],
    )


reglages = Settings(anonymized_telemetry=False)
client = chromadb.PersistentClient("base", settings=reglages)
collection = client.get_or_create_collection(
    "orvelune",
    embedding_function=None,
    configuration={"hnsw": {"space": "cosine"}},
)
for chemin in sorted(DOCUMENTS.glob("*.md")):
    ajouter(chemin)
print(f"{collection.count()} sections dans la base.\n\n{QUESTION}")
for filtre in (None, {"document": "compte_rendu_ag_2026.md"}):
    trouves = collection.query(query_embeddings=vectoriser([QUESTION]), n_results=3, where=filtre)
    print("\nSans filtre :" if filtre is None else f"\nAvec le filtre {filtre} :")
    for d, source in zip(trouves["distances"][0], trouves["metadatas"][0], strict=True):
        print(f"  distance {d:.2f}  {source['document']}, {source['section']}")
