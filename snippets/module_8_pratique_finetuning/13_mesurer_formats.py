"""Mesure f16, q8_0 et q4_0 : taille, vitesse, mémoire, et qualité sur le test de json.

Un nombre ne garde qu'un cas sur tant : 13_mesurer_formats.py 3.
"""

import json
import re
import statistics
import sys
from pathlib import Path

import jsonschema
import ollama

SCHEMA = Path(__file__).parents[1] / "module_7_introduction_finetuning/schema_avis.json"
CONTROLE = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
FORMATS = {"json-f16": "json-f16.gguf", "json-q8": "json.gguf", "json-q4": "json-q4_0.gguf"}
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048}
PAS = sys.argv[1] if sys.argv[1:] else "1"


def lire_test() -> list[list[dict]]:
    lignes = Path("donnees/json/test.jsonl").read_text("utf-8").splitlines()
    return [json.loads(ligne)["messages"] for ligne in lignes][:: int(PAS)]


def noter(modele: str, messages: list[dict]) -> tuple[bool, bool, bool]:
    options = {**OPTIONS, "num_predict": 30, "stop": ["\n\n"]}
    reponse = ollama.chat(modele, messages[:-1], options=options).message.content
    attendu = json.loads(messages[-1]["content"])
    try:
        recu = json.loads(reponse)
    except ValueError:
        return False, False, False
    valide = CONTROLE.is_valid(recu)
    return valide, *(valide and recu[cle] == attendu[cle] for cle in ("produit", "sentiment"))


def vitesse(modele: str) -> float:
    """La médiane de dix essais : un autre programme qui se réveille ne la trouble pas."""
    options, debits = {**OPTIONS, "num_predict": 60}, []
    for depart in range(10):
        compte = ", ".join(str(nombre) for nombre in range(depart, depart + 20))
        reponse = ollama.generate(modele, f"{compte},", raw=True, options=options)
        debits.append(reponse.eval_count / reponse.eval_duration * 1e9)
    return statistics.median(debits)


def memoire(modele: str) -> int:
    return next(m.size for m in ollama.ps().models if m.model == f"{modele}:latest")


def mesurer(modele: str, fichier: str, test: list[list[dict]]) -> str:
    notes = [noter(modele, messages) for messages in test]
    debit = vitesse(modele)
    occupe = memoire(modele)
    ollama.generate(modele, keep_alive=0)
    taille = Path(fichier).stat().st_size
    qualite = "".join(f"{sum(colonne):6}/{len(test)}" for colonne in zip(*notes, strict=True))
    return f"{modele:9}{taille / 1e6:5.0f}{debit:10.1f}{occupe / 1e6:13.0f}   {qualite}"


if not re.fullmatch(r"[1-9]\d*", PAS):
    raise SystemExit("Usage : python 13_mesurer_formats.py [un cas sur combien]")
if manquants := [nom for nom in FORMATS.values() if not Path(nom).is_file()]:
    raise SystemExit(f"{manquants[0]} manque : lancez d'abord 12_quantifier.py.")
test = lire_test()
print("modèle     Mo  tokens/s   mémoire, Mo      valide   produit sentiment")
for modele, fichier in FORMATS.items():
    print(mesurer(modele, fichier, test))
