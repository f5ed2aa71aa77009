"""Ce que partagent les tests du module 1."""

from __future__ import annotations

import ast
import re


def decimaux(motif: str, texte: str) -> list[float]:
    """Les nombres capturés par `motif`, à la française ou non, dans l'ordre."""
    trouves = re.findall(motif, texte, re.MULTILINE)
    return [float(trouve.replace(",", ".")) for trouve in trouves]


def candidats(texte: str) -> list[tuple[str, float]]:
    """Les couples « 'token' 12,3 % » d'une sortie -> (token, 12.3)."""
    motif = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") +(\d+(?:,\d+)?) %"""
    trouves = re.findall(motif, texte)
    return [(ast.literal_eval(token), float(part.replace(",", "."))) for token, part in trouves]
