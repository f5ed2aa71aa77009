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


@dataclass(frozen=True)
class Epingle:
    """Un paquet épinglé. `condition` : son marqueur (PEP 508), vide s'il vaut partout.

    `texte` est la ligne du verrou, sans la barre qui annonce ses empreintes.
    """

    nom: str
    version: str
    condition: str
    texte: str


def lire(verrou: Path) -> list[Epingle]:
    """Les paquets d'un verrou, dans l'ordre, sous leur nom canonique."""
    lignes = LIGNE.finditer(verrou.read_text(encoding="utf-8"))
    return [
        Epingle(nom_canonique(li["nom"]), li["version"], (li["condition"] or "").strip(), li[0])
        for li in lignes
    ]


def nom_canonique(nom: str) -> str:
    """Le nom d'un paquet tel que pip l'écrit : `Jupyter_Core` devient `jupyter-core`."""
    return str(canonicalize_name(nom))
