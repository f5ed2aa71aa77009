"""Sauve une conversation sans jamais en écrire la moitié, puis la reprend au lancement suivant."""

import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}
FICHIER = Path("conversation.json")
SAISIES = ["Bonjour, mon casier porte le numéro 83.", "Quel numéro porte mon casier ?"]


def ecrire(fichier: Path, messages: list[dict]) -> None:
    provisoire = fichier.with_suffix(".nouveau")
    with provisoire.open("w", encoding="utf-8") as neuf:
        json.dump(messages, neuf, ensure_ascii=False, indent=1)
        neuf.flush()
        os.fsync(neuf.fileno())  # les octets sont sur le disque avant le changement de nom
    provisoire.replace(fichier)


def lire(fichier: Path) -> list[dict]:
    messages = json.loads(fichier.read_text("utf-8"))
    try:
        roles = [message["role"] for message in messages]
    except (KeyError, TypeError):
        raise ValueError("ce n'est pas une suite de messages") from None
    if roles != ["user", "assistant"] * (len(messages) // 2):
        raise ValueError("les rôles ne se suivent pas")
    return messages


messages = lire(FICHIER) if FICHIER.exists() else []
print(f"{len(messages)} messages retrouvés")
saisie = SAISIES[bool(messages)]
question = {"role": "user", "content": saisie}
reponse = ollama.chat(MODELE, [*messages, question], options=OPTIONS).message.content
print(f"{saisie}\n  > {' '.join(reponse.split())}")
ecrire(FICHIER, [*messages, question, {"role": "assistant", "content": reponse}])
print(f"{len(lire(FICHIER))} messages sauvés dans {FICHIER}")

entier = FICHIER.read_text("utf-8")
for defaut, texte in (
    ("coupé", entier[:-20]),
    ("mal rangé", '[{"role": "assistant"}]'),
    ("d'autre chose", '{"prix": 39}'),
):
    Path("abime.json").write_text(texte, "utf-8")
    try:
        lire(Path("abime.json"))
    except ValueError as erreur:
        print(f"Fichier {defaut} : refusé ({erreur})")
Path("abime.json").unlink()
