"""Le même pipeline avec LlamaIndex, et Ollama pour le modèle et les embeddings."""

import os
import re
from pathlib import Path

from llama_index.core import ChatPromptTemplate, VectorStoreIndex
from llama_index.core.schema import TextNode
from llama_index.embeddings.ollama import OllamaEmbedding
from llama_index.llms.ollama import Ollama

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
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

noeuds = []
for chemin in sorted(DOCUMENTS.glob("*.md")):
    for texte in re.split(r"(?m)^## ", chemin.read_text("utf-8"))[1:]:
        source = f"{chemin.name}, {texte.splitlines()[0]}"
        cle = f"doc-{len(noeuds) + 1}"
        noeud = TextNode(
            text=" ".join(texte.split()),
            metadata={"cle": cle, "source": source},
            excluded_embed_metadata_keys=["cle", "source"],
            excluded_llm_metadata_keys=["source"],
            metadata_template="[{value}]",
            text_template="{metadata_str} {content}",
        )
        noeuds.append(noeud)

embeddings = OllamaEmbedding(model_name=MODELE_EMBEDDING, base_url=ADRESSE)
modele = Ollama(
    model=MODELE,
    base_url=ADRESSE,
    temperature=0,
    context_window=2048,
    request_timeout=300,
    additional_kwargs={"seed": 7, "num_predict": 60},
)
prompt = ChatPromptTemplate.from_messages(
    [("system", CONSIGNE), ("user", "Passages :\n{context_str}\n\nQuestion : {query_str}")]
)
index = VectorStoreIndex(noeuds, embed_model=embeddings)
moteur = index.as_query_engine(llm=modele, similarity_top_k=2, text_qa_template=prompt)

for question in QUESTIONS:
    reponse = moteur.query(question)
    print(f"{question}\n  {' '.join(str(reponse).split())}")
    for trouve in reponse.source_nodes:
        print(f"  [{trouve.metadata['cle']}] {trouve.metadata['source']}")
