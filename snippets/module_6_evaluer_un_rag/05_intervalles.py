"""Dit ce que valent ces mesures : intervalles, comparaison par paires, taille du jeu."""

# --8<-- [start:imports]
import sys
from math import comb
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from mesures import DONNEES, contient, lire, refuse

# --8<-- [end:imports]
FICHIER = Path((*sys.argv[1:], Path(__file__).with_name("reponses.jsonl"))[0])
ENCRES = {
    "clair": ("#1a1a1a", "#8a8a8a", "#1f5f8b", "#b3470f"),
    "sombre": ("#e8e8e8", "#9a9a9a", "#7cc4f5", "#ffb074"),
}


# --8<-- [start:suite]
def bootstrap(notes: np.ndarray, tirages: int = 10_000) -> tuple[float, float]:
    hasard = np.random.default_rng(7)
    moyennes = hasard.choice(notes, (tirages, len(notes))).mean(axis=1)
    bas, haut = np.percentile(moyennes, (2.5, 97.5))
    return float(bas), float(haut)


def mcnemar(gagnees: int, perdues: int) -> float:
    total = gagnees + perdues
    queue = sum(comb(total, i) for i in range(min(gagnees, perdues) + 1)) / 2**total
    return min(1.0, 2 * queue)


def largeur(part: float, questions: int) -> float:
    hasard = np.random.default_rng(7)
    mesures = hasard.binomial(questions, part, 100_000) / questions
    bas, haut = np.percentile(mesures, (2.5, 97.5))
    return 100 * float(haut - bas)


def tracer(theme: str, encre: str, gris: str, *couleurs: str) -> None:
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color")
    style = {"svg.hashsalt": "largeurs", "svg.fonttype": "none", "ytick.color": encre}
    with plt.rc_context(style | dict.fromkeys(cles, encre)):
        figure, axe = plt.subplots(figsize=(9, 4.2), layout="constrained")
        for part, couleur, marque in zip(PARTS, couleurs, "os", strict=True):
            valeurs = [largeurs[taille, part] for taille in TAILLES]
            nom = f"vraie réussite : {part:.0%}"
            axe.plot(TAILLES, valeurs, marker=marque, color=couleur, label=nom)
        axe.axvline(66, color=gris, linestyle="--", label="66 questions")
        axe.set_xscale("log")
        axe.set_xticks(TAILLES, [str(taille) for taille in TAILLES])
        axe.minorticks_off()
        axe.set(xlabel="questions posées", ylabel="largeur (points)", facecolor="none")
        axe.set_ylim(bottom=0)
        figure.legend(loc="outside upper center", ncols=3, framealpha=0)
        chemin = f"figures/largeurs-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


questions = {cas["id"]: cas for cas in lire(DONNEES / "questions.jsonl")}
notes: dict[str, dict[str, list]] = {"recherche": {}, "recherche parfaite": {}}
for ligne in lire(FICHIER):
    faits, lot = questions[ligne["id"]]["faits"], notes[ligne["situation"]]
    refus = refuse(ligne["reponse"])
    if faits:
        present = all(contient(ligne["reponse"], fait) for fait in faits)
        lot.setdefault("fait présent", []).append(present)
    lot.setdefault("refus à tort" if faits else "refus justifié", []).append(refus)

print(f"{'en %':36} {'mesuré':>6} {'intervalle à 95 %':>18} {'questions':>10}")
for situation, mesures in notes.items():
    for mesure, valeurs in mesures.items():
        bas, haut = bootstrap(np.array(valeurs))
        fourchette = f"[{100 * bas:.0f} ; {100 * haut:.0f}]"
        nom = f"{situation}, {mesure}"
        print(f"{nom:36} {100 * np.mean(valeurs):6.0f} {fourchette:>18} {len(valeurs):10}")

reel, parfait = (np.array(lot["fait présent"]).astype(int) for lot in notes.values())
gagnees, perdues = int((parfait > reel).sum()), int((parfait < reel).sum())
bas, haut = bootstrap(parfait - reel)
print("\nRecherche parfaite contre recherche, fait présent, question par question :")
print(f"  mieux {gagnees}, moins bien {perdues}, pareil {len(reel) - gagnees - perdues}")
print(f"  écart {100 * (parfait - reel).mean():+.0f} points [{100 * bas:.0f} ; {100 * haut:.0f}]")
print(f"  McNemar : p = {mcnemar(gagnees, perdues):.4f}")

PARTS = (0.5, 0.9)
TAILLES = (14, 30, 52, 100, 200, 400, 1000)
largeurs = {(taille, part): largeur(part, taille) for taille in TAILLES for part in PARTS}
Path("figures").mkdir(exist_ok=True)
for theme, encres in ENCRES.items():
    tracer(theme, *encres)
print("\nLargeur de l'intervalle, en points, selon la vraie réussite :")
print(f"{'questions':>9}" + "".join(f"{part:>8.0%}" for part in PARTS))
for taille in TAILLES:
    print(f"{taille:9}" + "".join(f"{largeurs[taille, part]:8.0f}" for part in PARTS))
# --8<-- [end:suite]
