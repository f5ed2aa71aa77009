"""Exécuter un carnet pour le publier."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.lecons.catalogue import destination
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

EXECUTER = Path(__file__).with_name("executer_carnet.py")


def enregistrer_carnet(nom: str, serveur: Serveur, options: Mapping[str, Any]) -> str:
    """Exécute le carnet contre Ollama ; renvoie son chemin relatif au dépôt.

    `options` : où et avec quel environnement `executer` doit lancer le carnet.

    Lève `ErreurCours` si une cellule échoue : le carnet précédent reste en place.
    """
    from scripts.execution.executer import executer

    publie = destination(nom)
    environnement = {
        **options["env"],
        "PYTHONPATH": str(chemins.RACINE_DU_CODE),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # la figure va dans le carnet
    }
    arguments = [str(chemins.SNIPPETS / nom), str(publie)]
    resultat = executer(
        nom, serveur, source=EXECUTER, args=arguments, **{**options, "env": environnement}
    )
    if resultat.code:
        raise ErreurCours(f"Le carnet snippets/{nom} a échoué :\n{resultat.erreurs[-2000:]}")
    return publie.relative_to(chemins.RACINE).as_posix()
