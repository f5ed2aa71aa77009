"""Dessiner des probabilités, pour un thème clair et pour un sombre."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

ENCRES = {
    "clair": ("#1a1a1a", "#1f5f8b", "#b3470f", "#2e7d32"),
    "sombre": ("#e8e8e8", "#7cc4f5", "#ffb074", "#8fd694"),
}
PARTIES = (
    "text.color",
    "axes.labelcolor",
    "axes.edgecolor",
    "xtick.color",
    "ytick.color",
)


def tracer(nom: str, tokens: list[str], series: dict[str, np.ndarray]) -> None:
    """Dessine des barres par token : figures/<nom>-clair.svg et -sombre.svg."""
    Path("figures").mkdir(exist_ok=True)
    for theme, (encre, *couleurs) in ENCRES.items():
        style = {"svg.hashsalt": nom, "svg.fonttype": "none"}
        with plt.rc_context(style | dict.fromkeys(PARTIES, encre)):
            figure, axe = plt.subplots(figsize=(9, 4), layout="constrained")
            for i, (titre, probas) in enumerate(series.items()):
                positions = np.arange(len(tokens)) + 0.27 * i
                axe.bar(positions, probas, 0.25, color=couleurs[i], label=titre)
            axe.set_xticks(np.arange(len(tokens)) + 0.27, map(repr, tokens))
            axe.set(ylabel="probabilité", facecolor="none")
            axe.legend(framealpha=0)
            chemin = f"figures/{nom}-{theme}.svg"
            figure.savefig(chemin, transparent=True, metadata={"Date": None})
