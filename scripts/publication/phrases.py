"""Les fragments des phrases calculées : `genere/<module>/phrases/<nom>.md`, une phrase chacun."""

from __future__ import annotations

from pathlib import Path

from scripts.lecons.phrases import forme, redaction
from scripts.lecons.phrases.valeurs import Enregistrements
from scripts.socle import chemins

# Le titre d'une phrase qui manque : `make verifier` en dit la cause.
TITRE = "Phrase pas encore calculée"


def fragments(enregistrements: Enregistrements) -> dict[Path, str]:
    """Fragment -> contenu, pour `fragments.generer`."""
    trouves: dict[Path, str] = {}
    for module in forme.modules():
        dossier = chemins.GENERE / module / "phrases"
        etat = redaction.rediger(module, enregistrements)
        for nom, texte in etat.textes.items():
            trouves[dossier / f"{nom}.md"] = f"{texte}\n"
        for nom, erreur in etat.empechees.items():
            trouves[dossier / f"{nom}.md"] = f'!!! failure "{TITRE}"\n    {erreur.constat}.\n'
    return trouves
