"""Les résultats de l'expérience du module 9 : les garder, les lire, dire ce qui les périme.

`snippets/module_9_rag_ou_finetuning/resultats/` contient deux fichiers suivis par git :
`resultats.csv`, une ligne par observation, et `provenance.json`, qui dit de quels programmes et
données il vient.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.lecons import modeles
from scripts.socle import chemins, fichiers

MODULE = chemins.SNIPPETS / "module_9_rag_ou_finetuning"
RESULTATS = MODULE / "resultats" / "resultats.csv"
PROVENANCE = MODULE / "resultats" / "provenance.json"
MODELES = (modeles.MODELE_DE_REFERENCE,)
GRAINES = (7, 8, 9)
SOURCES = (
    "module_9_rag_ou_finetuning/01_preparer_exemples.py",
    "module_9_rag_ou_finetuning/02_entrainer.py",
    "module_9_rag_ou_finetuning/03_servir.py",
    "module_9_rag_ou_finetuning/04_interroger.py",
    "module_9_rag_ou_finetuning/05_noter.py",
    "module_9_rag_ou_finetuning/experience.py",
    "module_9_rag_ou_finetuning/bras.toml",
    "module_9_rag_ou_finetuning/donnees/autres_entreprises.toml",
    "module_9_rag_ou_finetuning/donnees/faits_orvelune.toml",
    "module_8_pratique_finetuning/01_fabriquer_donnees.py",
    "module_8_pratique_finetuning/donnees/avis.toml",
    "module_8_pratique_finetuning/donnees/avis_francs.toml",
    "module_8_pratique_finetuning/donnees/avis_test.jsonl",
    "donnees/avis_clients.jsonl",
    "donnees/questions.jsonl",
    "donnees/textes.jsonl",
)

Ligne = dict[str, str]


def lire() -> list[Ligne]:
    """Les observations enregistrées ; aucune si l'expérience n'a pas encore été menée."""
    if not RESULTATS.is_file():
        return []
    with RESULTATS.open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux))


def empreintes() -> dict[str, str]:
    """SHA-256 de chaque programme et de chaque fichier dont les résultats dépendent."""
    return {nom: fichiers.empreinte(chemins.SNIPPETS / nom) for nom in SOURCES}


def empreinte() -> str:
    """Ce qui distingue cette expérience d'une autre : l'empreinte de toutes ses sources."""
    return hashlib.sha256(json.dumps(empreintes()).encode()).hexdigest()[:12]


def raisons_de_perimer() -> list[str]:
    """Ce qui a changé depuis que l'expérience a été enregistrée ; rien si tout est à jour.

    Un changement sans effet sur les résultats se déclare à la main dans `provenance.json`, sous
    `amendements`, avec la nouvelle empreinte et sa raison, que la page montre.
    """
    if not PROVENANCE.is_file() or not RESULTATS.is_file():
        return ["l'expérience n'a jamais été enregistrée"]
    contenu: dict[str, Any] = json.loads(PROVENANCE.read_text(encoding="utf-8"))
    amendees = {nom: a["empreinte"] for nom, a in contenu.get("amendements", {}).items()}
    connues = contenu["empreintes"] | amendees
    actuelles = {**empreintes(), "resultats.csv": fichiers.empreinte(RESULTATS)}
    return [nom for nom, sha in actuelles.items() if connues.get(nom) != sha]


def garder(tableaux: list[Path], ollama: str, machine: Mapping[str, Any]) -> None:
    """Réunit les tableaux des dossiers de travail dans `resultats/`, avec leur provenance."""
    textes = [tableau.read_text(encoding="utf-8").splitlines(keepends=True) for tableau in tableaux]
    corps = "".join(ligne for texte in textes for ligne in texte[1:])
    fichiers.ecrire(RESULTATS, textes[0][0] + corps)
    contenu = {
        "date": datetime.date.today().isoformat(),
        "ollama": ollama,
        "machine": dict(machine),
        "empreintes": {**empreintes(), "resultats.csv": fichiers.empreinte(RESULTATS)},
    }
    fichiers.ecrire(PROVENANCE, json.dumps(contenu, ensure_ascii=False, indent=2) + "\n")
