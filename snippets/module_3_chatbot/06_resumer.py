"""Trois façons de raccourcir une conversation : combien de faits survivent, à quel prix ?"""

import os
import re

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 80}
FAITS = ("4821", "Galapiat", "12 mai", "58", "Montaubrel", "0536493107")
TOURS = [
    ("Bonjour, ma commande porte le numéro 4821.", "Bonjour, je regarde votre commande."),
    ("Il s'agit d'une lanterne Galapiat.", "C'est un bon choix pour la terrasse."),
    ("Je l'ai reçue le 12 mai, un peu en retard.", "Nous en sommes désolés."),
    ("Je l'avais payée 58 euros.", "C'est bien son prix."),
    ("J'habite à Montaubrel, près de la halle.", "C'est un joli quartier."),
    ("Vous pouvez m'appeler au 0536493107.", "Merci, c'est noté."),
    ("Depuis hier, elle clignote.", "Cela ressemble à une batterie fatiguée."),
    ("Je l'ai pourtant laissée au soleil.", "Vous avez bien fait."),
]
RECENTS = 2


def recopier(tours: list[tuple]) -> str:
    return "\n".join(f"Cliente : {question}\nService : {reponse}" for question, reponse in tours)


def resumer(texte: str) -> str:
    prompt = f"{texte}\n\nRésume cette conversation en deux phrases. Garde les noms et les nombres."
    return ollama.generate(model=MODELE, prompt=prompt, options=OPTIONS).response.strip()


def fiche(tours: list[tuple]) -> str:
    """Les phrases de la cliente qui portent un nombre ou un nom propre, mot pour mot."""
    utile = re.compile(r"\d|(?<=\S )[A-Z]\w{3}")
    return " ".join(question for question, _ in tours if utile.search(question))


def compter_tokens(texte: str) -> int:
    options = {**OPTIONS, "num_predict": 1}
    return ollama.generate(model=MODELE, prompt=texte, options=options).prompt_eval_count


anciens, recents = recopier(TOURS[:-RECENTS]), recopier(TOURS[-RECENTS:])
for nom, memoire in (
    ("tout envoyer", anciens),
    ("élaguer", ""),
    ("résumer par le modèle", resumer(anciens)),
    ("tenir une fiche", fiche(TOURS[:-RECENTS])),
):
    gardes = sum(fait in memoire for fait in FAITS)
    print(f"{nom:22} : {gardes}/{len(FAITS)} faits, ", end="")
    print(f"{compter_tokens(memoire + recents):3} tokens à lire")
    print(f"  {' '.join(memoire.split())[:78]}")
