"""Compose le prompt exact d'un RAG, l'affiche et compte ses tokens."""

import os
import re
from pathlib import Path

import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
INDEXES = ("faq_produits.md", "notes_rh.md", "reglement_interieur.md")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 1}
QUESTION = "Quel est le montant de la prime d'éclat ?"
CONSIGNE = (
    "Réponds d'après les passages en une phrase, suivie de l'identifiant du passage "
    "entre crochets, comme [doc-90]. Si aucun ne répond, écris : « Je ne trouve pas. »"
)


def decouper(document: str) -> list[tuple[str, str]]:
    sections = re.split(r"(?m)^## ", (DOCUMENTS / document).read_text("utf-8"))[1:]
    return [(document, re.sub(r"\n+", "\n", texte).strip()) for texte in sections]


def vectoriser(textes: list[str]) -> np.ndarray:
    return np.array(ollama.embed(model=MODELE_EMBEDDING, input=textes).embeddings)


def retrouver(question: str, k: int) -> dict[str, int]:
    scores = index @ vectoriser([question])[0]
    return {f"doc-{rang + 1}": int(rang) for rang in np.argsort(-scores)[:k]}


def composer(question: str, passages: dict[str, str]) -> list[dict[str, str]]:
    bloc = "\n".join(f"[{nom}] {texte}" for nom, texte in passages.items())
    return [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": f"Passages :\n{bloc}\n\nQuestion : {question}"},
    ]


def compter(messages: list[dict[str, str]]) -> int:
    return ollama.chat(MODELE, messages, options=OPTIONS).prompt_eval_count


morceaux = [morceau for document in INDEXES for morceau in decouper(document)]
index = vectoriser([texte for _, texte in morceaux])
choisis = retrouver(QUESTION, 3)
for nom, rang in choisis.items():
    document, texte = morceaux[rang]
    print(f"{nom} : {document}, {texte.split(chr(10))[0]}")
for message in composer(QUESTION, {nom: morceaux[rang][1] for nom, rang in choisis.items()}):
    print(f"\n--- {message['role']} ---\n{message['content']}")

print(f"\nTokens du prompt, pour une fenêtre de {OPTIONS['num_ctx']} :")
for k in (0, 1, 3, 6):
    passages = {nom: morceaux[rang][1] for nom, rang in retrouver(QUESTION, k).items()}
    mots = sum(len(texte.split()) for texte in passages.values())
    tokens = compter(composer(QUESTION, passages))
    print(f"  k = {k} : {tokens:4} tokens, pour {mots:3} mots de passages")
