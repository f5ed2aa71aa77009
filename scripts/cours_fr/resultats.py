"""Les mesures enregistrées de `cours-fr` et de sa base, et leurs tableaux pour la page annexe."""

from __future__ import annotations

import json
import math
from typing import Any

from scripts.cours_fr import banque
from scripts.cours_fr.notes import bilan, par_axe
from scripts.socle import fichiers
from scripts.socle.francais import INSECABLE

DOSSIER = banque.DOSSIER / "resultats"
BASE = "smollm2-135m"
QUANTILES = (0.025, 0.975)
INTITULES = {
    "fait": "Le fait est dans la réponse",
    "citation": "Le fait est dans la réponse, citation demandée",
    "source citée": "La bonne source, et elle seule, est citée",
    "refus justifié": "Aveu d’ignorance quand le passage ne répond pas",
    "refus à tort": "Aveu d’ignorance à tort (à réduire)",
    "conversation": "Rappel d’une chose dite plus tôt",
    "reformulation": "Question reformulée avec le bon nom",
    "resume": "Résumé qui garde un mot essentiel",
    "anglais": "Question simple en anglais",
    "ferme": "Fait inventé, sans aucun passage",
}
CIBLES = {
    "fait": "≥ 90",
    "source citée": "≥ 85",
    "refus justifié": "≥ 85",
    "refus à tort": "≤ 10",
    "conversation": "≥ 85",
    "anglais": "base\u00a0−\u00a05",
    "ferme": "≈ 0",
}
# Ce que les tests affirment : les points gagnés sur la base, au moins.
GAINS_AFFIRMES = {
    "fait": 0.2,
    "citation": 0.35,
    "source citée": 0.6,
    "refus justifié": 0.15,
    "conversation": 0.35,
    "reformulation": 0.35,
}
ACCENTUES = {
    "apres": "après",
    "colle": "collé",
    "dabord": "d’abord",
    "numerotes": "numérotés",
    "systeme": "système",
    "xml": "XML",
}
AXES = {"format": "Format du prompt", "type_de_texte": "Forme du passage"}


def lire(modele: str) -> list[dict[str, Any]]:
    """Les réponses notées de `modele` (`cours-fr` ou `smollm2-135m`)."""
    contenu: list[dict[str, Any]] = json.loads((DOSSIER / f"{modele}.json").read_text("utf-8"))
    return contenu


def taux(resultats: list[dict[str, Any]]) -> dict[str, float]:
    """Mesure -> part des cas, entre 0 et 1."""
    return {nom: reussites / total for nom, (reussites, total) in bilan(resultats).items()}


def intervalle(reussites: int, total: int) -> tuple[float, float]:
    """Intervalle bootstrap à 95 % d'une proportion, sans tirage.

    Rééchantillonner des oui et des non donne une loi binomiale : on en lit les quantiles.
    """
    part = reussites / total
    cumul = 0.0
    bornes: list[float] = []
    for k in range(total + 1):
        cumul += math.comb(total, k) * part**k * (1 - part) ** (total - k)
        while len(bornes) < len(QUANTILES) and cumul >= QUANTILES[len(bornes)]:
            bornes.append(k / total)
    return bornes[0], bornes[1]


def _part(reussites: int, total: int) -> str:
    bas, haut = (f"{100 * borne:.0f}" for borne in intervalle(reussites, total))
    return f"{100 * reussites / total:.0f}{INSECABLE}% [{bas}\u2060–\u2060{haut}]"


def tableau() -> str:
    """Le tableau base | cours-fr de la page annexe, puis le détail par axe, replié."""
    reponses_de_base, reponses = lire(BASE), lire("cours-fr")
    base, affine = bilan(reponses_de_base), bilan(reponses)
    lignes = ["| Mesure (cas) | smollm2:135m | cours-fr | Visé |", "|:--|--:|--:|--:|"]
    for mesure, intitule in INTITULES.items():
        cas = affine[mesure][1]
        parts = f"{_part(*base[mesure])} | {_part(*affine[mesure])}"
        lignes.append(f"| {intitule} ({cas}) | {parts} | {CIBLES.get(mesure, '')} |")
    for axe, titre in AXES.items():
        lignes += ["", f'??? note "{titre}\u00a0: faits trouvés, groupe par groupe"', ""]
        avant, apres = par_axe(reponses_de_base, axe), par_axe(reponses, axe)
        lignes += [f"    {ligne}" for ligne in _detail(titre, avant, apres)]
    return "\n".join(lignes) + "\n"


def _detail(
    titre: str, avant: dict[str, tuple[int, int]], apres: dict[str, tuple[int, int]]
) -> list[str]:
    return [
        f"| {titre} | smollm2:135m | cours-fr |",
        "|:--|--:|--:|",
        *(
            f"| {_en_clair(valeur)} | {avant[valeur][0]}/{total} | {trouves}/{total} |"
            for valeur, (trouves, total) in apres.items()
        ),
    ]


def _en_clair(identifiant: str) -> str:
    """`citation_apres` → « citation après »."""
    return " ".join(ACCENTUES.get(mot, mot) for mot in identifiant.split("_"))


def essais() -> str:
    """Le tableau des mélanges et réglages essayés (`essais.jsonl`), du plus ancien au dernier."""
    lignes = ["| Essai | Données | Réglages | Entraînement | Résultat |", "|:--|:--|:--|:--|:--|"]
    for essai in fichiers.lire_jsonl(banque.DOSSIER / "essais.jsonl"):
        lignes.append("| " + " | ".join(essai.values()) + " |")
    return "\n".join(lignes) + "\n"
