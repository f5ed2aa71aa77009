"""Contrôle un projet final : python 15_verifier_projet.py mon_projet.toml."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

TECHNIQUES = {"prompt", "RAG", "fine-tuning", "RAG et fine-tuning"}
TEXTES = {"besoin": 80, "pourquoi_pas_les_autres": 80, "verdict": 80, "limites": 40}


def trop_courts(projet: dict) -> Iterator[str]:
    for champ, minimum in TEXTES.items():
        texte = projet.get(champ, "")
        if len(texte) < minimum or "À ÉCRIRE" in texte:
            yield f"« {champ} » : {minimum} caractères au moins, et sans « À ÉCRIRE »"


def questions_manquantes(projet: dict) -> Iterator[str]:
    questions = projet.get("question", [])
    muettes = [q for q in questions if not q.get("faits")]
    if len(questions) < 20:
        yield f"{len(questions)} questions : il en faut vingt au moins"
    if len(muettes) * 5 < len(questions):
        yield f"{len(muettes)} questions sans réponse : il en faut une sur cinq"
    if len({q["texte"] for q in questions}) < len(questions):
        yield "une question est posée deux fois"


def mesures_manquantes(projet: dict) -> Iterator[str]:
    mesures = projet.get("mesure", [])
    bras = {mesure["bras"] for mesure in mesures}
    if "prompt seul" not in bras or len(bras) < 3:
        yield "il faut trois bras au moins, dont « prompt seul »"
    for mesure in mesures:
        if not 0 <= mesure["bas"] <= mesure["valeur"] <= mesure["haut"] <= 100:
            yield f"« {mesure['bras']} », {mesure['nom']} : l'intervalle ne contient pas la valeur"
    for nom in ("connaissance", "comportement"):
        if bras - {mesure["bras"] for mesure in mesures if mesure["nom"] == nom}:
            yield f"un bras n'a pas de mesure de {nom}"


def defauts(projet: dict) -> Iterator[str]:
    if projet.get("technique") not in TECHNIQUES:
        yield f"« technique » : choisissez parmi {', '.join(sorted(TECHNIQUES))}"
    yield from trop_courts(projet)
    yield from questions_manquantes(projet)
    yield from mesures_manquantes(projet)


gabarit = Path(__file__).with_name("projet") / "mon_projet.toml"
fichier = Path(sys.argv[1]) if len(sys.argv) > 1 else gabarit
trouves = list(defauts(tomllib.loads(fichier.read_text("utf-8"))))
for defaut in trouves:
    print(f"  {defaut}")
verdict = f"défauts : {len(trouves)}" if trouves else "complet"
print(f"{fichier.name}, {verdict}")
