"""Lire un fichier de verrous/ : les paquets épinglés, leur version, et sur quelles machines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

LIGNE = re.compile(
    r"^(?P<nom>\w[\w.-]*)(?:\[[^]\n]*\])?==(?P<version>[^\s;\\]+)(?: *;(?P<condition>[^\\\n]+))?.*?"
    r"(?=\\?$)",
    re.MULTILINE,
)

EMPREINTE = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Epingle:
    """Un paquet épinglé. `condition` : son marqueur (PEP 508), vide s'il vaut partout.

    `texte` est la ligne du verrou, sans la barre qui annonce ses `empreintes`, des SHA-256.
    """

    nom: str
    version: str
    condition: str
    texte: str
    empreintes: tuple[str, ...]


def lire(verrou: Path) -> list[Epingle]:
    """Les paquets d'un verrou, dans l'ordre, sous leur nom canonique."""
    texte = verrou.read_text(encoding="utf-8")
    lignes = list(LIGNE.finditer(texte))
    fins = [*(suivante.start() for suivante in lignes[1:]), len(texte)][: len(lignes)]
    return [
        Epingle(
            nom_canonique(ligne["nom"]),
            ligne["version"],
            (ligne["condition"] or "").strip(),
            ligne[0],
            tuple(EMPREINTE.findall(texte, ligne.end(), fin)),
        )
        for ligne, fin in zip(lignes, fins, strict=True)
    ]


def nom_canonique(nom: str) -> str:
    """Le nom d'un paquet tel que pip l'écrit : `Jupyter_Core` devient `jupyter-core`."""
    return str(canonicalize_name(nom))
