"""Demande du JSON par le seul prompt sur 20 avis et compte les réponses valides."""

import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
AVIS = Path(__file__).parents[1] / "donnees" / "avis_clients.jsonl"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 36}
OPTIONS["stop"] = ["\n\n"]
CONSIGNE = """\
Extrais de l'avis le nom du produit et le sentiment (positif ou négatif).
Réponds seulement en JSON avec les clés "produit" et "sentiment"."""
MONTRE = '{"produit": "Lumisette", "sentiment": "positif"}'
EXEMPLE = [
    {"role": "user", "content": "Avis : Ma Lumisette dure toute la nuit, ravie !"},
    {"role": "assistant", "content": MONTRE},
]


def demander(avis: str, exemple: list[dict]) -> str:
    consigne = {"role": "system", "content": CONSIGNE}
    messages = [consigne, *exemple, {"role": "user", "content": f"Avis : {avis}"}]
    return ollama.chat(MODELE, messages, options=OPTIONS).message.content.strip()


def juger(reponse: str) -> str:
    nue = reponse.removeprefix("```json").removesuffix("```")
    try:
        juste = set(json.loads(nue)) == {"produit", "sentiment"}
    except (ValueError, TypeError):
        juste = False
    return "invalide" if not juste else "valide" if nue == reponse else "entre clôtures"


textes = [json.loads(avis)["texte"] for avis in AVIS.read_text("utf-8").splitlines()]
for nom, exemple in {"consigne seule": [], "avec un exemple": EXEMPLE}.items():
    reponses = [demander(texte, exemple) for texte in textes]
    verdicts = [juger(reponse) for reponse in reponses]
    print(f"{nom} : {verdicts.count('valide')}/{len(textes)} réponses valides")
    for reponse in reponses[:3]:
        print(f"  {' '.join(reponse.split())[:72]}")
    print(*(f"  {nom}, {verdict}" for verdict in verdicts), sep="\n")
