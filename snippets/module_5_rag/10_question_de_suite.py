"""Cherche la réponse à une question de suite : brute, collée à la précédente, reformulée."""

import os
import re
from pathlib import Path

import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40, "stop": ["\n"]}
CONSIGNE = "Récris la dernière question en une question complète, qui nomme ce dont elle parle."
EXEMPLE = (
    "Question : Où est le musée ?\nRéponse : À Lille.\nSuite : Quand ouvre-t-il ?\n"
    "Question complète : Quand ouvre le musée ?\n\n"
)
# Question, réponse, question de suite, nom à reprendre, section qui répond.
CAS = [
    (
        "Combien coûte le Fanal Cézallier ?",
        "189 euros.",
        "Et combien d'heures éclaire-t-il ?",
        "Fanal",
        "Que vaut le Fanal Cézallier ?",
    ),
    (
        "Combien coûte la Pétrelle ?",
        "24,50 euros.",
        "Et combien pèse-t-elle ?",
        "Pétrelle",
        "La Pétrelle convient-elle en voyage ?",
    ),
    (
        "À quoi sert Seconde Lueur ?",
        "C'est notre atelier de réparation.",
        "Combien cela coûte-t-il ?",
        "Seconde Lueur",
        "Comment faire réparer une lampe ?",
    ),
    (
        "Qu'est-ce que le Cercle des Veilleurs ?",
        "C'est notre programme de fidélité.",
        "Comment s'y inscrit-on ?",
        "Cercle",
        "Avez-vous un programme de fidélité ?",
    ),
    (
        "Quel est le montant de la prime d'éclat ?",
        "410 euros.",
        "Quand est-elle versée ?",
        "prime d'éclat",
        "Prime d'éclat",
    ),
    (
        "Quand a lieu l'entretien Boussole ?",
        "En février.",
        "Et combien de temps dure-t-il ?",
        "Boussole",
        "Entretien Boussole",
    ),
]


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE_EMBEDDING, input=lot).embeddings for lot in lots])


def reformuler(question: str, reponse: str, suite: str) -> str:
    fin = f"Question : {question}\nRéponse : {reponse}\nSuite : {suite}\nQuestion complète :"
    sortie = ollama.generate(MODELE, EXEMPLE + fin, system=CONSIGNE, options=OPTIONS)
    return sortie.response.strip()


def rang(requete: str, attendue: str) -> int:
    ordre = np.argsort(-index @ vectoriser([requete])[0])
    return 1 + [titres[i] for i in ordre].index(attendue)


textes = [
    section
    for chemin in sorted(DOCUMENTS.glob("*.md"))
    for section in re.split(r"(?m)^## ", chemin.read_text("utf-8"))[1:]
]
titres = [texte.split("\n")[0] for texte in textes]
index = vectoriser(textes)

bilan = {"brute": 0, "collée": 0, "reformulée": 0}
noms_repris = 0
for question, reponse, suite, nom, attendue in CAS:
    reformulee = reformuler(question, reponse, suite)
    noms_repris += nom in reformulee
    requetes = dict(zip(bilan, (suite, f"{question} {suite}", reformulee), strict=True))
    rangs = {facon: rang(requete, attendue) for facon, requete in requetes.items()}
    bilan = {facon: bilan[facon] + (place <= 3) for facon, place in rangs.items()}
    print(f"{suite}\n  reformulée : {reformulee}")
    print("  rang : " + ", ".join(f"{facon} {place}" for facon, place in rangs.items()))

print(f"\nNom repris dans la question reformulée : {noms_repris}/{len(CAS)}")
for facon, trouvees in bilan.items():
    print(f"Bonne section dans les trois premières, question {facon} : {trouvees}/{len(CAS)}")
