"""Les deux mesures de chaque bras, avec un intervalle, et les écarts testés."""

import csv
import math
import tomllib
from pathlib import Path

import numpy as np

DOSSIER = Path(__file__).parent
BRAS = tomllib.loads((DOSSIER / "bras.toml").read_text("utf-8"))["bras"]
HUIT = [nom for nom in BRAS if nom[0].isdigit() and "jeu" not in BRAS[nom]]
DUELS = [
    ("3-rag", "6-faits", "connaissance"),
    ("3-rag", "7-paraphrases", "connaissance"),
    ("7-paraphrases", "6-faits", "connaissance"),
    ("8-raft", "3-rag", "connaissance"),
    ("8-raft", "5-rag-forme", "connaissance"),
    ("4-forme", "3-rag", "comportement"),
    ("4-forme", "2-exemples", "comportement"),
    ("8-raft", "5-rag-forme", "comportement"),
]
TIRAGES = 2000


def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def notes(modele: str, bras: str, mesure: str) -> dict[str, dict[str, float]]:
    """{graine: {question: note}}."""
    trouvees: dict[str, dict[str, float]] = {}
    for ligne in LIGNES:
        if (ligne["modele"], ligne["bras"], ligne["mesure"]) == (modele, bras, mesure):
            trouvees.setdefault(ligne["graine"], {})[ligne["cas"]] = ligne["valeur"]
    return trouvees


# --8<-- [start:statistiques]
def estimer(par_graine: dict[str, dict[str, float]]) -> tuple[float, float, float]:
    """Moyenne, et intervalle à 95 % : on retire au sort les questions, toutes graines gardées."""
    tableau = np.array([list(lot.values()) for lot in par_graine.values()])
    par_question = tableau.mean(axis=0)
    tirages = np.random.default_rng(9).integers(0, len(par_question), (TIRAGES, len(par_question)))
    bas, haut = np.percentile(par_question[tirages].mean(axis=1), (2.5, 97.5))
    return 100 * par_question.mean(), 100 * bas, 100 * haut


def mcnemar(gains: int, pertes: int) -> float:
    """La chance qu'un tirage à pile ou face soit au moins aussi inégal."""
    total = gains + pertes
    queue = sum(math.comb(total, k) for k in range(min(gains, pertes) + 1)) / 2**total
    return min(1.0, 2 * queue)


# --8<-- [end:statistiques]
def case(modele: str, bras: str, mesure: str) -> str:
    par_graine = notes(modele, bras, mesure)
    moyenne, bas, haut = estimer(par_graine)
    graines = [100 * np.mean(list(lot.values())) for lot in par_graine.values()]
    etendue = f"{min(graines):.0f} à {max(graines):.0f}" if len(graines) > 1 else "une fois"
    return f"{moyenne:.0f} [{bas:.0f} ; {haut:.0f}]  {etendue:>9}"


def comparer(modele: str, un: str, autre: str, mesure: str) -> None:
    """Graine par graine ; un bras sans entraînement n'en a qu'une, qui sert à toutes."""
    lots = [notes(modele, bras, mesure) for bras in (un, autre)]
    print(f"  {un} contre {autre}, {mesure}")
    for graine in sorted(lots[0].keys() | lots[1].keys()):
        a, b = (lot.get(graine) or next(iter(lot.values())) for lot in lots)
        gains, pertes = (sum(ecart == a[cas] - b[cas] for cas in a) for ecart in (1, -1))
        print(f"    graine {graine} : {gains} contre {pertes}, p = {mcnemar(gains, pertes):.3f}")


LIGNES = lire()
for modele in dict.fromkeys(ligne["modele"] for ligne in LIGNES):
    presents = {ligne["bras"] for ligne in LIGNES if ligne["modele"] == modele}
    print(f"{modele} : moyenne en %, [intervalle], étendue des graines")
    print(f"  {'':26}{'connaissance':>27}{'comportement':>27}{'aveux':>7}")
    for bras in [nom for nom in HUIT if nom in presents]:
        cases = [case(modele, bras, mesure) for mesure in ("connaissance", "comportement")]
        aveux, *_ = estimer(notes(modele, bras, "aveu"))
        print(f"  {BRAS[bras]['titre']:26}{cases[0]:>27}{cases[1]:>27}{aveux:7.0f}")
    print(f"{modele} : questions réussies par l'un et pas par l'autre")
    for un, autre, mesure in DUELS:
        if {un, autre} <= presents:
            comparer(modele, un, autre, mesure)
