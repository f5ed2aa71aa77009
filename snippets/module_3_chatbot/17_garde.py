"""Trois outils et leur garde : un appel douteux est refusé, jamais exécuté."""

import json
import sys

from outils import OUTILS, declarer, essayer

APPELS = [
    ("prix", {"produit": "galapiat"}),
    ("calcul", {"expression": "2 * 58 + 6,40"}),
    ("date", {"jours": 9}),
    ("prix", {"produit": "Lune de poche"}),
    ("calcul", {"expression": "__import__('os').getcwd()"}),
    ("calcul", {"expression": "9**9**9"}),
    ("calcul", {"expression": "1 / 0"}),
    ("calcul", {"expression": "1 + " * 20 + "1"}),
    ("date", {"jours": 100000}),
    ("date", {"heures": 3}),
    ("effacer", {"fichier": "tarifs.csv"}),
    ("prix", "Galapiat"),
]

sys.stdout.reconfigure(errors="replace")  # une console étroite écrit ? et continue
fonction = declarer(OUTILS["date"])["function"]
print(f"L'outil {fonction['name']}, déclaré au modèle : {fonction['description']}")
print(json.dumps(fonction["parameters"]["properties"], ensure_ascii=False, indent=1))
print("\nCe que le programme fait d'un appel :")
for nom, arguments in APPELS:
    print(f"{nom} {arguments}\n  -> {essayer(nom, arguments)}")
