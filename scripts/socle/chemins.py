"""Où sont les choses : dossiers du dépôt et cache partagé entre les copies du dépôt."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from scripts.socle.erreurs import MauvaisUsage

# Le dépôt où vit ce code, et ses environnements.
RACINE_DU_CODE = Path(__file__).resolve().parents[2]
# Le dossier courant au lancement : c'est à lui qu'un `COURS_CACHE` relatif se rapporte.
DEPART = Path.cwd()
# `COURS_RACINE` désigne une autre copie du dépôt : les tests des contrôles en ont besoin.
RACINE = Path(os.environ.get("COURS_RACINE") or RACINE_DU_CODE).resolve()
DOCS = RACINE / "docs"
SNIPPETS = RACINE / "snippets"
DONNEES = SNIPPETS / "donnees"
REGISTRE = SNIPPETS / "registre.json"
SCHEMA_REGISTRE = SNIPPETS / "registre.schema.json"
EXEMPTIONS = SNIPPETS / "exemptions.toml"
GENERE = RACINE / "genere"
VERROUS = RACINE / "verrous"
# Ce que fabriquent `make kit` et `make pdf`.
PRODUITS = RACINE / "produits"
FIGURES = DOCS / "assets" / "figures"
# L'environnement de torch et de ses voisins (scripts/outillage/amorce.py).
PYTHON_ENTRAINEMENT = RACINE_DU_CODE / ".venv-entrainement" / "bin" / "python"


def cache() -> Path:
    """Le cache (Ollama, moteur, modèles) : `COURS_CACHE`, sinon celui de l'utilisateur.

    Toujours absolu et sans lien symbolique : deux écritures d'un dossier donnent un seul chemin.
    Lève `MauvaisUsage` si la variable nomme le dossier d'un utilisateur qui n'existe pas.
    """
    choisi = os.environ.get("COURS_CACHE") or platformdirs.user_cache_dir("cours-llm-fr")
    try:
        return (DEPART / Path(choisi).expanduser()).resolve()
    except RuntimeError as erreur:
        raise MauvaisUsage(
            f"COURS_CACHE vaut « {choisi} », qui nomme un utilisateur inconnu. Donnez un autre "
            "dossier, ou retirez la variable."
        ) from erreur


def relatif(fichier: Path) -> str:
    """Le chemin d'un fichier du dépôt, relatif à sa racine, avec des barres obliques.

    Lève `ValueError` si le fichier est ailleurs.
    """
    return fichier.relative_to(RACINE).as_posix()


def en_clair(fichier: Path | str) -> str:
    """Le chemin comme on le dit à quelqu'un : relatif au dépôt s'il y est, entier sinon.

    Le dépôt que l'on contrôle, ou celui de ce code.
    """
    nom = Path(fichier)
    for racine in (RACINE, RACINE_DU_CODE):
        if nom.is_relative_to(racine):
            return nom.relative_to(racine).as_posix()
    return str(nom)
