"""Ce que les contrôles laissent passer, chaque fois avec sa raison : `snippets/exemptions.toml`."""

from __future__ import annotations

import tomllib
from typing import Any

from scripts.socle import chemins

# Table -> ses clés, toutes obligatoires, toutes des textes non vides.
TABLES = {
    "bloc": {"page", "contenu", "raison"},
    "ligne": {"snippet", "texte", "raison"},
    "sans_sortie": {"programme", "raison"},
    "illisible": {"fichier", "raison"},
    "conclusion": {"page", "texte", "raison"},
}


def lire() -> dict[str, Any]:
    """Le contenu du fichier, tel quel ; vide s'il n'existe pas."""
    if not chemins.EXEMPTIONS.is_file():
        return {}
    return tomllib.loads(chemins.EXEMPTIONS.read_text(encoding="utf-8"))


def de(table: str) -> list[dict[str, str]]:
    """Les exemptions de cette table qui disent ce qu'elles exemptent.

    Les autres sont sans effet, et `controles.formes` les signale, comme celles sans raison.
    """
    declarees = lire().get(table, [])
    return [
        exemption
        for exemption in (declarees if isinstance(declarees, list) else [])
        if isinstance(exemption, dict)
        and all(isinstance(exemption.get(cle), str) for cle in TABLES[table] - {"raison"})
    ]
