"""Demander au modèle de base ses réponses en anglais : les rejouer limite l'oubli.

`python -m scripts.cours_fr.rejeu` récrit anglais.jsonl (OLLAMA_HOST choisit le serveur).
"""

from __future__ import annotations

import json

import ollama
from rich.progress import track

from scripts.cours_fr import banque
from scripts.lecons.modeles import MODELE_DE_REFERENCE
from scripts.socle import fichiers
from scripts.socle.commandes import console

OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 160}


def repondre(question: str) -> str | None:
    """La réponse du modèle de base, ou rien si elle ne tient pas dans `num_predict` tokens."""
    messages = [{"role": "user", "content": question}]
    reponse = ollama.chat(MODELE_DE_REFERENCE, messages, options=OPTIONS)
    return (reponse.message.content or "").strip() if reponse.done_reason == "stop" else None


def principal() -> None:
    """Toutes les questions en anglais des banques, et celles auxquelles il répond en entier."""
    sources = banque.hors_faits()["anglais"] + banque.conversations()["anglais"]
    questions = list(dict.fromkeys(entree["question"] for entree in sources))
    lignes = []
    for question in track(questions, description="Rejeu", console=console):
        if reponse := repondre(question):
            paire = {"question": question, "reponse": reponse}
            lignes.append(json.dumps(paire, ensure_ascii=False))
    fichiers.ecrire(banque.ANGLAIS, "\n".join(lignes) + "\n")
    print(f"{len(lignes)} réponses entières pour {len(questions)} questions.")


if __name__ == "__main__":
    principal()
