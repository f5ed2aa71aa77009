"""Ce que partagent les mesures : le jeu étiqueté, la question, le tableau."""

import json
from collections.abc import Callable
from pathlib import Path

from modele import interroger


def lire_cas(nom: str = "messages.jsonl") -> list[dict]:
    """Les cas étiquetés d'un fichier du module, un objet JSON par ligne."""
    lignes = Path(__file__).with_name(nom).read_text("utf-8").splitlines()
    return [json.loads(ligne) for ligne in lignes]


def demander(messages: str | list, maximum: int, schema: dict | None = None) -> str:
    """La réponse à un prompt, ou à une conversation, sans blanc ni point autour."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    return interroger(messages, maximum, format=schema).content.strip(" .\n")


def retenir(attendu: str, reponse: str) -> str:
    """L'attendu s'il est dans la réponse ; sinon, la réponse entière."""
    return attendu if attendu in reponse else reponse


def comparer(cas: list, attendu: Callable, techniques: dict, nommer=None) -> dict:
    """Une ligne par cas, une colonne par technique : oui si la réponse est exacte."""
    reponses = {nom: [repondre(c) for c in cas] for nom, repondre in techniques.items()}
    print(" " * 18 + "".join(f"{nom:>11}" for nom in techniques))
    for rang, un_cas in enumerate(cas):
        justes = [rendues[rang] == attendu(un_cas) for rendues in reponses.values()]
        nom = (nommer or attendu)(un_cas)
        print(f"{nom:18}" + "".join(f"{'oui' if j else 'non':>11}" for j in justes))
    print("\nSur le premier cas :")
    for nom, rendues in reponses.items():
        print(f"  {nom:11} {' '.join(rendues[0].split())[:60]}")
    return reponses
