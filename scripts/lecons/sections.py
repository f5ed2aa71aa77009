"""Exécuter un exercice en ne gardant que certaines sections : `python sections.py fichier nom…`.

Un fichier d'exercice contient l'énoncé (`depart`), la `solution` et la `verification`, entre des
balises `--8<-- [start:nom]`. Les lignes des autres sections sont vidées, pas supprimées : les
numéros de ligne des erreurs et de la couverture restent ceux du fichier.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

BALISE = re.compile(r"--8<-- \[(start|end):([\w-]+)\]")


def sections(texte: str) -> set[str]:
    """Noms des sections ouvertes dans `texte`."""
    return {balise[2] for balise in BALISE.finditer(texte) if balise[1] == "start"}


def garder(texte: str, gardees: set[str]) -> str:
    """Vide les lignes des sections absentes de `gardees`. Lève `ValueError` sur un nom inconnu."""
    if inconnues := gardees - sections(texte):
        raise ValueError(f"sections inconnues : {', '.join(sorted(inconnues))}")
    lignes, courante = [], None
    for ligne in texte.splitlines():
        if balise := BALISE.search(ligne):
            courante = balise[2] if balise[1] == "start" else None
        lignes.append(ligne if courante is None or courante in gardees else "")
    return "\n".join(lignes) + "\n"


if __name__ == "__main__":
    fichier = Path(sys.argv[1])
    sys.path[0] = str(fichier.parent)  # comme si l'exercice était lancé lui-même
    code = garder(fichier.read_text(encoding="utf-8"), set(sys.argv[2:]))
    exec(compile(code, fichier, "exec"), {"__name__": "__main__", "__file__": str(fichier)})
