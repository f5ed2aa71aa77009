"""Recalcule les fichiers de verrous/ : versions exactes et empreintes, sans adresse d'index."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from scripts.socle import chemins, fichiers
from scripts.socle.commandes import console, lancer

UV = Path(sys.executable).with_name("uv")
# `dev` avant ceux qui prennent ses versions, pour partager un même environnement.
GROUPES = ("amorce", "dev", "site", "moteur", "entrainement", "modeles")
PARTAGENT_DEV = ("site", "entrainement")
SANS_DEPENDANCES = ("modeles",)


def recalculer() -> None:
    """Écrit verrous/<groupe>.txt pour chaque groupe que l'on installe, quand tous sont calculés.

    Lève `ErreurCours` si l'un d'eux ne peut pas l'être ; verrous/ n'a alors pas changé.
    """
    with tempfile.TemporaryDirectory() as dossier:
        # Une copie, verrous compris : uv garde les versions qui conviennent encore.
        copie = Path(dossier)
        shutil.copy(chemins.RACINE / "pyproject.toml", copie)
        shutil.copytree(chemins.VERROUS, copie / "verrous")
        verrous = {groupe: _calculer(groupe, copie) for groupe in GROUPES}
    for groupe, verrou in verrous.items():
        change = fichiers.ecrire(chemins.VERROUS / f"{groupe}.txt", verrou)
        console.print(f"verrous/{groupe}.txt{'' if change else ' : inchangé'}")


def _calculer(groupe: str, copie: Path) -> bytes:
    """Le verrou de ce groupe, calculé et laissé dans cette copie du dépôt."""
    contraintes = ["-c", "verrous/dev.txt"] if groupe in PARTAGENT_DEV else []
    contraintes += ["--no-deps"] if groupe in SANS_DEPENDANCES else []
    lancer(
        [
            *(UV, "pip", "compile", "--quiet", "--generate-hashes", "--no-header"),
            *("--no-emit-index-url", "--universal", "--python-version", "3.11"),
            *("--group", groupe, *contraintes, "pyproject.toml", "-o", f"verrous/{groupe}.txt"),
        ],
        etape=f"Calcul de verrous/{groupe}.txt",
        si_echec=f"Le verrou {groupe} n'a pas pu être calculé ; verrous/ n'a pas changé.",
        cwd=copie,
    )
    return (copie / "verrous" / f"{groupe}.txt").read_bytes()
