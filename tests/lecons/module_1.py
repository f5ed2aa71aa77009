"""Ce que partagent les tests du module 1."""

from __future__ import annotations

import ast
import re


def candidats(texte: str) -> list[tuple[str, float]]:
    """Les couples « 'token' 12.3% » d'une sortie -> (token, 12.3)."""
    trouves = re.findall(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") +(\d+(?:\.\d+)?)%""", texte)
    return [(ast.literal_eval(token), float(part)) for token, part in trouves]
