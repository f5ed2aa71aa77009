"""Provoque neuf pannes avec un faux serveur : l'historique n'en garde aucune trace."""

import os

from conversation import suivre
from faux_serveur import SUITES, demarrer
from serveur import connecter, expliquer

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40}
QUESTION = {"role": "user", "content": "Donne la capitale de l'Italie, en un mot."}
historique: list[dict] = []


def repondre(client, modele: str) -> str:
    """Recommence une fois, et seulement si rien n'a été reçu."""
    for essai in (1, 2):
        recus: list[str] = []
        try:
            messages = [*historique, QUESTION]
            flux = client.chat(modele, messages, stream=True, options=OPTIONS)
            texte, _ = suivre(flux, recus.append)
            historique.extend([QUESTION, {"role": "assistant", "content": texte}])
            return f"{essai} essai(s)\n  Réponse entière : {texte}"
        except Exception as erreur:
            phrase = expliquer(erreur) or f"défaut du programme : {erreur!r}"
        if recus:
            break
    return f"{essai} essai(s)\n  {phrase}"


vrai, faux = connecter(), demarrer()
client = connecter(1, f"http://127.0.0.1:{faux.server_port}")
for panne in SUITES:
    print(f"{panne} : {repondre(client, panne)}\n  {len(historique)} messages gardés")
faux.shutdown()
faux.server_close()
for nom, celui_ci in {"éteint": client, "le vrai": vrai}.items():
    print(f"{nom} : {repondre(celui_ci, MODELE)}\n  {len(historique)} messages gardés")
