"""Lire ce qu'un programme de leçon a imprimé ou dessiné."""

from __future__ import annotations

import re

from scripts.execution.resultat import Execution


def nombres(motif: str, texte: str) -> list[float]:
    """Les nombres capturés par `motif`, dans l'ordre."""
    return [float(trouve) for trouve in re.findall(motif, texte, re.MULTILINE)]


def entiers(motif: str, texte: str) -> list[int]:
    """Les entiers capturés par `motif`, dans l'ordre."""
    return [int(trouve) for trouve in re.findall(motif, texte, re.MULTILINE)]


def figures_sobres(execution: Execution, nom: str) -> bool:
    """Vrai si la figure existe dans ses deux thèmes, sans date."""
    svgs = [execution.figures.get(f"{nom}-{theme}.svg", b"") for theme in ("clair", "sombre")]
    return all(b"</svg>" in svg and b"<dc:date>" not in svg for svg in svgs)
