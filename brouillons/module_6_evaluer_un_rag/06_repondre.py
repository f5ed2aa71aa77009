"""Améliore les réponses, un changement à la fois : recherche, k, prompt ; et leur coût."""

import csv
import json
import os
import re
import time
import unicodedata
from collections import Counter
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

import bm25s
import matplotlib.pyplot as plt
import numpy as np
import ollama
import snowballstemmer
from bm25s.stopwords import STOPWORDS_FRENCH
from bs4 import BeautifulSoup
from pypdf import PdfReader
from rich.console import Console
from rich.progress import track

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path(__file__).parents[1] / "donnees"
# --8<-- [start:reglages]
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 90}
CONSIGNE = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Cite l'identifiant du passage entre crochets. Si la réponse n'y est pas, dis-le."
)
STRICTE = (
    f"{CONSIGNE} N'invente rien : si aucun passage ne répond exactement à la question, "
    "réponds seulement « Je ne trouve pas la réponse dans les passages. »"
)
DEPART = {"hybride": False, "k": 3, "consigne": CONSIGNE}
CHANGEMENTS: list[tuple[str, dict]] = [
    ("départ", {}),
    ("hybride", {"hybride": True}),
    ("k = 1", {"k": 1}),
    ("k = 5", {"k": 5}),
    ("stricte", {"consigne": STRICTE}),
]
CIBLES = {"citation": (">=", 85), "refus": (">=", 80), "à tort": ("<=", 15)}
# --8<-- [end:reglages]
CITATION = re.compile(r"\[([^\]]+)\]")
REFUS = re.compile(
    r"\bje ne (peux|sais|trouve)\b|\bn'en parl|\bne (répond|dit|disent|précise)\w* (pas|rien)\b"
    r"|\baucun\w* (passage|extrait|information)|\bn'est pas (indiqué|précisé|mentionné)"
)
ENCRES = {
    "clair": ("#1a1a1a", "#9a9a9a", "#1f5f8b", "#b3470f"),
    "sombre": ("#e8e8e8", "#8a8a8a", "#7cc4f5", "#ffb074"),
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


def decouper(texte: str, taille: int = 100) -> list[tuple[str, str]]:
    titre, mots = "", []
    for ligne in texte.splitlines():
        if ligne.startswith("#"):
            titre = ligne.strip("# ")
        mots += [(mot, titre) for mot in ligne.split()]
    return [
        (mots[d][1], " ".join(mot for mot, _ in mots[d : d + taille]))
        for d in range(0, len(mots), taille)
    ]


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    vecteurs = [ollama.embed(model=MODELE_EMBEDDING, input=lot).embeddings for lot in lots]
    return np.vstack(vecteurs)


@cache
def racine(mot: str) -> str:
    lettres = unicodedata.normalize("NFD", RACINISEUR.stemWord(mot))
    return "".join(lettre for lettre in lettres if not unicodedata.combining(lettre))


def analyser(texte: str) -> list[str]:
    mots = re.findall(r"\w\w+|\d", texte.lower())
    return [racine(mot) for mot in mots if mot not in STOPWORDS_FRENCH]


def rrf(*classements: list[int], c: int = 60) -> list[int]:
    scores: Counter[int] = Counter()
    for classement in classements:
        for rang, i in enumerate(classement, 1):
            scores[i] += 1 / (c + rang)
    return [i for i, _ in scores.most_common()]


def normaliser(texte: str) -> str:
    return " ".join(texte.casefold().replace("’", "'").split())


def contient(texte: str, fait: str) -> bool:
    motif = rf"(?<!\w){re.escape(normaliser(fait))}(?!\w)"
    return re.search(motif, normaliser(texte)) is not None


# --8<-- [start:suite]
def chercher(question: str, hybride: bool, k: int) -> list[tuple[str, str]]:
    par_vecteurs = np.argsort(-index[hybride] @ vectoriser([question])[0])[:50].tolist()
    if not hybride:
        return [morceaux[False][i] for i in par_vecteurs[:k]]
    scores = bm25.get_scores(analyser(question))
    par_mots = np.argsort(-scores, kind="stable")[:50].tolist()
    return [morceaux[True][i] for i in rrf(par_vecteurs, par_mots)[:k]]


def demander(question: str, hybride: bool, k: int, consigne: str) -> dict:
    debut = time.perf_counter()
    passages = chercher(question, hybride, k)
    recherche = 1000 * (time.perf_counter() - debut)
    corps = "\n".join(f"[doc-{n}] {texte}" for n, (_, texte) in enumerate(passages, 1))
    messages = [
        {"role": "system", "content": consigne},
        {"role": "user", "content": f"Passages :\n{corps}\n\nQuestion : {question}"},
    ]
    reponse = ollama.chat(model=MODELE, messages=messages, options=OPTIONS)
    return {
        "passages": passages,
        "reponse": reponse.message.content or "",
        "tokens": reponse.prompt_eval_count or 0,
        "recherche": recherche,
        "lecture": (reponse.prompt_eval_duration or 0) / 1e6,
        "génération": (reponse.eval_duration or 0) / 1e6,
    }


def est_donne(attendu: dict, passages: list[tuple[str, str]]) -> bool:
    document, extrait = attendu["document"], normaliser(attendu["extrait"])
    return any(nom == document and extrait in normaliser(texte) for nom, texte in passages)


def noter(cas: dict, r: dict) -> dict[str, float]:
    faits, refus = cas["faits"], REFUS.search(normaliser(r["reponse"])) is not None
    if not faits:
        return {"bon": refus, "refus": refus, "issue": "refus justifié" if refus else "invention"}
    present = all(contient(r["reponse"], fait) for fait in faits)
    textes_cites = {f"doc-{n}": texte for n, (_, texte) in enumerate(r["passages"], 1)}
    cites = [textes_cites.get(nom, "") for nom in CITATION.findall(r["reponse"])]
    ou = "malgré" if all(est_donne(p, r["passages"]) for p in cas["passages"]) else "sans"
    notes = {"bon": present, "fait": present, "à tort": refus}
    notes["issue"] = "réussie" if present else f"{'refus' if refus else 'erreur'} {ou} le passage"
    if not refus:
        notes["citation"] = bool(cites) and all(
            any(contient(texte, fait) for fait in faits) for texte in cites
        )
    return notes


def pourcent(notes: list[dict], mesure: str) -> float:
    return 100 * float(np.mean([note[mesure] for note in notes if mesure in note]))


def intervalle(ecarts: np.ndarray) -> str:
    tirages = np.random.default_rng(7).choice(ecarts, (5000, len(ecarts))).mean(axis=1)
    bas, haut = 100 * np.percentile(tirages, (2.5, 97.5))
    return f"{100 * ecarts.mean():+.0f} [{bas:.0f} ; {haut:.0f}]"


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


RACINISEUR = snowballstemmer.stemmer("french")
morceaux: dict[bool, list] = {False: [], True: []}
for fichier in sorted((DONNEES / "documents").iterdir()):
    for titre, corps in decouper(lire(fichier)):
        noms = [fichier.stem.replace("_", " "), titre]
        tete = ". ".join(filter(None, noms)) + ". "
        morceaux[False].append((fichier.name, corps))
        morceaux[True].append((fichier.name, tete + corps))
index = {cle: vectoriser([texte for _, texte in paires]) for cle, paires in morceaux.items()}
bm25 = bm25s.BM25()
bm25.index([analyser(texte) for _, texte in morceaux[True]], show_progress=False)
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
questions = [json.loads(ligne) for ligne in lignes]

print(f"{len(questions)} questions, modèles {MODELE} et {MODELE_EMBEDDING}")
print("\nQualité en %, durées en millisecondes, tokens du prompt :")
print(
    f"{'':10} {'bon':>4} {'écart':>14} fait cit. refus tort"
    f" {'cherche':>7} {'lit':>5} {'écrit':>5} {'tokens':>6}"
)
retenus, meilleures, tableau = DEPART, None, []
for nom, changement in CHANGEMENTS:
    essai, barre = retenus | changement, Console(stderr=True)
    reponses = [demander(c["question"], **essai) for c in track(questions, nom, console=barre)]
    notes = [noter(cas, r) for cas, r in zip(questions, reponses, strict=True)]
    bons = np.array([float(note["bon"]) for note in notes])
    avant = bons if meilleures is None else np.array([float(n["bon"]) for n in meilleures])
    etat = "gardé" if not changement or bons.mean() > avant.mean() else "écarté"
    valeurs = [pourcent(notes, mesure) for mesure in ("bon", "fait", "citation", "refus", "à tort")]
    couts = [np.mean([r[c] for r in reponses]) for c in ("recherche", "lecture", "génération")]
    tokens = np.mean([r["tokens"] for r in reponses])
    ecart = intervalle(bons - avant) if changement else ""
    print(
        f"{nom:10} {valeurs[0]:4.0f} {ecart:>14} {valeurs[1]:4.0f} {valeurs[2]:4.0f}"
        f" {valeurs[3]:5.0f} {valeurs[4]:4.0f} {couts[0]:7.0f} {couts[1]:5.0f} {couts[2]:5.0f}"
        f" {tokens:6.0f}  {etat}"
    )
    tableau.append((nom, notes, etat))
    if etat == "gardé":
        retenus, meilleures = essai, notes

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
for cas, note in zip(questions, meilleures, strict=True):
    issues.setdefault(cas["genre"], Counter())[note["issue"]] += 1
for genre, comptes in issues.items():
    print(f"  {genre:14}", ", ".join(f"{n} {issue}" for issue, n in comptes.most_common()))
# --8<-- [end:suite]
