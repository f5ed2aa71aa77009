"""Affiche la réponse au fil de l'eau, et n'ajoute à l'historique qu'une réponse entière."""

import os
import time

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 30}

historique = []


def repondre(saisie: str, arret: int = 0) -> str:
    """Avec `arret`, se lasse après ce nombre de morceaux, comme un lecteur pressé."""
    question = {"role": "user", "content": saisie}
    flux = ollama.chat(MODELE, [*historique, question], options=OPTIONS, stream=True)
    debut, premier, texte = time.perf_counter(), 0.0, ""
    for recus, partie in enumerate(flux, 1):
        premier = premier or time.perf_counter() - debut
        texte += partie.message.content
        print(partie.message.content, end="", flush=True)
        if recus == arret:
            flux.close()  # ferme la connexion : le serveur cesse de calculer
            return "interrompue, donc pas gardée"
    historique.extend([question, {"role": "assistant", "content": texte}])
    fin = time.perf_counter() - debut
    return f"entière, premier mot à {premier:.2f} s, fin à {fin:.2f} s"


for saisie, arret in (
    ("Bonjour, mon chat s'appelle Tarin.", 0),
    ("Quels plats peut-on cuisiner avec des marrons ?", 2),
    ("Comment s'appelle mon chat ?", 0),
):
    print(f"{saisie}\n  > ", end="")
    print(f"\n  {repondre(saisie, arret)} ; {len(historique)} messages gardés")
