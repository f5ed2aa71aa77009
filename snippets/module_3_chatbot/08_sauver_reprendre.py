"""Sauve une conversation entière, puis la reprend au lancement suivant."""

import os
from pathlib import Path

from conversation import Conversation, ecrire, lire, texte_de
from serveur import Refus, connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40}
CONSIGNE = "Tu aides une personne. Réponds-lui en français, en une phrase courte."
FICHIER = Path("conversation.json")
SAISIES = ["Mon casier est le numéro 83.", "Quel est le numéro de mon casier ?"]

client = connecter()
vide = Conversation(modele=MODELE, systeme=CONSIGNE)
reprise = lire(FICHIER) if FICHIER.exists() else vide
print(f"{len(reprise.messages)} messages retrouvés")
question = {"role": "user", "content": SAISIES[bool(reprise.messages)]}
messages = [{"role": "system", "content": reprise.systeme}, *reprise.messages, question]
reponse = texte_de(client.chat(reprise.modele, messages, options=OPTIONS))
print(f"{question['content']}\n  > {' '.join(reponse.split())}")
reprise.messages += [question, {"role": "assistant", "content": reponse}]
ecrire(FICHIER, reprise)
print(f"{len(lire(FICHIER).messages)} messages sauvés dans {FICHIER}\n")

entier, abime = FICHIER.read_text("utf-8"), Path("abime.json")
for nom, octets in {
    "coupé en deux": entier[: len(entier) // 2].encode(),
    "sans content": b'{"modele": "m", "messages": [{"role": "user"}]}',
    "enregistré en cp1252": entier.encode("cp1252"),
    "qui commence par un BOM": entier.encode("utf-8-sig"),
}.items():
    abime.write_bytes(octets)
    try:
        print(f"Fichier {nom} :\n  {len(lire(abime).messages)} messages lus")
    except Refus as refus:
        print(f"Fichier {nom} :\n  {refus}")
abime.unlink()
