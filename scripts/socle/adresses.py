"""Les adresses que l'on donne par une variable : celle du site, celle de son dépôt."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from scripts.socle.erreurs import MauvaisUsage

VARIABLES = {
    "COURS_ADRESSE": "https://exemple.fr/cours/",
    "COURS_DEPOT": "https://exemple.fr/equipe/cours",
}


def verifier() -> None:
    """Lève `MauvaisUsage` si une de ces variables ne contient pas une adresse web."""
    for variable, exemple in VARIABLES.items():
        valeur = os.environ.get(variable)
        if valeur and not _est_une_adresse_web(valeur):
            raise MauvaisUsage(
                f"{variable} vaut « {valeur} », qui n'est pas une adresse web. Donnez par exemple "
                f"{variable}={exemple}, ou retirez la variable."
            )


def _est_une_adresse_web(valeur: str) -> bool:
    try:
        morceaux = urlsplit(valeur)
        _ = morceaux.port
    except ValueError:
        return False
    hote = morceaux.hostname or ""
    return morceaux.scheme in {"http", "https"} and bool(hote) and not set(hote) & set(" <>\"'")
