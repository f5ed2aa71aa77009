"""Le verdict d'une comparaison, par scipy : écart, intervalle à 95 %, p.

Deux grandeurs sans hasard se comparent, simplement. Pour le reste, l'intervalle est celui d'un
bootstrap par percentiles (le seul qui supporte de petites listes de 0 et de 1), et p celui d'un
test exact : McNemar pour des 0/1 appariés, Fisher pour des 0/1 indépendants, permutations pour des
nombres. Une liste dont tous les cas sont égaux n'apprend rien au bootstrap, qui la croirait sans
hasard : entre 0 et 1, un intervalle binomial le remplace.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from scripts.lecons.phrases.forme import EXACT, PAIRE
from scripts.lecons.phrases.valeurs import Cas
from scripts.lecons.phrases.verdicts import Verdict, decider, ecart

GRAINE = 20261130
TIRAGES = 9999
CONFIANCE = 0.95

Intervalle = tuple[float, float]


def comparer(test: str, a: Cas, b: Cas) -> Verdict:
    """Le verdict de « a > b ». Pour un test `PAIRE`, `a` et `b` ont la même longueur."""
    intervalle: Intervalle | None = None
    p: float | None = None
    if test != EXACT:
        binaires = {*a, *b} <= {0.0, 1.0}
        if test == PAIRE:
            intervalle, p = _binaires_apparies(a, b) if binaires else _nombres_apparies(a, b)
        else:
            intervalle, p = _binaires_separes(a, b) if binaires else _nombres_separes(a, b)
    difference = ecart(a, b)
    return Verdict(difference, intervalle, p, decider(test, difference, intervalle, p))


def _binaires_apparies(a: Cas, b: Cas) -> tuple[Intervalle, float]:
    """McNemar exact : parmi les cas qui diffèrent, combien sont gagnés ?

    L'intervalle est le plus large de deux, celui du bootstrap et celui de Clopper et Pearson, qui
    contient zéro quand p dépasse 0,05 : sur peu de cas, le premier seul serait trop étroit.
    """
    differences = [x - y for x, y in zip(a, b, strict=True)]
    gagnes, combien = differences.count(1), len(differences)
    differents = gagnes + differences.count(-1)
    if not differents:
        autres = float(stats.binomtest(0, combien).proportion_ci(CONFIANCE).high)
        return (-autres, autres), 1.0
    essai = stats.binomtest(gagnes, differents)
    bornes = essai.proportion_ci(CONFIANCE)
    bas, haut = ((2 * float(b) - 1) * differents / combien for b in (bornes.low, bornes.high))
    if len(set(differences)) > 1:
        tires = _bootstrap_d_une_moyenne(differences)
        bas, haut = min(bas, tires[0]), max(haut, tires[1])
    return (bas, haut), float(essai.pvalue)


def _nombres_apparies(a: Cas, b: Cas) -> tuple[Intervalle | None, float]:
    differences = [x - y for x, y in zip(a, b, strict=True)]
    if len(differences) < 2:
        return None, 1.0
    if len(set(differences)) == 1:
        intervalle = (differences[0], differences[0])
    else:
        intervalle = _bootstrap_d_une_moyenne(differences)
    return intervalle, _permutations(a, b, "samples")


def _binaires_separes(a: Cas, b: Cas) -> tuple[Intervalle, float]:
    """Fisher exact : les deux parts pourraient-elles être la même ?"""
    table = [[sum(cas), len(cas) - sum(cas)] for cas in (a, b)]
    p = float(stats.fisher_exact(np.array(table, dtype=int)).pvalue)
    if min(len(set(a)), len(set(b))) > 1:
        return _bootstrap_de_deux_moyennes(a, b), p
    return _newcombe(a, b), p


def _newcombe(a: Cas, b: Cas) -> Intervalle:
    """L'intervalle de Newcombe (1998, méthode 10), tiré de ceux de Wilson."""
    parts, bornes = [], []
    for cas in (a, b):
        essai = stats.binomtest(int(sum(cas)), len(cas))
        parts.append(float(essai.statistic))
        bornes.append(essai.proportion_ci(CONFIANCE, method="wilson"))
    ecart_ = parts[0] - parts[1]
    bas = np.hypot(parts[0] - bornes[0].low, bornes[1].high - parts[1])
    haut = np.hypot(bornes[0].high - parts[0], parts[1] - bornes[1].low)
    return float(ecart_ - bas), float(ecart_ + haut)


def _nombres_separes(a: Cas, b: Cas) -> tuple[Intervalle | None, float]:
    if min(len(a), len(b)) < 2:
        return None, 1.0
    if len(set(a)) == len(set(b)) == 1:
        intervalle = (ecart(a, b), ecart(a, b))
    else:
        intervalle = _bootstrap_de_deux_moyennes(a, b)
    return intervalle, _permutations(a, b, "independent")


def _bootstrap_d_une_moyenne(differences: list[float]) -> Intervalle:
    return _bootstrap((differences,), np.mean)


def _bootstrap_de_deux_moyennes(a: Cas, b: Cas) -> Intervalle:
    return _bootstrap((a, b), _ecart_des_moyennes)


def _ecart_des_moyennes(a: Any, b: Any, axis: int = -1) -> Any:
    return np.mean(a, axis=axis) - np.mean(b, axis=axis)


def _bootstrap(donnees: tuple[Any, ...], statistique: Any) -> Intervalle:
    resultat = stats.bootstrap(
        donnees,
        statistique,
        n_resamples=TIRAGES,
        confidence_level=CONFIANCE,
        method="percentile",
        rng=np.random.default_rng(GRAINE),
    )
    return float(resultat.confidence_interval.low), float(resultat.confidence_interval.high)


def _permutations(a: Cas, b: Cas, sorte: str) -> float:
    """p, exact si les permutations sont assez peu pour être toutes faites."""
    resultat = stats.permutation_test(
        (a, b),
        _ecart_des_moyennes,
        permutation_type=sorte,
        n_resamples=TIRAGES,
        rng=np.random.default_rng(GRAINE),
    )
    return float(resultat.pvalue)
