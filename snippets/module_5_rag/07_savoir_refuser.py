"""Compare deux façons de refuser : un seuil de distance, et l'aveu du modèle."""

import json
import os
import re
from pathlib import Path

import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
INDEXES = ("faq_produits.md", "notes_rh.md", "reglement_interieur.md")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 60}
CONSIGNE = (
    "Réponds d'après les passages en une phrase, suivie de l'identifiant du passage "
    "entre crochets, comme [doc-90]. Si aucun ne répond, écris : « Je ne trouve pas. »"
)
AVEU = re.compile(
    r"\bje ne (sais|trouve|peux)|\b(textes?|passages?|extraits?|documents?) (ne|n')"
    r"|ne figure|n'y est pas|n'est pas (indiqu|précis|mentionn|donn)|\baucune? (info|passage)"
)


def decouper(document: str) -> list[str]:
    texte = (DONNEES / "documents" / document).read_text("utf-8")
    return [re.sub(r"\n+", "\n", t).strip() for t in re.split(r"(?m)^## ", texte)[1:]]


def vectoriser(textes: list[str]) -> np.ndarray:
    return np.array(ollama.embed(model=MODELE_EMBEDDING, input=textes).embeddings)


def distances(question: str) -> np.ndarray:
    return 1 - index @ vectoriser([question])[0]


def choisir_seuil(avec: list[float], sans: list[float]) -> float:
    def gain(seuil: float) -> float:
        return np.mean(np.array(sans) > seuil) - np.mean(np.array(avec) > seuil)

    return max(sorted([*avec, *sans]), key=gain)


def modele_refuse(question: str, k: int = 2) -> bool:
    rangs = np.argsort(distances(question))[:k]
    bloc = "\n".join(f"[doc-{rang + 1}] {morceaux[rang]}" for rang in rangs)
    messages = [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": f"Passages :\n{bloc}\n\nQuestion : {question}"},
    ]
    reponse = ollama.chat(MODELE, messages, options=OPTIONS).message.content
    return AVEU.search(reponse.casefold()) is not None


morceaux = [morceau for document in INDEXES for morceau in decouper(document)]
index = vectoriser(morceaux)
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
jeu = list(map(json.loads, lignes))
sources = {c["question"]: {p["document"] for p in c["passages"]} for c in jeu}
avec = [q for q, documents in sources.items() if documents and documents <= {*INDEXES}]
sans = [q for q, documents in sources.items() if not documents]
plus_proche = {q: float(distances(q).min()) for q in avec + sans}
for nom, lot in (("avec réponse", avec), ("sans réponse", sans)):
    valeurs = [plus_proche[q] for q in lot]
    print(f"{nom} : {len(lot)} questions, distances de {min(valeurs):.2f} à {max(valeurs):.2f}")

# Le seuil se choisit sur une moitié des questions et se juge sur l'autre.
seuil = choisir_seuil([plus_proche[q] for q in avec[::2]], [plus_proche[q] for q in sans[::2]])
avec, sans = avec[1::2], sans[1::2]
par_seuil = {q for q in avec + sans if plus_proche[q] > seuil}
par_modele = {q for q in avec + sans if modele_refuse(q)}
print(f"\n{'sur la moitié restante':26} {'bons refus':>12} {'refus à tort':>14}")
for nom, refusees in (
    (f"seuil de {seuil:.2f}", par_seuil),
    ("aveu du modèle", par_modele),
    ("l'un ou l'autre", par_seuil | par_modele),
):
    bons, torts = (sum(q in refusees for q in lot) for lot in (sans, avec))
    print(f"{nom:26} {f'{bons}/{len(sans)}':>12} {f'{torts}/{len(avec)}':>14}")

print("\nQuestions sans réponse, et qui les arrête :")
for q in sans:
    qui = [nom for nom, lot in (("seuil", par_seuil), ("modèle", par_modele)) if q in lot]
    print(f"  {plus_proche[q]:.2f}  {q}\n        {' et '.join(qui) or 'personne'}")
