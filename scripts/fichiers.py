"""Écrire sans jamais laisser de fichier à moitié écrit, et calculer des empreintes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def ecrire(chemin: Path, contenu: str | bytes) -> bool:
    """Écrit `contenu` (UTF-8) d'un seul coup. Renvoie False si le fichier l'avait déjà."""
    octets = contenu.encode() if isinstance(contenu, str) else contenu
    if chemin.is_file() and chemin.read_bytes() == octets:
        return False
    chemin.parent.mkdir(parents=True, exist_ok=True)
    descripteur, provisoire = tempfile.mkstemp(dir=chemin.parent, prefix=f".{chemin.name}.")
    try:
        with os.fdopen(descripteur, "wb") as flux:
            flux.write(octets)
        Path(provisoire).chmod(0o644)
        Path(provisoire).replace(chemin)
    except BaseException:
        Path(provisoire).unlink(missing_ok=True)
        raise
    return True


def empreinte(chemin: Path) -> str:
    """SHA-256 du fichier, en hexadécimal (64 caractères)."""
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()
