"""Ce qu'emporte l'archive d'un module : ses fichiers et les données communes qu'il lit."""

from __future__ import annotations

from pathlib import Path

from scripts.lecons.catalogue import hors_lecon
from scripts.socle import chemins
from scripts.socle.archives import zip_reproductible


def fichiers_des_lecons(*modules: Path) -> dict[str, bytes]:
    """Les fichiers de ces modules et les données communes, par leur chemin sous snippets/."""
    trouves = {
        fichier.relative_to(chemins.SNIPPETS): fichier
        for dossier in (*modules, chemins.DONNEES)
        for fichier in dossier.rglob("*")
        if fichier.is_file()
    }
    return {n.as_posix(): f.read_bytes() for n, f in trouves.items() if not hors_lecon(n)}


def archive_du_module(module: Path) -> bytes:
    """Le zip d'un module, avec les données communes que ses programmes lisent."""
    return zip_reproductible(fichiers_des_lecons(module))
