"""Le même personnage, sans puis avec ses exemples : combien de « Bonsoir » ?"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from modele import MODELE, interroger

QUESTIONS = [
    "Livrez-vous en Belgique ?", "Qui fabrique vos lampes ?", "Merci beaucoup !",
    "Quels sont vos horaires ?", "Peut-on payer en deux fois ?", "Un conseil ?",
    "Combien font 2 et 3 ?", "Que faire d'une lampe cassée ?", "Êtes-vous là ?",
    "Traduisez lampe en anglais.", "J'annule ma commande.", "Écrivez un compliment.",
]  # fmt: skip
LIGNES = Path(__file__).with_name("Modelfile").read_text("utf-8").splitlines()


def ollama(*commande: str) -> None:
    try:
        subprocess.run(["ollama", *commande], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as erreur:
        sys.exit(f"ollama {commande[0]} a échoué : {erreur}. Ollama est-il lancé ?")


def saluer(nom: str, lignes: list[str]) -> list[str]:
    with TemporaryDirectory() as dossier:
        fichier = Path(dossier, "Modelfile")
        fichier.write_text("\n".join([f"FROM {MODELE}", *lignes[1:]]), "utf-8")
        ollama("create", nom, "-f", str(fichier))
    demandes = [[{"role": "user", "content": question}] for question in QUESTIONS]
    try:
        reponses = [interroger(demande, 24, nom).content for demande in demandes]
    finally:
        ollama("rm", nom)
    return ["oui" if reponse.startswith("Bonsoir") else "non" for reponse in reponses]


sans = saluer("veilleur-sans", [li for li in LIGNES if not li.startswith("MESSAGE")])
avec = saluer("veilleur", LIGNES)
for question, seul, aide in zip(QUESTIONS, sans, avec, strict=True):
    print(f"{question:32} sans exemple {seul:5} avec exemples {aide}")
