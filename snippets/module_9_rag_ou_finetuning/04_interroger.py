"""Pose à un bras toutes ses questions, et garde chaque réponse : python 04_interroger.py 3-rag."""

import argparse
import json
import math
import os
import re
import time
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import ollama
from rich.console import Console
from rich.progress import track

BASE = os.environ.get("COURS_MODELE", "smollm2:135m")
DOSSIER = Path(__file__).parent
DONNEES = DOSSIER.parent / "donnees"
REGLAGES = tomllib.loads((DOSSIER / "bras.toml").read_text("utf-8"))
CHOISIES = tomllib.loads((DOSSIER / "donnees/faits_orvelune.toml").read_text("utf-8"))
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 96, "stop": ["\n\n"]}


def lire_jsonl(fichier: Path) -> list[dict]:
    lignes = fichier.read_text("utf-8").splitlines() if fichier.exists() else []
    return [json.loads(ligne) for ligne in lignes]


# --8<-- [start:recherche]
def phrases(document: str, texte: str) -> list[str]:
    if document.endswith(".csv"):
        return texte.splitlines()
    trouvees = []
    for paragraphe in re.split(r"\n\s*\n", texte):
        trouvees += re.split(r"(?<=[.!?])\s+", " ".join(paragraphe.split()))
    return [bout for p in trouvees for bout in couper(p) if bout]


def couper(phrase: str, taille: int = 60) -> list[str]:
    mots = phrase.split()
    return [" ".join(mots[d : d + taille]) for d in range(0, len(mots), taille)]


def decouper(document: str, texte: str, taille: int = 45) -> list[dict]:
    lots: list[list[str]] = []
    for phrase in phrases(document, texte):
        mots = len(" ".join([*lots[-1], phrase]).split()) if lots else 0
        if not lots or phrase.startswith("#") or mots > taille:
            lots.append([])
        lots[-1].append(phrase)
    return [{"document": document, "passage": " ".join(lot)} for lot in lots]


def racines(texte: str) -> list[str]:
    """Les mots sans accents, réduits à leurs six premières lettres : garantie, garanties…"""
    lettres = unicodedata.normalize("NFD", texte.lower())
    return [mot[:6] for mot in re.findall(r"\w+", re.sub(r"[\u0300-\u036f]", "", lettres))]


def indexer(passages: list[dict]) -> tuple[list[Counter], dict[str, float], float]:
    sacs = [Counter(racines(p["passage"])) for p in passages]
    presences = Counter(mot for sac in sacs for mot in sac)
    poids = {m: math.log(1 + (len(sacs) - n + 0.5) / (n + 0.5)) for m, n in presences.items()}
    return sacs, poids, sum(map(Counter.total, sacs)) / len(sacs)


def chercher(question: str, nombre: int) -> list[dict]:
    """Les meilleurs passages, au sens de BM25."""
    sacs, poids, moyenne = INDEX
    cherches = [mot for mot in set(racines(question)) if mot in poids]

    def note(rang: int) -> float:
        sac = sacs[rang]
        penalite = 1.2 * (0.25 + 0.75 * sac.total() / moyenne)
        return sum(poids[m] * 2.2 * sac[m] / (sac[m] + penalite) for m in cherches)

    return [PASSAGES[rang] for rang in sorted(range(len(sacs)), key=note, reverse=True)[:nombre]]


# --8<-- [end:recherche]


def questions_d_orvelune(jeu: str) -> list[dict]:
    saut = 2 if options.reduit else 1
    connues = {cas["id"]: cas for cas in lire_jsonl(DONNEES / "questions.jsonl")}
    faits = CHOISIES["fait"][::saut]
    cas = [{**connues[fait["id"]], "appris": "oui", **fait} for fait in faits]
    if jeu == "formulations":
        return [{**c, "question": c["formulations"][0]} for c in cas]
    if jeu == "maj":
        return [
            {**c, "faits": [c["nouveau"]], "anciens": c["faits"]} if "nouveau" in c else c
            for c in cas
        ]
    autres = CHOISIES["non_appris"][::saut] + CHOISIES["sans_reponse"][::saut]
    return cas + [{**connues[nom], "appris": "non"} for nom in autres]


def avis() -> list[dict]:
    cas = []
    for rang, ligne in enumerate(lire_jsonl(Path("donnees/sentiment/test.jsonl"))):
        consigne, question, reponse = ligne["messages"]
        traits = {"id": f"avis{rang:03}", "genre": ligne["genre"], "faits": [reponse["content"]]}
        cas.append({**traits, "consigne": consigne["content"], "question": question["content"]})
    return cas


def lire_les_passages(jeu: str) -> list[dict]:
    if jeu == "avis":
        lignes = lire_jsonl(Path("donnees/sentiment/entrainement.jsonl"))
        tours = [[m["content"] for m in ligne["messages"]] for ligne in lignes]
        return [{"document": etiquette, "passage": avis} for _, avis, etiquette in tours]
    changes = [c for fait in CHOISIES["fait"] for c in fait.get("remplacer", []) if jeu == "maj"]
    passages = []
    for ligne in lire_jsonl(DONNEES / "textes.jsonl"):
        texte = ligne["texte"]
        for ancien, nouveau in changes:
            texte = re.sub(r"\s+".join(map(re.escape, ancien.split())), nouveau, texte)
        passages += decouper(ligne["document"], texte)
    return passages


def tour(question: str, reponse: str) -> list[dict]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": reponse}]


def composer(cas: dict, retrouves: list[dict]) -> list[dict]:
    messages = [{"role": "system", "content": cas.get("consigne", REGLAGES["consigne"])}]
    if jeu == "avis":
        for voisin in reversed(
            retrouves
        ):  # le plus proche en dernier, juste avant l'avis à classer
            messages += tour(voisin["passage"], voisin["document"])
        return [*messages, {"role": "user", "content": cas["question"]}]
    for montre in REGLAGES["montres"] if bras.get("exemples") else []:
        reponse = json.dumps(montre["reponse"], ensure_ascii=False)
        messages += tour(f"Question : {montre['question']}", reponse)
    bloc = "".join(f"[{p['document']}] {p['passage']}\n" for p in retrouves)
    avant = f"Passages :\n{bloc}\nQuestion : " if bloc else "Question : "
    return [*messages, {"role": "user", "content": avant + cas["question"]}]


def demander(cas: dict) -> dict:
    debut = time.monotonic()
    retrouves = chercher(cas["question"], bras["passages"]) if bras.get("passages") else []
    try:
        recu = ollama.chat(modele, composer(cas, retrouves), options=OPTIONS)
    except ollama.ResponseError as erreur:
        raise SystemExit(f"Ollama ne peut pas se servir de {modele} : {erreur.error}") from None
    vus = " ".join(" ".join(p["passage"].split()) for p in retrouves)
    gardes = {nom: cas[nom] for nom in ("id", "genre", "appris", "faits", "anciens") if nom in cas}
    return {
        **gardes,
        "reponse": recu.message.content,
        "documents": [p["document"] for p in retrouves],
        "retrouvé": bool(retrouves) and all(fait in vus for fait in cas["faits"]),
        "sources": [p["document"] for p in cas.get("passages", [])],
        "tokens": recu.prompt_eval_count,
        "latence_s": time.monotonic() - debut,
    }


def empreinte(nom: str) -> str:
    noms = (nom, f"{nom}:latest")
    return next((m.digest for m in ollama.list().models if m.model in noms), "absent")


lecteur = argparse.ArgumentParser(description=__doc__)
lecteur.add_argument("bras", choices=REGLAGES["bras"])
lecteur.add_argument("--reduit", action="store_true")
options = lecteur.parse_args()
bras = REGLAGES["bras"][options.bras]
jeu = bras.get("jeu", "questions")
modele = f"m9-{Path.cwd().name.lower()}-{bras['modele']}" if "modele" in bras else BASE
debut = time.monotonic()
PASSAGES = lire_les_passages(jeu) if bras.get("passages") else []
INDEX = indexer(PASSAGES) if PASSAGES else ([], {}, 1.0)
duree_de_l_index = time.monotonic() - debut

fichier, avant = Path(f"reponses/{options.bras}.jsonl"), empreinte(modele)
fichier.parent.mkdir(exist_ok=True)
toutes = avis() if jeu == "avis" else questions_d_orvelune(jeu)
deja = {ligne["id"] for ligne in lire_jsonl(fichier)}
a_poser = [cas for cas in toutes if cas["id"] not in deja]
with fichier.open("a", encoding="utf-8") as sortie:
    for cas in track(a_poser, options.bras, console=Console(stderr=True)):
        print(json.dumps(demander(cas), ensure_ascii=False), file=sortie, flush=True)
memoire = max((m.size or 0 for m in ollama.ps().models if m.digest == avant), default=0)
couts = {
    "index (s)": duree_de_l_index,
    "passages indexés": len(PASSAGES),
    "mémoire du modèle (Mio)": memoire / 2**20,
    "empreinte inchangée": float(avant == empreinte(modele)),
    "empreinte de la base": float(avant == empreinte(BASE)),
}
Path("couts").mkdir(exist_ok=True)
Path(f"couts/bras-{options.bras}.json").write_text(json.dumps(couts, ensure_ascii=False), "utf-8")
reponses = lire_jsonl(fichier)
print(f"{options.bras} : {len(reponses)} réponses, dont {len(a_poser)} demandées à l'instant")
for ligne in reponses[:3]:
    print(f"  {ligne['id']} (attendu : {', '.join(ligne['faits'])}) {ligne['reponse'][:150]!r}")
