"""Le même pipeline avec LangChain : Chroma, et Ollama pour le modèle et les embeddings."""

import os
import re
from pathlib import Path

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_ollama import ChatOllama, OllamaEmbeddings

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
CONSIGNE = (
    "Réponds d'après les passages en une phrase, suivie de l'identifiant du passage "
    "entre crochets, comme [doc-90]. Si aucun ne répond, écris : « Je ne trouve pas. »"
)
QUESTIONS = [
    "Combien d'années les lampes Orvelune sont-elles garanties ?",
    "Combien de jours ai-je pour renvoyer une lampe ?",
    "Combien de jours de congés payés Orvelune accorde-t-elle par an ?",
]

documents = []
for chemin in sorted(DOCUMENTS.glob("*.md")):
    for texte in re.split(r"(?m)^## ", chemin.read_text("utf-8"))[1:]:
        source = f"{chemin.name}, {texte.splitlines()[0]}"
        cle = f"doc-{len(documents) + 1}"
        contenu = " ".join(texte.split())
        documents.append(Document(contenu, metadata={"cle": cle, "source": source}))

base = Chroma(
    "orvelune",
    OllamaEmbeddings(model=MODELE_EMBEDDING),
    client=chromadb.EphemeralClient(settings=Settings(anonymized_telemetry=False)),
    collection_configuration={"hnsw": {"space": "cosine"}},
)
for debut in range(0, len(documents), 64):
    base.add_documents(documents[debut : debut + 64])

prompt = ChatPromptTemplate.from_messages(
    [("system", CONSIGNE), ("human", "Passages :\n{passages}\n\nQuestion : {question}")]
)
modele = ChatOllama(model=MODELE, temperature=0, seed=7, num_ctx=2048, num_predict=60)
chaine = prompt | modele

for question in QUESTIONS:
    trouves = base.similarity_search(question, k=2)
    passages = "\n".join(f"[{d.metadata['cle']}] {d.page_content}" for d in trouves)
    reponse = chaine.invoke({"passages": passages, "question": question})
    print(f"{question}\n  {' '.join(reponse.content.split())}")
    for document in trouves:
        print(f"  [{document.metadata['cle']}] {document.metadata['source']}")
