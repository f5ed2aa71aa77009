"""Pose une question à la base Chroma servie par HTTP : 09_client.py "question"."""

import os
import sys

import chromadb
import ollama
from chromadb.config import Settings

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
PORT = int(os.environ.get("COURS_PORT_CHROMA", "8123"))
question = " ".join(sys.argv[1:]) or "Combien de temps dure la garantie ?"

try:
    reglages = Settings(anonymized_telemetry=False)
    client = chromadb.HttpClient("127.0.0.1", PORT, settings=reglages)
except ValueError:
    print("Aucun serveur Chroma ne répond : lancez d'abord 09_chroma_serveur.sh.")
    raise SystemExit(1) from None

collection = client.get_collection("orvelune", embedding_function=None)
vecteurs = list(ollama.embed(model=MODELE, input=[question]).embeddings)
trouves = collection.query(query_embeddings=vecteurs, n_results=2)
print(f"{question} ({collection.count()} sections)")
for source in trouves["metadatas"][0]:
    print(f"  {source['document']}, {source['section']}")
