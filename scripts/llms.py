"""`llms.txt` : le plan du cours pour un modèle de langage, au format de llmstxt.org."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Lien:
    """Une page du cours : son titre, son adresse, ce qu'on y trouve."""

    titre: str
    adresse: str
    description: str

    def __str__(self) -> str:
        """Une ligne de liste Markdown."""
        return f"- [{self.titre}]({self.adresse}): {self.description}"


def composer(titre: str, resume: str, sections: Mapping[str, Sequence[Lien]]) -> str:
    """Le titre, le résumé, puis une section par jour."""
    blocs = [f"# {titre}", f"> {resume.strip()}"]
    for nom, liens in sections.items():
        blocs += [f"## {nom}", "\n".join(map(str, liens))]
    return "\n\n".join(blocs) + "\n"
