"""Exécute un carnet : `python executer_carnet.py source.py destination.ipynb`.

Le carnet est lu au format percent, exécuté dans le dossier courant, débarrassé de ce qui change
à chaque exécution (identifiants, horaires), puis écrit d'un seul coup.
"""

import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from scripts.socle import fichiers

NOYAU = {"display_name": "Python 3", "language": "python", "name": "python3"}


def principal(source: Path, destination: Path) -> None:
    """Exécute `source` et écrit `destination`. L'échec d'une cellule est une exception."""
    carnet = jupytext.read(source)
    carnet.metadata = nbformat.from_dict({"kernelspec": NOYAU})
    noyau = NOYAU["name"]
    NotebookClient(carnet, timeout=600, kernel_name=noyau, record_timing=False).execute()
    carnet.metadata = nbformat.from_dict({"kernelspec": NOYAU})
    for numero, cellule in enumerate(carnet.cells):
        cellule.id = f"cellule-{numero}"
    fichiers.ecrire(destination, nbformat.writes(carnet) + "\n")


if __name__ == "__main__":
    principal(Path(sys.argv[1]), Path(sys.argv[2]))
