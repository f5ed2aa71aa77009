"""Lire les tableaux de oui et de non qu'impriment les mesures du module 3."""

from __future__ import annotations

import re

LIGNE = re.compile(r"^(.+?)((?: +(?:oui|non))+)$", re.MULTILINE)


def colonnes(sortie: str, lignes: int) -> dict[str, list[bool]]:
    """Le nom de chaque colonne et ses réponses ; échoue si le tableau n'a pas `lignes` lignes."""
    [entete] = re.findall(r"^ {18}( +\S.*)$", sortie, re.MULTILINE)
    noms = [nom.strip() for nom in re.findall(r".{1,11}", entete)]
    cases = [reponses.split() for _, reponses in LIGNE.findall(sortie)]
    assert len(cases) == lignes, sortie
    return {nom: [case[rang] == "oui" for case in cases] for rang, nom in enumerate(noms)}
