"""Envoyer une demande au serveur Ollama, et en rendre toute la réponse."""

import os

import httpx

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 1}


def adresse() -> str:
    hote = os.environ.get("OLLAMA_HOST", "127.0.0.1:11434")
    return hote if "//" in hote else f"http://{hote}"


def demander(route: str, **corps) -> dict:
    corps = {"model": MODELE, "stream": False} | corps
    reponse = httpx.post(f"{adresse()}{route}", json=corps, timeout=300)
    reponse.raise_for_status()
    return reponse.json()
