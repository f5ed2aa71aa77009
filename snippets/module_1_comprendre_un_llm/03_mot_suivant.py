"""Lit les probabilités du token suivant, les montre en barres et les garde."""

import json
import sys
from pathlib import Path

from probabilites import pourcent, tokens_suivants
from serveur import MODELE

DEBUTS = {
    "sûr": "La tour Eiffel se trouve dans la ville de",
    "partagé": "Les roses sont rouges, les violettes sont",
    "ouvert": "Il était une fois, dans un petit village, une",
}


def montrer(suivants: list[tuple[str, float]]) -> None:
    for token, proba in suivants:
        print(f"  {token!r:15}{pourcent(proba):>7}  {'#' * round(40 * proba)}")
    reste = 1 - sum(proba for _, proba in suivants)
    print(f"  {'tous les autres':15}{pourcent(reste):>7}")


sys.stdout.reconfigure(errors="backslashreplace")
gardes = {}
for nom, debut in DEBUTS.items():
    suivants = tokens_suivants(debut, 20)
    gardes[nom] = {"debut": debut, "suivants": [(t, round(p, 5)) for t, p in suivants]}
    print(f"{nom} : {debut} …")
    montrer(suivants[:8])

contenu = json.dumps({"modele": MODELE, "debuts": gardes}, ensure_ascii=False, indent=1)
Path("distributions.json").write_text(contenu + "\n", encoding="utf-8")
print("Les vingt premiers de chaque début sont gardés dans distributions.json")
