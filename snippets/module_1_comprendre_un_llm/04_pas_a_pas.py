"""Écrit six tokens un par un, et dessine les candidats de chaque pas."""

import math
import os
from pathlib import Path

import matplotlib.pyplot as plt
import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DEBUT = "Once upon a time, there was a"
ENCRES = {
    "clair": ("#1a1a1a", "#8a8a8a", "#b3470f"),
    "sombre": ("#e8e8e8", "#9a9a9a", "#ffb074"),
}


def tokens_suivants(texte: str) -> list[tuple[str, float]]:
    options = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 1}
    reponse = ollama.generate(
        MODELE, texte, raw=True, logprobs=True, top_logprobs=5, options=options
    )
    suivants = reponse.logprobs[0].top_logprobs
    return [(suivant.token, math.exp(suivant.logprob)) for suivant in suivants]


def tracer(theme: str, encre: str, gris: str, choix: str) -> None:
    cles = ("text.color", "axes.edgecolor", "xtick.color", "ytick.color")
    style = {"svg.hashsalt": "pas_a_pas", "svg.fonttype": "none"}
    with plt.rc_context(style | dict.fromkeys(cles, encre)):
        figure, axes = plt.subplots(2, 3, figsize=(9, 4.6), layout="constrained")
        for pas, (axe, candidats) in enumerate(zip(axes.flat, etapes, strict=True), 1):
            tokens, probas = zip(*candidats, strict=True)
            noms = [repr(token) for token in tokens]
            couleurs = [choix] + [gris] * (len(noms) - 1)
            axe.barh(range(len(noms)), probas, color=couleurs, tick_label=noms)
            axe.invert_yaxis()
            axe.set(title=f"pas {pas}", xlim=(0, 1), facecolor="none")
        chemin = f"figures/pas_a_pas-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


texte, etapes = DEBUT, []
print(texte)
for pas in range(1, 7):
    candidats = tokens_suivants(texte)
    etapes.append(candidats)
    texte += candidats[0][0]
    print(f"  pas {pas} :", *(f"{token!r} {proba:.0%}" for token, proba in candidats), sep="  ")
print(texte)

Path("figures").mkdir(exist_ok=True)
for theme, encres in ENCRES.items():
    tracer(theme, *encres)
