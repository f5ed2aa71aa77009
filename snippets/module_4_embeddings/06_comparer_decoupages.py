"""Mesure le recall de six découpages du corpus, en tableau et en figure.

Un nombre ne garde qu'un document sur tant : python 06_comparer_decoupages.py 4.
"""

import csv
import json
import os
import re
import sys
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import ollama
from bs4 import BeautifulSoup
from pypdf import PdfReader

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
RANGS = (1, 5, 10)
ENCRES = {
    "clair": ("#1a1a1a", "#8a8a8a", "#1f5f8b", "#b3470f"),
    "sombre": ("#e8e8e8", "#9a9a9a", "#7cc4f5", "#ffb074"),
}


def lire(chemin: Path) -> str:
    if chemin.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(chemin).pages)
    if chemin.suffix == ".eml":
        message = message_from_bytes(chemin.read_bytes(), policy=policy.default)
        return f"{message['Subject']}\n\n{message.get_body().get_content()}"
    texte = chemin.read_text("utf-8")
    if chemin.suffix == ".csv":
        lignes = csv.DictReader(texte.splitlines(), delimiter=";")
        paires = ([f"{nom} : {valeur}" for nom, valeur in li.items()] for li in lignes)
        return "\n".join(map(", ".join, paires))
    if chemin.suffix == ".html":
        page = BeautifulSoup(texte, "html.parser")
        contenu = page.main or page.article or page
        for balise in contenu.find_all(["h1", "h2", "h3", "p", "table", "ul", "ol"]):
            balise.insert(0, "\n\n## " if balise.name[0] == "h" else "\n\n")
        return contenu.get_text(" ")
    return texte


def par_taille(texte: str, taille: int, recouvrement: int = 0) -> list[str]:
    mots = texte.split()
    debuts = range(0, max(1, len(mots) - recouvrement), taille - recouvrement)
    return [" ".join(mots[debut : debut + taille]) for debut in debuts]


def par_titre(texte: str) -> list[str]:
    parties = re.split(r"(?m)^(?=#+ )", texte)
    return [morceau for partie in parties for morceau in par_taille(partie, 200)]


def par_blocs(texte: str, taille: int = 100) -> list[str]:
    texte = re.sub(r"(?m)^(#+ .+)\n\s*\n", r"\1\n", texte)  # un titre suit son texte
    morceaux = [""]
    for bloc in re.split(r"\n\s*\n", texte.strip()):
        if morceaux[-1] and len((morceaux[-1] + bloc).split()) > taille:
            morceaux.append("")
        morceaux[-1] += f"{bloc}\n\n"
    return [petit for grand in morceaux for petit in par_taille(grand, 200)]


DECOUPAGES: dict[str, Callable[[str], list[str]]] = {
    "50 mots": lambda texte: par_taille(texte, 50),
    "100 mots": lambda texte: par_taille(texte, 100),
    "100 mots, recouvrement 25": lambda texte: par_taille(texte, 100, 25),
    "200 mots": lambda texte: par_taille(texte, 200),
    "par titre": par_titre,
    "par blocs entiers": par_blocs,
}


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE, input=lot).embeddings for lot in lots])


def normaliser(texte: str) -> str:
    return " ".join(texte.casefold().split())


def recall(cas: dict, morceaux: list[tuple], ordre: np.ndarray) -> list[float]:
    trouves = []
    for passage in cas["passages"]:
        cible = (passage["document"], normaliser(passage["extrait"]))
        places = (
            place
            for place, i in enumerate(ordre)
            if morceaux[i][0] == cible[0] and cible[1] in morceaux[i][1]
        )
        trouves.append(next(places, len(morceaux)))
    return [float(np.mean(np.array(trouves) < k)) for k in RANGS]


def mesurer(decouper: Callable[[str], list[str]]) -> tuple[int, float, np.ndarray]:
    paires = [(nom, m) for nom, texte in textes.items() for m in decouper(texte) if m]
    index = vectoriser([morceau for _, morceau in paires])
    morceaux = [(nom, normaliser(morceau)) for nom, morceau in paires]
    ordres = np.argsort(-requetes @ index.T, axis=1)
    notes = [recall(c, morceaux, o) for c, o in zip(questions, ordres, strict=True)]
    longueur = np.mean([len(morceau.split()) for _, morceau in paires])
    return len(paires), float(longueur), 100 * np.mean(notes, axis=0)


def tracer(theme: str, encre: str, *couleurs: str) -> None:
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color")
    style = {"svg.hashsalt": "decoupages", "svg.fonttype": "none", "ytick.color": encre}
    with plt.rc_context(style | dict.fromkeys(cles, encre)):
        figure, axe = plt.subplots(figsize=(9, 4.6), layout="constrained")
        places = np.arange(len(tableau))
        for n, (k, couleur) in enumerate(zip(RANGS, couleurs, strict=True)):
            valeurs = [notes[n] for _, _, notes in tableau.values()]
            hauteurs = places + 0.27 * (n - 1)
            axe.barh(hauteurs, valeurs, 0.24, color=couleur, label=f"recall@{k}")
        axe.set_yticks(places, tableau)
        axe.invert_yaxis()
        axe.set(xlim=(0, 100), xlabel="passages retrouvés (%)", facecolor="none")
        figure.legend(loc="outside upper center", ncols=3, framealpha=0)
        chemin = f"figures/decoupages-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


un_sur = sys.argv[1] if sys.argv[1:] else "1"
if not re.fullmatch(r"[1-9]\d*", un_sur):
    raise SystemExit("Usage : python 06_comparer_decoupages.py [un document sur combien]")
documents = sorted((DONNEES / "documents").iterdir())[:: int(un_sur)]
textes = {f.name: lire(f) for f in documents}
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
questions = [
    cas
    for cas in map(json.loads, lignes)
    if cas["passages"] and all(passage["document"] in textes for passage in cas["passages"])
]
requetes = vectoriser([cas["question"] for cas in questions])
tableau = {nom: mesurer(decouper) for nom, decouper in DECOUPAGES.items()}
Path("figures").mkdir(exist_ok=True)
for theme, encres in ENCRES.items():
    tracer(theme, *encres)

print(f"{len(questions)} questions, {len(textes)} documents, modèle {MODELE}\n")
print(f"{'découpage':26} {'morceaux':>8} {'mots':>5} {'@1':>5} {'@5':>5} {'@10':>5}")
for nom, (nombre, longueur, (un, cinq, dix)) in tableau.items():
    print(f"{nom:26} {nombre:8} {longueur:5.0f} {un:5.0f} {cinq:5.0f} {dix:5.0f}")
