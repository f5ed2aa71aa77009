"""Ce que montrent les pages du module 9 : des phrases chiffrées, et les résultats des lecteurs."""

from __future__ import annotations

from pathlib import Path

from scripts.experience.resultats import MODULE
from scripts.publication.module_9 import contributions, phrases
from scripts.socle import chemins


def fragments() -> dict[Path, str]:
    """Fragment -> contenu, pour `fragments.generer` ; aucun si le dépôt n'a pas ce module."""
    if not phrases.PHRASES.is_file():
        return {}
    tableau = chemins.GENERE / MODULE.name / "contributions.md"
    return {**phrases.fragments(), tableau: contributions.tableau()}
