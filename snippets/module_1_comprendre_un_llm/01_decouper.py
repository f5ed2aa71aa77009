"""Découpe des phrases en tokens comme le modèle : avec les fusions qu'il a apprises."""

import math
import re
from itertools import pairwise

from serveur import OPTIONS, demander
from vocabulaire import lire_le_vocabulaire, lisible, signes_des_octets

ANGLAIS = "The lamp lights a small workshop."
FRANCAIS = "La lampe éclaire un petit atelier."
NUMEROS, RANGS = lire_le_vocabulaire()
SIGNES = signes_des_octets()


def decouper(mot: str) -> list[str]:
    morceaux = [SIGNES[octet] for octet in mot.encode()]
    while len(morceaux) > 1:
        rangs = [RANGS.get(paire, math.inf) for paire in pairwise(morceaux)]
        if min(rangs) == math.inf:
            break
        i = rangs.index(min(rangs))
        morceaux[i : i + 2] = [morceaux[i] + morceaux[i + 1]]
    return morceaux


print(f"Vocabulaire : {len(NUMEROS)} tokens, {len(RANGS)} fusions")
for phrase in (ANGLAIS, FRANCAIS, "Anticonstitutionnellement"):
    mots = re.findall(r" ?\w+| ?[^\w\s]+", phrase)
    morceaux = [morceau for mot in mots for morceau in decouper(mot)]
    lu = demander("/api/generate", prompt=phrase, raw=True, options=OPTIONS)
    compte = lu["prompt_eval_count"]
    print(f"\n{phrase}\n  {len(morceaux)} tokens, Ollama en lit {compte}")
    print("  " + " | ".join(lisible(morceau) for morceau in morceaux))
    print("  numéros :", *(NUMEROS.get(morceau) for morceau in morceaux))
