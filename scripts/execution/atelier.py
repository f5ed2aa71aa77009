"""L'atelier : le dossier et l'environnement où les leçons entraînent, fusionnent et servent."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.lecons.modeles import MODELE_DE_REFERENCE
from scripts.ollama_prive import adresse, fabrique
from scripts.ollama_prive.client import ollama
from scripts.ollama_prive.serveur import Serveur
from scripts.outillage import entrainement
from scripts.socle import chemins


@dataclass(frozen=True)
class Atelier:
    """Un dossier de travail, et le modèle de base en dossier Hugging Face."""

    dossier: Path
    base: Path

    def options(self, env: Mapping[str, str]) -> dict[str, Any]:
        """Les réglages d'`executer` pour un programme de l'atelier ; `env` complète le sien."""
        return {
            "dossier": self.dossier,
            "python": chemins.PYTHON_ENTRAINEMENT,
            "env": {"COURS_MODELE_HF": str(self.base), "HF_HUB_OFFLINE": "1", **env},
        }


@contextlib.contextmanager
def ouvrir_l_atelier(serveur: Serveur) -> Iterator[Atelier]:
    """Prépare l'atelier ; à la fin, retire du serveur les modèles qui y ont été créés."""
    entrainement.preparer_l_entrainement()
    base = fabrique.dossier_hugging_face(MODELE_DE_REFERENCE)
    avant = set(adresse.empreintes_des_modeles(serveur.adresse))
    with tempfile.TemporaryDirectory() as dossier:
        try:
            yield Atelier(Path(dossier).resolve(), base)
        finally:
            client = ollama.Client(host=serveur.adresse, trust_env=False)
            for nom in set(adresse.empreintes_des_modeles(serveur.adresse)) - avant:
                client.delete(nom)
