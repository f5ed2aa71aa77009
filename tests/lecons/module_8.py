"""Ce que partagent les tests du module 8."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.socle import chemins

MODULE = "module_8_pratique_finetuning"
DONNEES = chemins.SNIPPETS / MODULE / "donnees"


AVIS_CLIENTS = chemins.DONNEES / "avis_clients.jsonl"


FABRIQUER = f"{MODULE}/01_fabriquer_donnees.py"
ENTRAINER = f"{MODULE}/06_entrainer.py"
TACHES = ("json", "pirate", "sentiment")


# Hors enregistrement, les mesures ne prennent qu'un cas du test sur six.
UN_CAS_SUR = 6


def comptes(sortie: str) -> Iterator[tuple[str, str, dict[str, tuple[int, int]]]]:
    """Les lignes de 04_mesurer.py -> (tâche et méthode, groupe, {note: (3, 20)})."""
    methode = ""
    for ligne in sortie.splitlines():
        if not ligne.startswith("  "):
            methode = ligne
            continue
        notes = re.findall(r"(\w+) (\d+)/(\d+)", ligne)
        yield methode, ligne[2:26].strip(), {n: (int(a), int(b)) for n, a, b in notes}


def part(sortie: str, methode: str, note: str, *groupes: str) -> float:
    """La part de réponses justes d'une méthode, sur certains groupes ou sur tous les genres."""
    lots = [
        notes[note]
        for nom, groupe, notes in comptes(sortie)
        if nom == methode and groupe in groupes
    ]
    return sum(juste for juste, _ in lots) / sum(total for _, total in lots)


AVIS = ("avis du module 7", "avis d'un autre auteur")
QUESTIONS = ("conversation", "connaissances", "taches", "apres_tours")
