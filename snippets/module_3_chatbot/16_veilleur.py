"""Le même personnage, sans puis avec ses exemples : combien de « Bonsoir » ?"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from modele import MODELE, interroger

DEMANDES = [
    "Livrez-vous en Suisse ?", "Qui fait vos lampes ?", "Quels horaires ?", "Merci !",
    "Peut-on payer en deux fois ?", "Combien font 2 et 3 ?", "Êtes-vous un robot ?",
    "J'annule ma commande.", "Traduisez lampe en anglais.", "Écrivez un compliment.",
]  # fmt: skip
TEXTE = Path(__file__).with_name("Modelfile").read_text("utf-8")
LIGNES = [f"FROM {MODELE}", *TEXTE.splitlines()[1:]]


def ollama(*commande: str) -> None:
    try:
        subprocess.run(["ollama", *commande], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as erreur:
        sys.exit(f"ollama {commande[0]} a échoué : {erreur}. Ollama est-il lancé ?")


def saluer(nom: str, lignes: list[str]) -> list[str]:
    with TemporaryDirectory() as dossier:
        Path(dossier, "Modelfile").write_text("\n".join(lignes), "utf-8")
        ollama("create", nom, "-f", f"{dossier}/Modelfile")
    try:
        dits = [interroger([{"role": "user", "content": q}], 24, nom) for q in DEMANDES]
    finally:
        ollama("rm", nom)
    return ["oui" if dit.content.startswith("Bonsoir") else "non" for dit in dits]


sans = saluer("veilleur-sans", [li for li in LIGNES if not li.startswith("MESSAGE")])
avec = saluer("veilleur", LIGNES)
for demande, seul, aide in zip(DEMANDES, sans, avec, strict=True):
    print(f"{demande:32} sans exemple {seul:5} avec exemples {aide}")
