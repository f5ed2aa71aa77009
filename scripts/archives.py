"""Archiver des fichiers aux mêmes octets d'une fois à l'autre : ni date, ni ordre du disque."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from scripts import chemins

DATE = (2020, 1, 1, 0, 0, 0)
DOSSIERS_A_PART = {"sorties", "diagrammes", "experience", "__pycache__", ".ipynb_checkpoints"}


def zip_reproductible(contenus: Mapping[str, bytes]) -> bytes:
    """Le zip de ces contenus, nommés par leur chemin dans l'archive."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        for nom in sorted(contenus):
            entree = zipfile.ZipInfo(nom, DATE)
            entree.external_attr = 0o644 << 16
            archive.writestr(entree, contenus[nom], zipfile.ZIP_DEFLATED)
    return tampon.getvalue()


def fichiers_des_lecons(*modules: Path) -> dict[str, bytes]:
    """Les fichiers de ces modules et les données communes, par leur chemin sous snippets/."""
    trouves = {
        fichier.relative_to(chemins.SNIPPETS): fichier
        for dossier in (*modules, chemins.DONNEES)
        for fichier in dossier.rglob("*")
        if fichier.is_file()
    }
    return {
        nom.as_posix(): fichier.read_bytes()
        for nom, fichier in trouves.items()
        if not DOSSIERS_A_PART & set(nom.parts)
    }


def archive_du_module(module: Path) -> bytes:
    """Le zip d'un module, avec les données communes que ses programmes lisent."""
    return zip_reproductible(fichiers_des_lecons(module))
