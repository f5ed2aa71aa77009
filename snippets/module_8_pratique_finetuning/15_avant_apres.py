"""Compare les mesures d'avant et d'après, avec un intervalle bootstrap, en tableau et en figure."""

import json
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

TIRAGES = 2000
COLONNES = ("prompt nu", "meilleur prompt", "affiné")
ENCRES = {
    "clair": ("#1a1a1a", "#8a8a8a", "#1f5f8b", "#b3470f"),
    "sombre": ("#e8e8e8", "#9a9a9a", "#7cc4f5", "#ffb074"),
}


def lire(moment: str) -> list[dict]:
    fichier = Path("mesures", f"{moment}.json")
    if not fichier.is_file():
        raise SystemExit(f"{fichier} manque : lancez d'abord 04_mesurer.py {moment}.")
    return json.loads(fichier.read_text("utf-8"))


def part(*notes: str) -> Callable:
    def calculer(lot: list[dict], tirages: np.ndarray) -> np.ndarray:
        justes = np.array([np.mean([m["notes"][note] for note in notes]) for m in lot])
        return justes[tirages].mean(axis=1)

    return calculer


def f1_macro(lot: list[dict], tirages: np.ndarray) -> np.ndarray:
    attendues = np.array([m["attendu"] for m in lot])[tirages]
    predites = np.array([m["reponse"].strip(' ."\n').lower() for m in lot])[tirages]
    scores = []
    for classe in ("positif", "négatif"):
        vrais, dits = attendues == classe, predites == classe
        scores.append(2 * (vrais & dits).sum(1) / np.maximum(vrais.sum(1) + dits.sum(1), 1))
    return np.mean(scores, axis=0)


def estimer(lot: list[dict], mesure: Callable) -> tuple[float, float, float]:
    hasard, n = np.random.default_rng(8), len(lot)
    valeur = mesure(lot, np.arange(n)[None])[0]
    bas, haut = np.percentile(mesure(lot, hasard.integers(0, n, (TIRAGES, n))), (2.5, 97.5))
    return 100 * valeur, 100 * bas, 100 * haut


def ligne(tache: str, mesure: Callable, debut_du_genre: str = "") -> list[tuple]:
    lots: dict[str, list] = {}
    for m in lire("avant") + lire("apres"):
        if m["tache"] == tache and m["genre"].startswith(debut_du_genre):
            lots.setdefault(m["methode"], []).append(m)
    nu, *prompts, affine = [estimer(lot, mesure) for lot in lots.values()]
    return [nu, max(prompts), affine]


def tracer(tableau: dict[str, list], theme: str, encre: str, *couleurs: str) -> None:
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    style = {"svg.hashsalt": "avant-apres", "svg.fonttype": "none", **dict.fromkeys(cles, encre)}
    with plt.rc_context(style):
        figure, axe = plt.subplots(figsize=(9, 4.6), layout="constrained")
        places = np.arange(len(tableau))
        for rang, (nom, couleur) in enumerate(zip(COLONNES, couleurs, strict=True)):
            valeurs, bas, haut = np.array([cases[rang] for cases in tableau.values()]).T
            traits = {"xerr": [valeurs - bas, haut - valeurs], "ecolor": encre, "capsize": 3}
            hauteurs = places + 0.27 * (rang - 1)
            axe.barh(hauteurs, valeurs, 0.24, color=couleur, label=nom, **traits)
        axe.set_yticks(places, tableau)
        axe.invert_yaxis()
        axe.set(xlim=(0, 101), xlabel="réussite sur le test (%)", facecolor="none")
        figure.legend(loc="outside upper center", ncols=3, framealpha=0)
        chemin = f"figures/avant-apres-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


tableau = {
    "JSON valide": ligne("json", part("valide")),
    "JSON : champs justes": ligne("json", part("produit", "sentiment")),
    "ton pirate": ligne("pirate", part("pirate")),
    "sentiment : exactitude": ligne("sentiment", part("exact")),
    "F1 macro, avis du module 7": ligne("sentiment", f1_macro, "avis du module 7"),
    "F1 macro, autres avis": ligne("sentiment", f1_macro, "avis d'un autre auteur"),
}
print(f"{'en %':27}" + "".join(f"{nom:>18}" for nom in COLONNES))
for nom, cases in tableau.items():
    textes = (f"{v:.0f} [{bas:.0f} ; {haut:.0f}]" for v, bas, haut in cases)
    print(f"{nom:27}" + "".join(f"{texte:>18}" for texte in textes))
Path("figures").mkdir(exist_ok=True)
for theme, couleurs in ENCRES.items():
    tracer(tableau, theme, *couleurs)
