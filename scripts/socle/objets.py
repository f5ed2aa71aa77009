"""Lire un objet JSON du dépôt, et dire lequel ne se lit pas.

À part de `fichiers`, dont l'environnement d'entraînement se sert sans connaître les chemins.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripts.socle import chemins
from scripts.socle.erreurs import FichierInvalide


def lire(chemin: Path, absent: dict[str, Any], remede: str) -> dict[str, Any]:
    """L'objet JSON du fichier, ou `absent` s'il n'existe pas.

    Lève `FichierInvalide`, avec la phrase `remede`, s'il ne se lit pas ou contient autre chose.
    """
    if not chemin.exists():
        return absent
    nom = chemins.en_clair(chemin)
    try:
        contenu: Any = json.loads(chemin.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as erreur:
        raise FichierInvalide(nom, "ce n'est pas du JSON lisible", remede) from erreur
    if not isinstance(contenu, dict):
        raise FichierInvalide(nom, "ce n'est pas un objet JSON", remede)
    return contenu
