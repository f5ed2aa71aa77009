"""`make bench` : prend les mesures, montre le tableau, le garde dans `performances.json`."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts import chemins, fichiers
from scripts.bench.mesure import Mesure, Resultat
from scripts.commandes import console
from scripts.erreurs import ErreurCours
from scripts.francais import date_longue

RECUEIL = chemins.DOCS / "annexes" / "performances.json"
VERSION = 1
COLONNES = ("Mesure", "Valeur", "Objectif", "Verdict")

_RESULTAT = {
    "type": "object",
    "required": ["nom", "valeur", "unite", "sens", "borne", "decimales"],
    "additionalProperties": False,
    "properties": {
        "nom": {"type": "string", "minLength": 1},
        "valeur": {"type": "number", "minimum": 0},
        "unite": {"type": "string"},
        "sens": {"enum": ["≤", "≥"]},
        "borne": {"type": "number"},
        "decimales": {"type": "integer", "minimum": 0},
    },
}
_MACHINE = {
    "type": "object",
    "required": ["coeurs", "memoire_gio", "systeme", "processeur", "charge"],
    "additionalProperties": False,
    "properties": {
        "coeurs": {"type": "integer", "minimum": 1},
        "memoire_gio": {"type": "integer", "minimum": 1},
        "systeme": {"type": "string"},
        "processeur": {"type": "string"},
        "charge": {"type": "number", "minimum": 0},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "mesures"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": VERSION},
        "mesures": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["date", "machine", "resultats", "brut"],
                "additionalProperties": False,
                "properties": {
                    "date": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
                    "machine": _MACHINE,
                    "resultats": {"type": "array", "minItems": 1, "items": _RESULTAT},
                    "brut": {"type": "object"},
                },
            },
        },
    },
}

Recueil = dict[str, Any]


def _site() -> Mesure:
    from scripts.bench import site

    return site.mesurer()


def _poids() -> Mesure:
    from scripts.bench import poids

    return poids.mesurer()


def _verifier() -> Mesure:
    from scripts.bench import site

    return site.mesurer_les_controles()


def _tests() -> Mesure:
    from scripts.bench import modeles

    return modeles.mesurer_les_tests()


def _debit() -> Mesure:
    from scripts.bench import modeles

    return modeles.mesurer_le_debit()


def _entrainement() -> Mesure:
    from scripts.bench import entrainement

    return entrainement.mesurer()


def _formats() -> Mesure:
    from scripts.bench import formats

    return formats.mesurer()


# Les modules ne sont importés qu'au moment de mesurer : construire le site n'en a pas besoin.
MESURES: dict[str, Callable[[], Mesure]] = {
    "site": _site,
    "poids": _poids,
    "verifier": _verifier,
    "tests": _tests,
    "debit": _debit,
    "entrainement": _entrainement,
    "formats": _formats,
}


def mesurer(seulement: Sequence[str] = ()) -> None:
    """Prend les mesures demandées (toutes par défaut), puis montre tout le recueil.

    Chaque mesure est gardée dès qu'elle est faite. Lève `ErreurCours` si un nom est inconnu ou si
    une mesure n'a pas pu être faite ; un objectif manqué n'est pas un échec.
    """
    if inconnus := set(seulement) - set(MESURES):
        raise ErreurCours(
            f"Mesure inconnue : {', '.join(sorted(inconnus))}. Choisissez parmi "
            f"{', '.join(MESURES)}."
        )
    demandees = [nom for nom in MESURES if not seulement or nom in seulement]
    echecs = [nom for nom in demandees if not _mesurer_et_garder(nom)]
    Console().print(tableau(lire()))
    if echecs:
        raise ErreurCours(f"Mesures non faites : {', '.join(echecs)}. Les autres sont gardées.")


def _mesurer_et_garder(nom: str) -> bool:
    """Prend une mesure et l'écrit dans le recueil. Si elle échoue, dit pourquoi, renvoie False."""
    console.rule(nom)
    machine = decrire_machine()
    try:
        mesure = MESURES[nom]()
    except ErreurCours as erreur:
        console.print(f"{nom} : {erreur}", style="red", markup=False)
        return False
    ecrire(ajouter(lire(), nom, mesure, machine, datetime.date.today()))
    return True


def decrire_machine() -> dict[str, Any]:
    """Cœurs, mémoire (Gio), système, processeur, et charge moyenne de la dernière minute."""
    from scripts import registre

    return {
        **registre.decrire_machine(),
        "processeur": _processeur(),
        "charge": round(os.getloadavg()[0], 2),
    }


def _processeur() -> str:
    """Nom commercial du processeur d'après Linux, ou « inconnu »."""
    description = Path("/proc/cpuinfo")
    if description.is_file():
        for ligne in description.read_text(encoding="utf-8").splitlines():
            if ligne.startswith("model name"):
                return ligne.partition(":")[2].strip()
    return "inconnu"


def lire(chemin: Path | None = None) -> Recueil:
    """Le recueil ; vide s'il n'existe pas encore. Lève `ErreurCours` s'il est illisible."""
    return fichiers.lire_json(
        chemin or RECUEIL,
        {"version": VERSION, "mesures": {}},
        "Reprenez la version de git, ou supprimez-le et relancez « make bench ».",
    )


def ecrire(recueil: Recueil, chemin: Path | None = None) -> None:
    """Écrit le recueil d'un seul coup, dans un ordre stable."""
    ordre = {nom: recueil["mesures"][nom] for nom in MESURES if nom in recueil["mesures"]}
    contenu = {"version": recueil["version"], "mesures": ordre}
    fichiers.ecrire(chemin or RECUEIL, json.dumps(contenu, ensure_ascii=False, indent=2) + "\n")


def ajouter(
    recueil: Recueil, nom: str, mesure: Mesure, machine: dict[str, Any], date: datetime.date
) -> Recueil:
    """Le recueil où `mesure` remplace celle du même nom ; les autres sont gardées."""
    entree = {
        "date": date.isoformat(),
        "machine": machine,
        "resultats": [asdict(resultat) for resultat in mesure.resultats],
        "brut": mesure.brut,
    }
    return {**recueil, "mesures": {**recueil["mesures"], nom: entree}}


def resultats(recueil: Recueil) -> list[Resultat]:
    """Tous les résultats du recueil, dans l'ordre des mesures."""
    return [
        Resultat(**resultat)
        for nom in MESURES
        if nom in recueil["mesures"]
        for resultat in recueil["mesures"][nom]["resultats"]
    ]


def _cellules(resultat: Resultat) -> tuple[str, str, str, str]:
    return (resultat.nom, resultat.valeur_ecrite, resultat.objectif, resultat.verdict)


def tableau(recueil: Recueil) -> Table:
    """Le tableau affiché dans le terminal."""
    table = Table(*COLONNES)
    for resultat in resultats(recueil):
        table.add_row(*_cellules(resultat), style="" if resultat.atteint else "red")
    return table


def fragment(recueil: Recueil | None = None) -> str:
    """Le tableau en Markdown, suivi des machines et des dates : `genere/performances.md`."""
    recueil = lire() if recueil is None else recueil
    if not recueil["mesures"]:
        return '!!! failure "Mesures pas encore faites"\n    Lancez `make bench`.\n'
    lignes = [
        f"| {' | '.join(COLONNES)} |",
        "|:--|--:|--:|:--|",
        *(f"| {' | '.join(_cellules(resultat))} |" for resultat in resultats(recueil)),
    ]
    provenances = sorted({_provenance(entree) for entree in recueil["mesures"].values()})
    return "\n".join([*lignes, "", *(f"{ligne}\n" for ligne in provenances)])


def _provenance(entree: dict[str, Any]) -> str:
    """Une phrase : quand et sur quelle machine une mesure a été prise."""
    machine = entree["machine"]
    return (
        f"Mesuré le {date_longue(entree['date'])} sur {machine['coeurs']}\u00a0cœurs "
        f"({machine['processeur']}), {machine['memoire_gio']}\u00a0Gio de mémoire, "
        f"{machine['systeme']}."
    )
