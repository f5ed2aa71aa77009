"""La figure du module : savoir en abscisse, se tenir en ordonnée, un point par bras."""

import csv
import tomllib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

DOSSIER = Path(__file__).parent
BRAS = tomllib.loads((DOSSIER / "bras.toml").read_text("utf-8"))["bras"]
MARQUES = {"1": "o", "2": "s", "3": "D", "4": "^", "5": "v", "6": "P", "7": "X", "8": "*"}
ENCRES = {
    "clair": "#1a1a1a #6b6b6b #6b6b6b #1f5f8b #b3470f #2e7d32 #8e3b8e #8e3b8e #2e7d32",
    "sombre": "#e8e8e8 #b0b0b0 #b0b0b0 #7cc4f5 #ffb074 #8fd694 #e0a3e8 #e0a3e8 #8fd694",
}


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def estimer(bras: str, mesure: str) -> tuple[float, float, float]:
    par_cas: dict[str, list[float]] = {}
    for ligne in LIGNES:
        if (ligne["bras"], ligne["mesure"]) == (bras, mesure):
            par_cas.setdefault(ligne["cas"], []).append(ligne["valeur"])
    parts = np.array([np.mean(valeurs) for valeurs in par_cas.values()])
    tirages = np.random.default_rng(9).integers(0, len(parts), (2000, len(parts)))
    bas, haut = np.percentile(parts[tirages].mean(axis=1), (2.5, 97.5))
    return 100 * parts.mean(), 100 * bas, 100 * haut


# --8<-- [start:figure]
def tracer(theme: str) -> None:
    encre, *couleurs = ENCRES[theme].split()
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    style = {"svg.hashsalt": "deux-axes", "svg.fonttype": "none", **dict.fromkeys(cles, encre)}
    with plt.rc_context(style):
        figure, axe = plt.subplots(figsize=(9, 5.6), layout="constrained")
        for bras, ((x, x_bas, x_haut), (y, y_bas, y_haut)) in points.items():
            couleur = couleurs[int(bras[0]) - 1]
            traits = {"fmt": MARQUES[bras[0]], "color": couleur, "markersize": 9, "capsize": 3}
            ecarts = {"xerr": [[x - x_bas], [x_haut - x]], "yerr": [[y - y_bas], [y_haut - y]]}
            axe.errorbar(x, y, **ecarts, **traits, label=f"{bras[0]}. {BRAS[bras]['titre']}")
            axe.annotate(bras[0], (x, y), xytext=(8, 6), textcoords="offset points")
        axe.set(xlim=(-3, 103), ylim=(-3, 106), facecolor="none")
        axe.set(xlabel="connaissance (% de faits justes)", ylabel="comportement (% de JSON tenus)")
        figure.legend(loc="outside upper center", ncols=3, framealpha=0)
        chemin = f"figures/deux-axes-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


# --8<-- [end:figure]
LIGNES = lire()
premier = LIGNES[0]["modele"]
LIGNES = [ligne for ligne in LIGNES if ligne["modele"] == premier]
presents = {ligne["bras"] for ligne in LIGNES}
points = {
    nom: [estimer(nom, mesure) for mesure in ("connaissance", "comportement")]
    for nom, bras in BRAS.items()
    if nom in presents and nom[0].isdigit() and "jeu" not in bras
}
Path("figures").mkdir(exist_ok=True)
for theme in ENCRES:
    tracer(theme)
print(f"{premier} : les points de la figure, en %")
for nom, ((x, *_), (y, *_)) in points.items():
    print(f"  {BRAS[nom]['titre']:28} connaissance {x:3.0f}, comportement {y:3.0f}")
