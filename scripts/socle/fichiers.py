"""Lire et écrire sans jamais laisser de fichier à moitié écrit ; calculer des empreintes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def ecrire(chemin: Path, contenu: str | bytes, *, mode: int = 0o644) -> bool:
    """Écrit `contenu` (UTF-8) d'un seul coup. Renvoie False si le fichier l'avait déjà.

    Un fichier qui a déjà ce contenu et ces droits n'est pas touché : son disque peut être en
    lecture seule.
    """
    octets = contenu.encode() if isinstance(contenu, str) else contenu
    if chemin.is_file() and chemin.read_bytes() == octets:
        if mode & ~chemin.stat().st_mode:
            chemin.chmod(mode)
        return False
    chemin.parent.mkdir(parents=True, exist_ok=True)
    try:
        _remplacer(chemin, octets, mode)
    except OSError as erreur:
        # Le nom du fichier provisoire ne dirait rien à personne.
        erreur.filename, erreur.filename2 = str(chemin), None
        raise
    return True


def _remplacer(chemin: Path, octets: bytes, mode: int) -> None:
    descripteur, provisoire = tempfile.mkstemp(dir=chemin.parent, prefix=f".{chemin.name}.")
    try:
        with os.fdopen(descripteur, "wb") as flux:
            flux.write(octets)
        Path(provisoire).chmod(mode)
        Path(provisoire).replace(chemin)
    except BaseException:
        Path(provisoire).unlink(missing_ok=True)
        raise


def empreinte(chemin: Path) -> str:
    """SHA-256 du fichier, en hexadécimal (64 caractères)."""
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def lire_jsonl(chemin: Path) -> list[dict[str, Any]]:
    """Une liste d'objets, un par ligne du fichier."""
    # Pas `splitlines`, qui couperait aussi à U+2028, permis dans une chaîne JSON.
    lignes = chemin.read_text(encoding="utf-8").split("\n")
    return [json.loads(ligne) for ligne in lignes if ligne.strip()]


def empreinte_du_texte(texte: str) -> str:
    """SHA-256 de ce texte, tel que l'écrit `ecrire`."""
    return hashlib.sha256(texte.encode()).hexdigest()
