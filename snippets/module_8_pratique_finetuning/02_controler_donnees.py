"""Contrôle un jeu de données (dossier ou fichier) et le refuse au moindre défaut."""

import json
import os
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from statistics import median

from transformers import AutoTokenizer

BASE = os.environ.get("COURS_MODELE_HF", "HuggingFaceTB/SmolLM2-135M-Instruct")
TOUR = "<|im_start|>{role}\n{content}<|im_end|>\n"
TOKENS_MAX, PART_MAX = 400, 0.7
PERSONNELLES = {
    "adresse électronique": r"[\w.+-]+@[\w-]+\.\w+",
    "numéro de téléphone": r"(?<!\d)(\+33 ?|0)[1-9]([ .-]?\d\d){4}(?!\d)",
    "IBAN": r"\b[A-Z]{2}\d\d( ?[0-9A-Z]{4}){4,7}",
}


def defaut_de_forme(ligne: str, est_test: bool) -> str:
    try:
        exemple = json.loads(ligne)
        roles = " ".join(m["role"] for m in exemple["messages"] if m["content"].strip())
        genre = exemple["genre"].strip()
    except ValueError:
        return "JSON illisible"
    except (AttributeError, KeyError, TypeError):
        return "schéma : « genre » et « messages » (« role », « content ») attendus"
    fin = "user( assistant)?" if est_test else "user assistant"
    conforme = genre and re.fullmatch(f"(system )?(user assistant )*{fin}", roles)
    return "" if conforme else f"rôles inattendus ou texte vide : {roles}"


def plier(texte: str) -> str:
    sans_accents = unicodedata.normalize("NFKD", texte.lower()).encode("ascii", "ignore")
    return " ".join(re.findall(r"\w+", sans_accents.decode()))


def defauts_de_fond(exemple: dict, ici: tuple[str, int], vus: dict) -> list[str]:
    questions = [m["content"] for m in exemple["messages"] if m["role"] == "user"]
    texte = "\n".join(m["content"] for m in exemple["messages"])
    defauts = [f"donnée personnelle : {n}" for n, m in PERSONNELLES.items() if re.search(m, texte)]
    autre, ligne = vus.setdefault(plier(questions[-1]), ici)
    if (autre, ligne) != ici:
        nature = "doublon" if autre == ici[0] else "fuite"
        defauts.append(f"{nature} : même texte que {autre}, ligne {ligne}")
    genre = ("genre", exemple["genre"])
    if (autre := vus.setdefault(genre, ici[0])) != ici[0]:
        defauts.append(f"genre « {exemple['genre']} » déjà dans {autre}")
        vus[genre] = ici[0]
    return defauts


def controler(fichier: Path, vus: dict) -> int:
    defauts, tokens, reponses = [], [], Counter()
    for numero, ligne in enumerate(fichier.read_text("utf-8").splitlines(), start=1):
        if defaut := defaut_de_forme(ligne, est_test=fichier.stem == "test"):
            defauts.append(f"ligne {numero} : {defaut}")
            continue
        exemple = json.loads(ligne)
        trouves = defauts_de_fond(exemple, (fichier.name, numero), vus)
        tokens.append(len(TOKENIZER.encode("".join(TOUR.format(**m) for m in exemple["messages"]))))
        if tokens[-1] > TOKENS_MAX:
            trouves.append(f"trop long : {tokens[-1]} tokens, maximum {TOKENS_MAX}")
        if (fin := exemple["messages"][-1])["role"] == "assistant":
            reponses[re.sub(r'.*"sentiment": "(\w+)".*', r"\1", fin["content"])] += 1
        defauts += [f"ligne {numero} : {defaut}" for defaut in trouves]
    if len(reponses) <= 5 and max(reponses.values(), default=0) > PART_MAX * len(tokens):
        defauts.append(f"réponses mal équilibrées : {dict(reponses)}")
    print(f"{fichier} : {len(tokens)} exemples bien formés")
    print(f"  tokens : médiane {median(tokens or [0]):.0f}, maximum {max(tokens or [0])}")
    resume = f"{len(reponses)} distinctes" if len(reponses) > 5 else dict(reponses) or "aucune"
    print(f"  réponses : {resume}")
    for defaut in defauts:
        print(f"  {defaut}")
    return len(defauts)


chemin = Path(*sys.argv[1:2])
fichiers = sorted(chemin.glob("*.jsonl"), reverse=True) if chemin.is_dir() else [chemin]
if not fichiers or not fichiers[0].is_file():
    raise SystemExit(f"Aucun fichier .jsonl ici : {chemin}")
TOKENIZER = AutoTokenizer.from_pretrained(BASE)
vus: dict = {}
total = sum([controler(fichier, vus) for fichier in fichiers])
print(f"Jeu refusé : {total} défauts" if total else "Jeu accepté")
sys.exit(total > 0)
