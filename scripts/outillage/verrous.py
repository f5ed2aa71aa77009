"""Recalcule les fichiers de verrous/ : versions exactes et empreintes, sans adresse d'index."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.socle import chemins
from scripts.socle.commandes import console, lancer

# `dev` d'abord : les autres groupes prennent ses versions, pour partager un même environnement.
GROUPES = ("dev", "site", "moteur", "entrainement")
PARTAGENT_DEV = ("site", "entrainement")


def recalculer() -> None:
    """Écrit verrous/<groupe>.txt pour chaque groupe de pyproject.toml."""
    uv = Path(sys.executable).with_name("uv")
    for groupe in GROUPES:
        verrou = chemins.VERROUS / f"{groupe}.txt"
        contraintes = ["-c", "verrous/dev.txt"] if groupe in PARTAGENT_DEV else []
        lancer(
            [
                *(uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-header"),
                *("--no-emit-index-url", "--universal", "--python-version", "3.11"),
                *("--group", groupe, *contraintes, "pyproject.toml", "-o", verrou),
            ],
            etape=f"Calcul de verrous/{groupe}.txt",
            si_echec=f"Le verrou {groupe} n'a pas pu être calculé ; verrous/ n'a pas changé.",
            cwd=chemins.RACINE,
        )
        console.print(f"verrous/{groupe}.txt")
