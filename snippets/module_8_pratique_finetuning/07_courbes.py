"""Trace les pertes des trois entraînements, d'après leurs journaux, et les donne en tableau."""

import json
from pathlib import Path

import matplotlib.pyplot as plt

TACHES = ("json", "pirate", "sentiment")
COURBES = {"entraînement": ("loss", "--"), "validation": ("eval_loss", "o-")}
ENCRES = {
    "clair": ("#1a1a1a", "#1f5f8b", "#b3470f"),
    "sombre": ("#e8e8e8", "#7cc4f5", "#ffb074"),
}


def lire(tache: str) -> dict[str, dict[int, float]]:
    fichier = Path("adaptateurs", tache, "journal.json")
    if not fichier.is_file():
        raise SystemExit(f"{fichier} manque : lancez d'abord 06_entrainer.py {tache}.")
    journal = json.loads(fichier.read_text("utf-8"))
    return {
        nom: {ligne["step"]: ligne[cle] for ligne in journal if cle in ligne}
        for nom, (cle, _) in COURBES.items()
    }


def habiller(encre: str) -> dict:
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    return {"svg.hashsalt": "courbes", "svg.fonttype": "none", **dict.fromkeys(cles, encre)}


def tracer(pertes: dict, theme: str, encre: str, *couleurs: str) -> None:
    with plt.rc_context(habiller(encre)):
        figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
        for axe, (tache, courbes) in zip(axes, pertes.items(), strict=True):
            for nom, couleur in zip(courbes, couleurs, strict=True):
                pas, valeurs = courbes[nom].keys(), courbes[nom].values()
                axe.plot(pas, valeurs, COURBES[nom][1], color=couleur, label=nom)
            axe.set(title=tache, xlabel="pas", ylim=0, facecolor="none")
        axes[0].set_ylabel("perte (nats par token)")
        axes[0].legend(framealpha=0)
        date = {"Date": None}
        figure.savefig(f"figures/courbes-{theme}.svg", transparent=True, metadata=date)


pertes = {tache: lire(tache) for tache in TACHES}
Path("figures").mkdir(exist_ok=True)
for theme, couleurs in ENCRES.items():
    tracer(pertes, theme, *couleurs)
print(f"{'tâche':10} {'pas':>4} {'entraînement':>12} {'validation':>10}")
for tache, courbes in pertes.items():
    for pas, validation in courbes["validation"].items():
        *_, perte = (lue for note, lue in courbes["entraînement"].items() if note <= pas)
        print(f"{tache:10} {pas:4} {perte:12.3f} {validation:10.3f}")
