"""Ce que partagent les tests du module 6."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MODULE = "module_6_evaluer_un_rag"
REPONDABLES, SANS_REPONSE = 52, 14


def ecrire(fichier: Path, objets: list[dict[str, Any]]) -> Path:
    """Écrit un fichier JSON Lines et rend son chemin."""
    lignes = [json.dumps(objet, ensure_ascii=False) + "\n" for objet in objets]
    fichier.write_text("".join(lignes), "utf-8")
    return fichier


def part_identique(refaites: list[dict[str, Any]], livrees: list[dict[str, Any]]) -> float:
    """La part des réponses refaites qui sont mot pour mot celles du fichier livré."""
    paires = list(zip(refaites, livrees, strict=True))
    assert [a["id"] for a, _ in paires] == [b["id"] for _, b in paires]
    return sum(bool(a["reponse"] == b["reponse"]) for a, b in paires) / len(paires)
