"""Les verdicts gardés : ce que valent les comparaisons, calculées une fois, relues partout.

`verdicts.json`, à côté de `phrases.toml`, donne pour chaque phrase qui compare ce qui est comparé,
les valeurs lues, l'écart, son intervalle à 95 %, p et le verdict. Les calculer demande scipy
(`enregistrement.verdicts`) ; les relire, et voir s'ils sont périmés, non.
"""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.lecons.phrases.forme import EXACT, Comparaison
from scripts.lecons.phrases.valeurs import Cas
from scripts.socle import chemins, fichiers, objets
from scripts.socle.erreurs import FichierInvalide

FICHIER = "verdicts.json"
PROUVE, NON_PROUVE, CONTRAIRE = "prouve", "non_prouve", "contraire"
SEUIL = 0.05
COMMANDE = "python -m scripts phrases"
RELANCER = f"Relancez {COMMANDE}."


@dataclass(frozen=True)
class Verdict:
    """Ce que vaut « a > b ». Sans hasard, ni intervalle ni p ; d'un seul cas, pas d'intervalle."""

    ecart: float
    intervalle: tuple[float, float] | None = None
    p: float | None = None
    verdict: str = NON_PROUVE


def fichier_de(module: str) -> Path:
    """Le fichier des verdicts de ce module."""
    return chemins.SNIPPETS / module / FICHIER


def ecart(a: Cas, b: Cas) -> float:
    """La différence des moyennes, nulle si elle n'est qu'un arrondi."""
    gauche, droite = statistics.fmean(a), statistics.fmean(b)
    return 0.0 if math.isclose(gauche, droite, abs_tol=1e-12) else gauche - droite


def decider(
    test: str, ecart_: float, intervalle: tuple[float, float] | None, p: float | None
) -> str:
    """Prouvé, ou le contraire, si l'intervalle exclut zéro et si p < 0,05.

    Sans hasard (« exact »), l'écart suffit ; une égalité ne prouve rien.
    """
    if test != EXACT:
        if intervalle is None or p is None or p >= SEUIL:
            return NON_PROUVE
        if intervalle[0] <= 0 <= intervalle[1]:
            return NON_PROUVE
    return PROUVE if ecart_ > 0 else CONTRAIRE if ecart_ < 0 else NON_PROUVE


def inscrire(comparaison: Comparaison, cotes: tuple[Cas, Cas], verdict: Verdict) -> dict[str, Any]:
    """Ce que le fichier garde d'une comparaison."""
    return {
        **_compare(comparaison, cotes),
        "ecart": arrondi(verdict.ecart),
        "intervalle": verdict.intervalle and [arrondi(borne) for borne in verdict.intervalle],
        "p": None if verdict.p is None else arrondi(verdict.p),
        "verdict": verdict.verdict,
    }


def _compare(comparaison: Comparaison, cotes: tuple[Cas, Cas]) -> dict[str, Any]:
    """La partie d'une entrée que l'on sait refaire sans scipy."""
    return {
        "compare": str(comparaison),
        "test": comparaison.test,
        "valeurs": [[arrondi(cas) for cas in cote] for cote in cotes],
    }


def arrondi(nombre: float) -> float:
    """Six chiffres, et un entier s'il en est un : ce qu'écrivent tous les processeurs."""
    court = float(f"{nombre:.6g}")
    return int(court) if court.is_integer() else court


def ecrire(module: str, entrees: dict[str, dict[str, Any]]) -> None:
    """Écrit les verdicts, une phrase par ligne, triées ; sans verdict, retire le fichier."""
    if not entrees:
        fichier_de(module).unlink(missing_ok=True)
        return
    lignes = [
        f" {json.dumps(nom)}: {json.dumps(entree, ensure_ascii=False, sort_keys=True)}"
        for nom, entree in sorted(entrees.items())
    ]
    fichiers.ecrire(fichier_de(module), "{\n" + ",\n".join(lignes) + "\n}\n")


def lire(module: str) -> dict[str, Any]:
    """Les verdicts gardés. Lève `FichierInvalide` s'ils ne se lisent pas."""
    return objets.lire(fichier_de(module), {}, RELANCER)


def relire(module: str, nom: str, comparaison: Comparaison, cotes: tuple[Cas, Cas]) -> Verdict:
    """Le verdict gardé de cette phrase. Lève `FichierInvalide` s'il manque ou ne vaut plus."""
    fichier = chemins.relatif(fichier_de(module))
    garde = lire(module).get(nom)
    if garde is None:
        raise FichierInvalide(fichier, f"le verdict de « {nom} » manque", RELANCER)
    attendu = _compare(comparaison, cotes)
    if not isinstance(garde, dict) or {cle: garde.get(cle) for cle in attendu} != attendu:
        raise FichierInvalide(fichier, f"« {nom} » : verdict périmé", RELANCER)
    verdict = _verdict(garde)
    juste = verdict is not None and verdict.verdict == decider(
        comparaison.test, verdict.ecart, verdict.intervalle, verdict.p
    )
    if verdict is None or not juste or verdict.ecart != arrondi(ecart(*cotes)):
        raise FichierInvalide(fichier, f"« {nom} » : ce verdict n'a pas été calculé", RELANCER)
    return verdict


def _verdict(garde: dict[str, Any]) -> Verdict | None:
    """Le verdict de cette entrée, ou None si elle n'a pas la forme qu'écrit `inscrire`."""
    bornes, p = garde.get("intervalle"), garde.get("p")
    nombres = [garde.get("ecart"), *([] if p is None else [p])]
    if bornes is not None:
        if not isinstance(bornes, list) or len(bornes) != 2:
            return None
        nombres += bornes
    if not all(type(nombre) in (int, float) and math.isfinite(nombre) for nombre in nombres):
        return None
    intervalle = None if bornes is None else (bornes[0], bornes[1])
    return Verdict(garde["ecart"], intervalle, p, str(garde.get("verdict")))
