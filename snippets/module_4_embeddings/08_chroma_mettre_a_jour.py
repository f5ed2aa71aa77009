"""Change un prix dans un document, le réindexe seul, puis supprime le document."""

import os
import re
import shutil
import time
from pathlib import Path

import chromadb
import ollama
from chromadb.config import Settings

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
QUESTION = "Combien coûte le Fanal Cézallier ?"
PRIX = re.compile(r"Fanal Cézallier coûte (\d+ euros)")


def vectoriser(textes: list[str]) -> list:
    return list(ollama.embed(model=MODELE, input=textes).embeddings)


def indexer(chemin: Path) -> None:
    textes = re.split(r"(?m)^(?=## )", chemin.read_text("utf-8"))
    collection.delete(where={"document": chemin.name})
    collection.add(
        ids=[f"{chemin.name}#{rang}" for rang in range(len(textes))],
        documents=textes,
        embeddings=vectoriser(textes),
        metadatas=[{"document": chemin.name}] * len(textes),
    )


def chercher(moment: str, debut: float) -> None:
    duree = 1000 * (time.perf_counter() - debut)
    trouves = collection.query(query_embeddings=vectoriser([QUESTION]), n_results=5)
    prix = [trouve[1] for t in trouves["documents"][0] if (trouve := PRIX.search(t))]
    print(f"{moment} : {duree:.0f} ms, {collection.count()} sections")
    print(f"  prix dans les cinq premières : {', '.join(prix) or 'aucun'}")


reglages = Settings(anonymized_telemetry=False)
client = chromadb.PersistentClient("base", settings=reglages)
collection = client.get_or_create_collection(
    "mise_a_jour",
    embedding_function=None,
    configuration={"hnsw": {"space": "cosine"}},
)
copie = Path("documents")
copie.mkdir(exist_ok=True)
vectoriser(["échauffement : le modèle se charge"])

debut = time.perf_counter()
for original in sorted(DOCUMENTS.glob("*.md")):
    indexer(Path(shutil.copy(original, copie)))
chercher("Tout indexer", debut)

faq = copie / "faq_produits.md"
texte = faq.read_text("utf-8")
faq.write_text(texte.replace("coûte 189 euros", "coûte 199 euros"), "utf-8")
debut = time.perf_counter()
indexer(faq)
chercher("Réindexer un document", debut)

debut = time.perf_counter()
collection.delete(where={"document": faq.name})
chercher("Supprimer ce document", debut)
