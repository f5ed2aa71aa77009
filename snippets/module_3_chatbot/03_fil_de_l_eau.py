"""Affiche la réponse au fil de l'eau ; l'historique ne garde qu'une réponse entière."""

import os
import time

from conversation import entiere
from serveur import connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 60}
CONSIGNE = "Tu aides une personne. Réponds-lui en français, en une phrase courte."
SAISIES = ["Mon chat s'appelle Tarin.", "Cite dix légumes.", "Qui est Tarin ?"]

client = connecter()
historique = [{"role": "system", "content": CONSIGNE}]


def repondre(saisie: str, arret: int) -> str:
    """Avec `arret`, se lasse après ce nombre de morceaux, comme un lecteur pressé."""
    question = {"role": "user", "content": saisie}
    flux = client.chat(MODELE, [*historique, question], options=OPTIONS, stream=True)
    debut, instants, texte, pensee, partie = time.perf_counter(), [], "", "", None
    for partie in flux:
        instants.append(time.perf_counter() - debut)
        texte += partie.message.content or ""
        pensee += partie.message.thinking or ""
        print(partie.message.content or "", end="", flush=True)
        if len(instants) == arret:
            flux.close()  # ferme la connexion : le serveur cesse de calculer
            return "interrompue, donc pas gardée"
    texte = entiere(texte, partie, pensee)
    historique.extend([question, {"role": "assistant", "content": texte}])
    return f"entière, premier mot à {instants[0]:.2f} s, fin à {instants[-1]:.2f} s"


for saisie, arret in zip(SAISIES, (0, 4, 0), strict=True):
    print(f"{saisie}\n  > ", end="")
    print(f"\n  {repondre(saisie, arret)} ; {len(historique)} messages gardés")
