"""Le journal des exécutions réelles : `snippets/executions.json`.

Enregistrer en est une ; `make test` en fait quelques-unes à chaque passage. La page de vérification
en vient : ajoutez ce fichier à votre commit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NotRequired

from typing_extensions import TypedDict

from scripts.lecons.registre import Enregistrement
from scripts.socle import chemins, fichiers, objets
from scripts.socle.erreurs import FichierInvalide
from scripts.socle.machine import Machine

SANS_MODELE = "essai"


class Passage(TypedDict):
    """Une exécution réelle et réussie : sa date, sa durée, le processeur, abrégée ou non."""

    date: str
    duree_s: float
    processeur: str
    bref: NotRequired[bool]


Journal = dict[str, dict[str, Passage]]


def fichier() -> Path:
    """Le chemin du journal."""
    return chemins.SNIPPETS / "executions.json"


def lire() -> Journal:
    """Programme ou essai -> modèle -> dernier passage ; un essai n'a que la clé `essai`.

    Lève `FichierInvalide` si le journal ne se lit pas, ou a une autre forme.
    """
    remede = "Reprenez la version de git : git checkout snippets/executions.json."
    contenu: Journal = objets.lire(fichier(), {}, remede)
    for nom, passages in contenu.items():
        if not isinstance(passages, dict) or not all(map(_est_un_passage, passages.values())):
            constat = f"ce qu'il note de « {nom} » n'est pas une suite de passages"
            raise FichierInvalide(chemins.en_clair(fichier()), constat, remede)
    return contenu


def _est_un_passage(passage: object) -> bool:
    return (
        isinstance(passage, dict)
        and isinstance(passage.get("date"), str)
        and isinstance(passage.get("duree_s"), int | float)
        and isinstance(passage.get("processeur"), str)
    )


def noter(
    nom: str, modele: str, duree_s: float, machine: Machine, date: str, bref: bool = False
) -> None:
    """Ajoute un passage réussi, à la place du précédent."""
    journal = lire()
    passage: Passage = {
        "date": date,
        "duree_s": round(duree_s, 2),
        "processeur": decrire_le_processeur(machine),
    }
    if bref:
        passage["bref"] = True
    journal.setdefault(nom, {})[modele or SANS_MODELE] = passage
    ecrire(journal)


def oublier(noms: set[str]) -> None:
    """Ne garde du journal que les programmes et les essais nommés."""
    ecrire({nom: modeles for nom, modeles in lire().items() if nom in noms})


def ecrire(journal: Journal) -> None:
    """Écrit le journal d'un seul coup, clés triées."""
    texte = json.dumps(journal, ensure_ascii=False, indent=1, sort_keys=True)
    fichiers.ecrire(fichier(), texte + "\n")


def decrire_le_processeur(machine: Machine) -> str:
    """« AMD EPYC, 2 cœurs, sans AVX-512 ni bfloat16 »."""
    avec = [
        nom for nom, a in (("AVX-512", machine["avx512"]), ("bfloat16", machine["bfloat16"])) if a
    ]
    formats = f"avec {' et '.join(avec)}" if avec else "sans AVX-512 ni bfloat16"
    return f"{machine['processeur']}, {machine['coeurs']} cœurs, {formats}"


def derniere(nom: str, modele: str, entree: Enregistrement, journal: Journal) -> Passage:
    """La dernière exécution réelle d'un programme avec un modèle : l'enregistrement, ou après."""
    enregistre: Passage = {
        "date": entree["date"],
        "duree_s": entree["duree_s"],
        "processeur": decrire_le_processeur(entree["machine"]),
    }
    passage = journal.get(nom, {}).get(modele)
    return passage if passage and passage["date"] >= entree["date"] else enregistre
