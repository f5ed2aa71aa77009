"""Avant, après : les tokens du prompt, l'empreinte du modèle, les poids déplacés par couche."""

import csv
import statistics
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

DOSSIER = Path(__file__).parent
BRAS = {"1-base": "", "3-rag": "", "4-forme": "forme", "7-paraphrases": "paraphrases"}
AFFINES = ("forme", "paraphrases")
MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ENCRES = {"clair": ("#1a1a1a", "Blues"), "sombre": ("#e8e8e8", "cividis")}


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def valeurs(bras: str, mesure: str) -> list[float]:
    return [li["valeur"] for li in LIGNES if (li["bras"], li["mesure"]) == (bras, mesure)]


def carte(affine: str) -> np.ndarray:
    """Une ligne par matrice, une colonne par couche, en %."""
    trouves: dict[tuple[str, int], list[float]] = {}
    for ligne in LIGNES:
        if (ligne["bras"], ligne["mesure"]) == (affine, "déplacement"):
            couche, matrice = ligne["cas"].split(".")
            trouves.setdefault((matrice, int(couche)), []).append(ligne["valeur"])
    couches = range(1 + max(couche for _, couche in trouves))
    return np.array([[100 * np.mean(trouves[m, c]) for c in couches] for m in MATRICES])


def tracer(theme: str) -> None:
    encre, palette = ENCRES[theme]
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    style = {"svg.hashsalt": "poids", "svg.fonttype": "none", **dict.fromkeys(cles, encre)}
    with plt.rc_context(style):
        forme = {"figsize": (9, 2.7 * len(cartes)), "sharex": True, "layout": "constrained"}
        figure, axes = plt.subplots(len(cartes), 1, squeeze=False, **forme)
        haut = max(c.max() for c in cartes.values())
        for axe, (nom, valeurs_de_carte) in zip(axes.flat, cartes.items(), strict=True):
            image = axe.pcolormesh(valeurs_de_carte, cmap=palette, vmin=0, vmax=haut)
            axe.set_yticks(np.arange(len(MATRICES)) + 0.5, MATRICES)
            axe.set(title=f"affiné : {nom}", facecolor="none")
            axe.invert_yaxis()
        axes.flat[-1].set_xlabel("couche")
        figure.colorbar(image, ax=axes, label="déplacement (% de la norme de la matrice)")
        chemin = f"figures/poids-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


LIGNES = lire()
premier = LIGNES[0]["modele"]
LIGNES = [ligne for ligne in LIGNES if ligne["modele"] == premier]
presents = {ligne["bras"] for ligne in LIGNES}
print(f"{premier}\n{'':16}{'tokens du prompt':>18}{'même empreinte':>16}{'poids déplacés':>16}")
for bras, affine in [paire for paire in BRAS.items() if paire[0] in presents]:
    tokens = statistics.median(valeurs(bras, "tokens du prompt"))
    meme = "oui" if all(valeurs(bras, "empreinte de la base")) else "non"
    part = statistics.mean(valeurs(affine, "poids déplacés")) if affine else 0
    print(f"{bras:16}{tokens:18.0f}{meme:>16}{part:16.1%}")
cartes = {nom: carte(nom) for nom in AFFINES if nom in presents}
Path("figures").mkdir(exist_ok=True)
for theme in ENCRES if cartes else ():
    tracer(theme)
for nom, valeurs_de_carte in cartes.items():
    print(f"\n{nom} : déplacement moyen, en %, par tiers des couches")
    for matrice, ligne in zip(MATRICES, valeurs_de_carte, strict=True):
        tiers = [part.mean() for part in np.array_split(ligne, 3)]
        print(f"  {matrice:10}" + "".join(f"{valeur:8.1f}" for valeur in tiers))
