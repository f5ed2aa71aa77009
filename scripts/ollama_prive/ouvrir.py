"""Donner un serveur Ollama prêt : celui d'`OLLAMA_HOST`, ou un serveur privé que l'on arrête."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from scripts.lecons.modeles import MODELE_PAR_DEFAUT
from scripts.ollama_prive import adresse as adresses
from scripts.ollama_prive import mise_en_place
from scripts.ollama_prive.installation import trouver_ou_installer
from scripts.ollama_prive.serveur import Serveur, demarrer
from scripts.socle import chemins

# Dossiers du cache : les tests ont leurs propres modèles, pour ne rien prendre à `make ollama`.
USAGE = "serveur"
USAGE_DES_TESTS = "serveur-tests"


def serveur_exterieur(valeur: str) -> Serveur:
    """Le serveur désigné par `OLLAMA_HOST`. Lève `ErreurCours` s'il ne répond pas."""
    adresse = adresses.ou_l_on_repond(
        valeur,
        "OLLAMA_HOST désigne {adresse}, où aucun serveur Ollama ne répond. Démarrez-le, "
        "corrigez l'adresse, ou retirez la variable pour utiliser un serveur privé.",
    )
    return Serveur(adresse)


@contextlib.contextmanager
def ouvrir_sans_modele(usage: str = USAGE) -> Iterator[Serveur]:
    """Donne le serveur du cours et arrête à la fin celui que l'on a démarré.

    `usage` nomme le dossier du cache qui garde les modèles.
    """
    valeur = os.environ.get("OLLAMA_HOST")
    if valeur:
        yield serveur_exterieur(valeur)
        return
    serveur = demarrer(trouver_ou_installer(), chemins.cache() / usage)
    try:
        yield serveur
    finally:
        mort = not serveur.vivant()
        serveur.arreter()
        if serveur.journal is not None and not mort:
            with contextlib.suppress(OSError):
                serveur.journal.unlink()


@contextlib.contextmanager
def ouvrir(usage: str = USAGE) -> Iterator[Serveur]:
    """Comme `ouvrir_sans_modele`, avec le modèle de `COURS_MODELE` (sinon celui par défaut)."""
    with ouvrir_sans_modele(usage) as serveur:
        serveur.modele = os.environ.get("COURS_MODELE") or MODELE_PAR_DEFAUT
        mise_en_place.procurer(serveur, serveur.modele)
        yield serveur


def preparer(usage: str) -> None:
    """Installe Ollama et le modèle s'ils manquent, et vérifie que le serveur démarre.

    À faire avant de lancer pytest, qui masquerait la progression et répéterait l'échec à chaque
    test. Lève `ErreurCours` si le serveur ou le modèle ne peuvent pas être obtenus.
    """
    with ouvrir(usage):
        pass
