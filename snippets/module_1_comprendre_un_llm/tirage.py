"""Régler le tirage d'un token, sur des probabilités gardées."""

import json
from pathlib import Path

import numpy as np


# --8<-- [start:gardees]
def probabilites_gardees(nom: str) -> tuple[str, list[str], np.ndarray]:
    fichier = Path(__file__).with_name("distributions.json")
    garde = json.loads(fichier.read_text(encoding="utf-8"))["debuts"][nom]
    tokens, probas = zip(*garde["suivants"], strict=True)
    return garde["debut"], list(tokens), np.array(probas)


# --8<-- [end:gardees]
# --8<-- [start:chauffer]
def chauffer(probas: np.ndarray, temperature: float) -> np.ndarray:
    poids = np.exp(np.log(probas / probas.max()) / temperature)
    return poids / poids.sum()


# --8<-- [end:chauffer]
# --8<-- [start:couper]
def couper(probas: np.ndarray, top_k: int, top_p: float) -> np.ndarray:
    gardees = probas[:top_k] / probas[:top_k].sum()
    combien = int(np.searchsorted(gardees.cumsum(), top_p)) + 1
    return gardees[:combien] / gardees[:combien].sum()


# --8<-- [end:couper]
