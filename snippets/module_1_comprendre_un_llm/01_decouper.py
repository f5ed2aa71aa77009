"""Découpe des phrases en tokens comme le fait le modèle, avec les fusions qu'il a apprises."""

# --8<-- [start:preparer]
import json
import math
import os
import re
import urllib.request
from itertools import pairwise

import ollama

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
MODELE = os.environ.get("COURS_MODELE", "llama3.2")
PHRASES = [
    "The lamp lights up a small workshop.",
    "La lampe éclaire un petit atelier.",
    "Anticonstitutionnellement",
]


def lire_la_fiche() -> dict:
    requete = urllib.request.Request(
        f"{ADRESSE}/api/show",
        data=json.dumps({"model": MODELE, "verbose": True}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(requete) as http:
        return json.load(http)["model_info"]


def alphabet() -> dict[int, str]:
    visibles = [*range(33, 127), *range(161, 173), *range(174, 256)]
    autres = [octet for octet in range(256) if octet not in visibles]
    return {o: chr(o) for o in visibles} | {o: chr(256 + i) for i, o in enumerate(autres)}


# --8<-- [end:preparer]
# --8<-- [start:decouper]
def decouper(mot: str) -> list[str]:
    morceaux = [SIGNES[octet] for octet in mot.encode()]
    while len(morceaux) > 1:
        rangs = [RANGS.get(paire, math.inf) for paire in pairwise(morceaux)]
        if min(rangs) == math.inf:
            break
        i = rangs.index(min(rangs))
        morceaux[i : i + 2] = [morceaux[i] + morceaux[i + 1]]
    return morceaux


# --8<-- [end:decouper]
# --8<-- [start:montrer]
def rendre_lisible(morceau: str) -> str:
    octets = bytes(OCTETS[signe] for signe in morceau)
    return octets.decode(errors="replace").replace(" ", "·")


fiche = lire_la_fiche()
vocabulaire = {token: numero for numero, token in enumerate(fiche["tokenizer.ggml.tokens"])}
fusions = fiche["tokenizer.ggml.merges"]
RANGS = {tuple(fusion.split(" ")): rang for rang, fusion in enumerate(fusions)}
SIGNES = alphabet()
OCTETS = {signe: octet for octet, signe in SIGNES.items()}

print(f"Vocabulaire : {len(vocabulaire)} tokens, {len(fusions)} fusions apprises")
for phrase in PHRASES:
    mots = re.findall(r" ?\w+| ?[^\w\s]+", phrase)
    morceaux = [morceau for mot in mots for morceau in decouper(mot)]
    options = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 1}
    compte = ollama.generate(MODELE, phrase, raw=True, options=options).prompt_eval_count
    print(f"\n{phrase}")
    print(f"  nos tokens : {len(morceaux)}, tokens lus par Ollama : {compte}")
    print("  " + " | ".join(rendre_lisible(morceau) for morceau in morceaux))
    print("  numéros :", *(vocabulaire.get(morceau) for morceau in morceaux))
# --8<-- [end:montrer]
