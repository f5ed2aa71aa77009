"""Ce qu'un contrôle trouve : un fichier, un constat, un remède."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Probleme:
    """Un fichier (relatif au dépôt), ce qui ne va pas, et ce qu'il faut faire."""

    fichier: str
    constat: str
    remede: str

    def __str__(self) -> str:
        return f"{self.fichier} : {self.constat}. {self.remede}"
