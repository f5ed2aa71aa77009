"""Répond d'après trois passages et vérifie chaque citation par programme."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
INDEXES = ("faq_produits.md", "notes_rh.md", "reglement_interieur.md")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 60}
CONSIGNE = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Cite l'identifiant du passage entre crochets. Si la réponse n'y est pas, dis-le."
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


def retrouver(question: str, k: int = 3) -> dict[str, str]:
    scores = index @ vectoriser([question])[0]
    return {f"doc-{rang + 1}": morceaux[rang] for rang in np.argsort(-scores)[:k]}


def repondre(question: str, passages: dict[str, str]) -> str:
    bloc = "\n".join(f"[{nom}] {texte}" for nom, texte in passages.items())
    messages = [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": f"Passages :\n{bloc}\n\nQuestion : {question}"},
    ]
    return ollama.chat(MODELE, messages, options=OPTIONS).message.content.strip()


def mots_pleins(texte: str) -> set[str]:
    return set(re.findall(r"\d+(?:[ ,]\d+)*|\w{5,}", texte.casefold()))


def verifier(reponse: str, question: str, passages: dict[str, str]) -> str:
    cites = re.findall(r"\[([^\[\]]+)\]", reponse)
    affirme = mots_pleins(re.sub(r"\[.*?\]", "", reponse)) - mots_pleins(question)
    lu = mots_pleins(" ".join(passages.get(nom, "") for nom in cites))
    defauts = {
        "aveu": AVEU.search(reponse.casefold()) is not None,
        "aucune citation": not cites,
        "identifiant inventé": not set(cites) <= set(passages),
        "citation non soutenue": not affirme or not affirme <= lu,
    }
    return next((nom for nom, vrai in defauts.items() if vrai), "citation vérifiée")


morceaux = [morceau for document in INDEXES for morceau in decouper(document)]
index = vectoriser(morceaux)
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()[:12]
verdicts: Counter[str] = Counter()
comptes = {"passage retrouvé": 0, "fait dans la réponse": 0, "fait et citation vérifiée": 0}
for cas in map(json.loads, lignes):
    passages = retrouver(cas["question"])
    reponse = repondre(cas["question"], passages)
    verdict = verifier(reponse, cas["question"], passages)
    fait = cas["faits"][0] in reponse
    verdicts[verdict] += 1
    retrouve = any(cas["passages"][0]["extrait"] in texte for texte in passages.values())
    comptes["passage retrouvé"] += retrouve
    comptes["fait dans la réponse"] += fait
    comptes["fait et citation vérifiée"] += fait and verdict == "citation vérifiée"
    print(f"{cas['question']} (attendu : {cas['faits'][0]})")
    print(f"  donnés : {', '.join(passages)}{'' if retrouve else ', sans le bon passage'}")
    print(f"  {' '.join(reponse.split())[:84]}")
    print(f"  -> {verdict}, fait {'présent' if fait else 'absent'}")

print(f"\nSur {len(lignes)} questions :")
for nom, nombre in [*comptes.items(), *sorted(verdicts.items())]:
    print(f"  {nom:26} {nombre:2}")
