"""Écrit un jeu d'entraînement au format conversation, une ligne JSON par exemple."""

import json
from pathlib import Path

CONSIGNE = "Classe l'avis. Réponds par un seul mot : positif ou négatif."
PAIRES = [
    ("Ma Lumisette éclaire toute la nuit, je suis ravie.", "positif"),
    ("La Galapiat est tombée en panne au bout de trois jours.", "négatif"),
]


def en_conversation(avis: str, reponse: str) -> dict:
    return {
        "messages": [
            {"role": "system", "content": CONSIGNE},
            {"role": "user", "content": avis},
            {"role": "assistant", "content": reponse},
        ]
    }


def en_chatml(exemple: dict) -> str:
    tours = ""
    for message in exemple["messages"]:
        tours += f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n"
    return tours


exemples = [en_conversation(avis, reponse) for avis, reponse in PAIRES]
lignes = [json.dumps(exemple, ensure_ascii=False) for exemple in exemples]
Path("entrainement.jsonl").write_text("\n".join(lignes) + "\n", "utf-8")

print("Un exemple (dans le fichier, il tient sur une ligne) :")
print(json.dumps(exemples[0], ensure_ascii=False, indent=1))
print("\nCe que lit le modèle :")
print(en_chatml(exemples[0]))
