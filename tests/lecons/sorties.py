"""Lire ce qu'un programme de leçon a imprimé ou dessiné, et avec quel modèle."""

from __future__ import annotations

import re

from scipy.stats import binomtest

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


def dit(essai: Execution) -> str:
    """Tout ce que l'essai a écrit, sans les retours à la ligne de Rich."""
    return " ".join(f"{essai.sortie} {essai.erreurs}".split())


def mcnemar(gagnees: int, perdues: int) -> float:
    """La probabilité exacte, au test de McNemar, d'un écart au moins aussi grand par hasard."""
    total = gagnees + perdues
    return float(binomtest(gagnees, total, 0.5).pvalue) if total else 1.0
