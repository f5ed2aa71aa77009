"""Répond d'après trois passages et vérifie chaque citation par programme."""

import json
import os
import re
from collections import Counter
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
AUTRE = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Cite l'identifiant du passage entre crochets. Si la réponse n'y est pas, dis-le."
)
FORMES = {"demandée": AUTRE, "décrite": CONSIGNE}
AVEU = re.compile(
    r"\bje ne (sais|trouve|peux)|\b(textes?|passages?|extraits?|documents?) (ne|n')"
    r"|ne figure|n'y est pas|n'est pas (indiqu|précis|mentionn|donn)|\baucune? (info|passage)"
)


def decouper(document: str) -> list[str]:
    texte = (DONNEES / "documents" / document).read_text("utf-8")
    return [re.sub(r"\n+", "\n", t).strip() for t in re.split(r"(?m)^## ", texte)[1:]]


def vectoriser(textes: list[str]) -> np.ndarray:
    return np.array(ollama.embed(model=MODELE_EMBEDDING, input=textes).embeddings)


def retrouver(question: str, k: int = 2) -> dict[str, str]:
    scores = index @ vectoriser([question])[0]
    return {f"doc-{rang + 1}": morceaux[rang] for rang in np.argsort(-scores)[:k]}


def repondre(question: str, passages: dict[str, str], consigne: str) -> str:
    bloc = "\n".join(f"[{nom}] {texte}" for nom, texte in passages.items())
    demande = f"Passages :\n{bloc}\n\nQuestion : {question}"
    messages = [{"role": "system", "content": consigne}, {"role": "user", "content": demande}]
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
bilan = {forme: Counter() for forme in FORMES}
for cas in map(json.loads, lignes):
    passages, attendu = retrouver(cas["question"]), cas["faits"][0]
    retrouve = any(cas["passages"][0]["extrait"] in texte for texte in passages.values())
    print(f"{cas['question']} (attendu : {attendu})")
    print(f"  donnés : {', '.join(passages)}{'' if retrouve else ', sans le bon passage'}")
    for forme, consigne in FORMES.items():
        reponse = repondre(cas["question"], passages, consigne)
        verdict = verifier(reponse, cas["question"], passages)
        fait = "fait présent" if attendu in reponse else "fait absent"
        bilan[forme].update([verdict, f"{fait}, {verdict}"])
        print(f"  {forme} : {' '.join(reponse.split())[:72]}")
        print(f"    -> {verdict}, {fait}")

print(f"\nSur {len(lignes)} questions, citation :{'':7}{''.join(f'{f:>13}' for f in FORMES)}")
for nom in sorted(set().union(*bilan.values())):
    print(f"  {nom:32}{' '.join(f'{bilan[forme][nom]:12}' for forme in FORMES)}")
