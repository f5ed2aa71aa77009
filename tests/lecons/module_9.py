"""Ce que partagent les tests du module 9 : ses données, et l'expérience complète, enregistrée."""

from __future__ import annotations

import math
import statistics
import tomllib
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from scripts.experience import resultats
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl

MODULE = "module_9_rag_ou_finetuning"
DOSSIER = chemins.SNIPPETS / MODULE
PREPARER = f"{MODULE}/01_preparer_exemples.py"
ENTRAINER = f"{MODULE}/02_entrainer.py"
SERVIR = f"{MODULE}/03_servir.py"


def toml(nom: str) -> dict[str, Any]:
    """Un fichier TOML du module."""
    return tomllib.loads((DOSSIER / nom).read_text(encoding="utf-8"))


REGLAGES = toml("bras.toml")
ORVELUNE = toml("donnees/faits_orvelune.toml")
QUESTIONS = {cas["id"]: cas for cas in lire_jsonl(chemins.DONNEES / "questions.jsonl")}
CHAQUE_BASE = pytest.mark.parametrize("modele", resultats.MODELES)
APPRIS = [fait["id"] for fait in ORVELUNE["fait"]]


@cache
def enregistrees(modele: str) -> tuple[dict[str, str], ...]:
    """Les lignes de l'expérience complète, pour une base."""
    return tuple(ligne for ligne in resultats.lire() if ligne["modele"] == modele)


def parts(modele: str, bras: str, mesure: str) -> dict[str, float]:
    """Question -> moyenne des graines."""
    lots: dict[str, list[float]] = {}
    for ligne in enregistrees(modele):
        if (ligne["bras"], ligne["mesure"]) == (bras, mesure):
            lots.setdefault(ligne["cas"], []).append(float(ligne["valeur"]))
    return {cas: statistics.mean(lot) for cas, lot in lots.items()}


def moyenne(modele: str, bras: str, mesure: str, cas: Sequence[str] = ()) -> float:
    """Sur ces questions, ou sur toutes."""
    notes = parts(modele, bras, mesure)
    return statistics.mean(notes[nom] for nom in cas or notes)


def borne_basse_de_l_ecart(
    modele: str, un: str, autre: str, mesure: str, cas: Sequence[str] = ()
) -> float:
    """Borne basse, à 95 %, de l'écart apparié, par l'approximation normale."""
    a, b = parts(modele, un, mesure), parts(modele, autre, mesure)
    ecarts = [a[nom] - b[nom] for nom in cas or a]
    return statistics.mean(ecarts) - 1.96 * statistics.stdev(ecarts) / math.sqrt(len(ecarts))
