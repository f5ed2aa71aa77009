"""Demande du JSON par le seul prompt sur 20 avis et compte les réponses valides."""

import json
import os
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DONNEES = Path(__file__).parents[1] / "donnees"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 36}
CONSIGNE = """\
Extrais de l'avis le nom du produit et le sentiment (positif ou négatif).
Réponds seulement en JSON avec les clés "produit" et "sentiment"."""
EXEMPLE = [
    {"role": "user", "content": "Avis : Ma Lumisette dure toute la nuit, ravie !"},
    {
        "role": "assistant",
        "content": '{"produit": "Lumisette", "sentiment": "positif"}',
    },
]


def demander(avis: str, exemple: list[dict]) -> str:
    consigne = {"role": "system", "content": CONSIGNE}
    messages = [consigne, *exemple, {"role": "user", "content": f"Avis : {avis}"}]
    options = {**OPTIONS, "stop": ["\n\n"]}
    return ollama.chat(MODELE, messages, options=options).message.content


def est_valide(reponse: str) -> bool:
    try:
        return set(json.loads(reponse)) == {"produit", "sentiment"}
    except (ValueError, TypeError):
        return False


lignes = (DONNEES / "avis_clients.jsonl").read_text("utf-8").splitlines()
textes = [json.loads(ligne)["texte"] for ligne in lignes]
for nom, exemple in {"consigne seule": [], "consigne et un exemple": EXEMPLE}.items():
    reponses = [demander(texte, exemple) for texte in textes]
    print(f"{nom} : {sum(map(est_valide, reponses))}/{len(textes)} réponses valides")
    for reponse in reponses[:3]:
        debut = " ".join(reponse.split())[:72]
        print(f"  {'[valide]' if est_valide(reponse) else '[invalide]'} {debut}")
