"""Calcule l'effet de la température sur une distribution, puis le vérifie par des tirages."""

import os
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
DEBUT = "My favorite animal is the"
TEMPERATURES = (0.3, 1.0, 2.0)
TIRAGES = 50
FIXES = {"num_ctx": 2048, "num_predict": 1, "top_k": 20, "top_p": 1.0}
ENCRES = {
    "clair": ("#1a1a1a", "#1f5f8b", "#b3470f", "#2e7d32"),
    "sombre": ("#e8e8e8", "#7cc4f5", "#ffb074", "#8fd694"),
}


def distribution() -> tuple[list[str], np.ndarray]:
    options = FIXES | {"temperature": 0, "seed": 7}
    reponse = ollama.generate(
        MODELE, DEBUT, raw=True, logprobs=True, top_logprobs=20, options=options
    )
    suivants = reponse.logprobs[0].top_logprobs
    return [s.token for s in suivants], np.array([s.logprob for s in suivants])


def chauffer(logprobs: np.ndarray, temperature: float) -> np.ndarray:
    poids = np.exp((logprobs - logprobs.max()) / temperature)
    return poids / poids.sum()


def tirer(temperature: float) -> Counter[str]:
    tirages = Counter()
    for graine in range(TIRAGES):
        options = FIXES | {"temperature": temperature, "seed": graine}
        tirages[ollama.generate(MODELE, DEBUT, raw=True, options=options).response] += 1
    return tirages


def tracer(theme: str, encre: str, *couleurs: str) -> None:
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    style = {"svg.hashsalt": "temperature", "svg.fonttype": "none"}
    with plt.rc_context(style | dict.fromkeys(cles, encre)):
        figure, axe = plt.subplots(figsize=(9, 4), layout="constrained")
        for i, temperature in enumerate(TEMPERATURES):
            positions = np.arange(8) + (i - 1) * 0.27
            hauteurs = prevues[temperature][:8]
            axe.bar(positions, hauteurs, 0.25, color=couleurs[i], label=f"T = {temperature}")
        axe.set_xticks(range(8), [repr(token) for token in tokens[:8]])
        axe.set(ylabel="probabilité", facecolor="none")
        axe.legend(framealpha=0)
        chemin = f"figures/temperature-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


tokens, logprobs = distribution()
prevues = {t: chauffer(logprobs, t) for t in TEMPERATURES}
tirages = {t: tirer(t) for t in TEMPERATURES}

print(f"{DEBUT} … ({TIRAGES} tirages par température, parmi 20 tokens)")
print(f"{'':14}" + "".join(f"{f'T = {t}':>18}" for t in TEMPERATURES))
print(f"{'token':14}" + f"{'prévu':>9}{'tiré':>9}" * len(TEMPERATURES))
for i, token in enumerate(tokens[:8]):
    parts = [(prevues[t][i], tirages[t][token] / TIRAGES) for t in TEMPERATURES]
    print(f"{token!r:14}" + "".join(f"{prevu:9.0%}{tire:9.0%}" for prevu, tire in parts))
for t in TEMPERATURES:
    hors = sum(nombre for token, nombre in tirages[t].items() if token not in tokens)
    print(f"T = {t} : {len(tirages[t])} tokens différents, {hors} hors des 20")

Path("figures").mkdir(exist_ok=True)
for theme, encres in ENCRES.items():
    tracer(theme, *encres)
