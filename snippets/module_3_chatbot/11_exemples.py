"""Trie dix-huit messages sans exemple, avec un, puis avec trois : forme, justesse, répartition."""

import json
import os
from collections import Counter
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 6}
lignes = Path(__file__).with_name("messages.jsonl").read_text("utf-8").splitlines()
CAS = [json.loads(ligne) for ligne in lignes]
SERVICES = ("livraison", "réparation", "facture")
CONSIGNE = f"Classe le message. Réponds par un seul mot : {', '.join(SERVICES)}."
EXEMPLES = [
    ("Je n'ai pas vu le facteur et mon colis reste introuvable.", "livraison"),
    ("Le socle de ma veilleuse s'est cassé en tombant.", "réparation"),
    ("Pouvez-vous corriger l'adresse sur ma note de paiement ?", "facture"),
]


def classer(texte: str, exemples: list[tuple]) -> str:
    messages = [{"role": "system", "content": CONSIGNE}]
    for message, service in exemples:
        messages.append({"role": "user", "content": message})
        messages.append({"role": "assistant", "content": service})
    messages.append({"role": "user", "content": texte})
    reponse = ollama.chat(MODELE, messages, options=OPTIONS)
    return reponse.message.content.strip(" .\n").lower()


def juger(nom: str, predites: list[str]) -> None:
    forme = sum(predite in SERVICES for predite in predites)
    exact = sum(p == cas["service"] for p, cas in zip(predites, CAS, strict=True))
    print(f"{nom:22} : forme {forme:2}/{len(CAS)}, exact {exact:2}/{len(CAS)}")
    rendus = Counter(predite if predite in SERVICES else "autre" for predite in predites)
    print("  " + ", ".join(f"{rendus[mot]} « {mot} »" for mot in (*SERVICES, "autre")))


juger("toujours « livraison »", ["livraison"] * len(CAS))
for nombre, nom in ((0, "zero-shot"), (1, "one-shot"), (3, "few-shot, trois")):
    juger(nom, [classer(cas["texte"], EXEMPLES[:nombre]) for cas in CAS])
