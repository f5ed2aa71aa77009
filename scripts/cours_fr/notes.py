"""Noter les réponses de l'évaluation, sans modèle juge."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

REFUS = re.compile(
    r"\b(ne|n')\s*\S+ (pas|rien|nulle part|aucun\w*)\b"
    r"|\baucun\w* (information|passage|mention|réponse|texte|élément|extrait)"
    r"|\bpas (d'information|indiqué|précisé|mentionné|dit|dans|donné|trouv)"
    r"|\bje ne (sais|trouve|peux)|\bimpossible de"
    r"|\b(sans réponse|reste muet|ne figure|est absent|manque)",
    re.IGNORECASE,
)
CAPACITES_A_FAIT = "fait citation conversation reformulation resume anglais ferme".split()


def contient(reponse: str, attendu: str) -> bool:
    """Vrai si `attendu` est dans la réponse par mots entiers, sans tenir compte de la casse."""
    motif = rf"(?<!\w){re.escape(attendu.lower())}(?!\w)"
    return re.search(motif, " ".join(reponse.lower().split())) is not None


def refuse(reponse: str) -> bool:
    """Vrai si la réponse dit que les passages ne contiennent pas ce que l'on demande."""
    return REFUS.search(reponse) is not None


def noter(cas: dict[str, Any], reponse: str) -> dict[str, bool]:
    """Les notes d'une réponse : fait présent, refus, source bien citée, tout juste."""
    fait = any(contient(reponse, attendu) for attendu in cas["attendu"])
    notes = {"fait": fait, "refus": refuse(reponse)}
    if cas["capacite"] == "citation":
        cites = re.findall(r"\[([^\]]+)\]", reponse)
        notes["citation"] = cites == [cas["source"]]
    return notes


def bilan(resultats: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Mesure -> (réussites, cas)."""
    par_capacite: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for resultat in resultats:
        par_capacite[resultat["capacite"]].append(resultat)
    mesures = {
        nom: (sum(r["fait"] for r in par_capacite[nom]), len(par_capacite[nom]))
        for nom in CAPACITES_A_FAIT
    }
    mesures["source citée"] = _compter(par_capacite["citation"], "citation")
    mesures["refus justifié"] = _compter(par_capacite["refus"], "refus")
    mesures["refus à tort"] = _compter(
        [r for r in par_capacite["fait"] + par_capacite["citation"] if not r["fait"]],
        "refus",
        len(par_capacite["fait"]) + len(par_capacite["citation"]),
    )
    return mesures


def _compter(
    resultats: list[dict[str, Any]], note: str, total: int | None = None
) -> tuple[int, int]:
    return sum(r[note] for r in resultats), len(resultats) if total is None else total


def par_axe(resultats: list[dict[str, Any]], axe: str) -> dict[str, tuple[int, int]]:
    """Valeur de l'axe (`format`, `type_de_texte`) -> (faits trouvés, cas), faits et citations."""
    groupes: dict[str, list[bool]] = defaultdict(list)
    for resultat in resultats:
        if resultat["capacite"] in ("fait", "citation"):
            groupes[resultat[axe]].append(resultat["fait"])
    return {valeur: (sum(notes), len(notes)) for valeur, notes in sorted(groupes.items())}
