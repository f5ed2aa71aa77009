"""Dépasse la fenêtre du modèle sans erreur, puis compte les tokens avant d'envoyer."""

import os
import re
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
FAQ = Path(__file__).parents[1] / "donnees" / "documents" / "faq_produits.md"
OPTIONS = {"temperature": 0, "seed": 7, "num_predict": 48}
FENETRE = 1024
QUESTION = "Combien d'années les lampes Orvelune sont-elles garanties ?"
CONSIGNE = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Si la réponse n'y est pas, dis-le."
)


def rediger(passages: list[str]) -> str:
    lignes = [f"[p{rang}] {passage}" for rang, passage in enumerate(passages, 1)]
    return "Passages :\n" + "\n".join(lignes) + f"\n\nQuestion : {QUESTION}"


def envoyer(passages: list[str], fenetre: int) -> None:
    options = {**OPTIONS, "num_ctx": fenetre}
    prompt = rediger(passages)
    reponse = ollama.generate(model=MODELE, system=CONSIGNE, prompt=prompt, options=options)
    print(f"{len(passages)} passages, num_ctx={fenetre} : {reponse.prompt_eval_count} tokens lus")
    print(f"  réponse : {' '.join(reponse.response.split())[:70]}")


def etalonner(extrait: str) -> float:
    options = {**OPTIONS, "num_ctx": FENETRE, "num_predict": 1}
    reponse = ollama.generate(model=MODELE, prompt=extrait, options=options)
    return reponse.prompt_eval_count / len(extrait)


def estimer(passages: list[str]) -> int:
    return round(taux * len(CONSIGNE + rediger(passages)))


def garder(passages: list[str], budget: int) -> list[str]:
    retenus: list[str] = []
    for passage in passages:
        if estimer([*retenus, passage]) > budget:
            break
        retenus.append(passage)
    return retenus


sections = re.split(r"(?m)^## ", FAQ.read_text("utf-8"))[1:]
passages = [" ".join(section.split()) for section in sections]  # la garantie vient en premier

envoyer(passages, 2048)
envoyer(passages, FENETRE)

taux = etalonner(" ".join(passages)[:1200])
budget = FENETRE - OPTIONS["num_predict"]
print(f"\nTokens par caractère, sur un extrait : {taux:.2f}")
print(f"Budget : {budget} tokens ; estimation pour {len(passages)} passages : {estimer(passages)}")
retenus = garder(passages, round(0.9 * budget))
print(f"Estimation pour {len(retenus)} passages : {estimer(retenus)}")
envoyer(retenus, FENETRE)
