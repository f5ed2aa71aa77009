"""Mesure la taille, la mémoire et la vitesse de modèles, puis prévoit celles d'autres."""

import os
import sys

import ollama

MODELES = dict.fromkeys([os.environ.get("COURS_MODELE", "llama3.2"), *sys.argv[1:]])
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 64}
A_PREVOIR = {"llama3.2 (3b)": 3.21, "llama3.1:8b": 8.03, "llama3.1:70b": 70.6}
BITS = 5


def tokens_par_seconde(modele: str) -> float:
    compte = ", ".join(map(str, range(1, 20)))
    reponse = ollama.generate(modele, f"{compte},", raw=True, options=OPTIONS)
    return reponse.eval_count / (reponse.eval_duration / 1e9)


def memoire_mo(nom: str) -> float:
    charges = [m for m in ollama.ps().models if m.model == nom]
    return next(m.size for m in charges if m.context_length == OPTIONS["num_ctx"]) / 1e6


installes = {modele.model: modele for modele in ollama.list().models}
debits = []
print(f"{'':18}{'format':>8}{'fichier':>10}{'bits/param':>12}{'mémoire':>10}{'tokens/s':>10}")
for modele in MODELES:
    nom = modele if ":" in modele else f"{modele}:latest"
    if nom not in installes:
        print(f"{modele} : absent")
        continue
    octets = installes[nom].size
    fiche = ollama.show(modele)
    bits = octets * 8 / fiche.modelinfo["general.parameter_count"]
    vitesse = tokens_par_seconde(modele)
    debits.append(octets * vitesse)
    format_des_poids = fiche.details.quantization_level
    print(f"{modele:18}{format_des_poids:>8}{octets / 1e6:>7.0f} Mo{bits:>12.1f}", end="")
    print(f"{memoire_mo(nom):>7.0f} Mo{vitesse:>10.0f}")

bas, haut = min(debits), max(debits)
print(f"\nPoids lus par seconde : {bas / 1e9:.1f} à {haut / 1e9:.1f} Go")
for modele, milliards in A_PREVOIR.items():
    octets = milliards * 1e9 * BITS / 8
    print(f"  {modele:15} {octets / 1e9:5.1f} Go de poids :", end=" ")
    print(f"{bas / octets:.1f} à {haut / octets:.1f} tokens/s")
