"""Ce que les contrôles laissent passer, chaque fois avec sa raison : `snippets/exemptions.toml`."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from scripts.socle import chemins, fichiers

# Table -> ses clés, toutes obligatoires : des textes non vides, sauf les NOMBRES.
TABLES = {
    "bloc": {"page", "contenu", "raison"},
    "ligne": {"snippet", "texte", "raison"},
    "sans_sortie": {"programme", "raison"},
    "illisible": {"fichier", "raison"},
    "conclusion": {"page", "texte", "raison"},
    "longueur": {"fichier", "lignes", "colonnes", "raison"},
    "defaut": {"fichier", "modele", "raison"},
}
NOMBRES = {"lignes", "colonnes"}


def lire() -> dict[str, Any]:
    """Le contenu du fichier, tel quel ; vide s'il n'existe pas."""
    if not chemins.EXEMPTIONS.is_file():
        return {}
    return tomllib.loads(chemins.EXEMPTIONS.read_text(encoding="utf-8"))


def a_le_bon_type(cle: str, valeur: object) -> bool:
    """Vrai d'un entier pour un nombre, d'un texte pour toute autre clé."""
    return type(valeur) is (int if cle in NOMBRES else str)


def de(table: str) -> list[dict[str, Any]]:
    """Les exemptions de cette table qui disent ce qu'elles exemptent.

    Les autres sont sans effet, et `controles.formes` les signale, comme celles sans raison.
    """
    declarees = lire().get(table, [])
    return [
        exemption
        for exemption in (declarees if isinstance(declarees, list) else [])
        if isinstance(exemption, dict)
        and all(a_le_bon_type(cle, exemption.get(cle)) for cle in TABLES[table] - {"raison"})
    ]


def remplacer(table: str, exemptions: list[dict[str, Any]]) -> None:
    """Récrit une table du fichier, à sa fin, sans toucher au reste."""
    texte = chemins.EXEMPTIONS.read_text(encoding="utf-8")
    garde = re.sub(rf"^\[\[{table}\]\]\n(?:\w.*\n?)+\n*", "", texte, flags=re.MULTILINE)
    blocs = [
        "\n".join([f"[[{table}]]", *(f"{cle} = {_en_toml(v)}" for cle, v in exemption.items())])
        for exemption in exemptions
    ]
    fichiers.ecrire(chemins.EXEMPTIONS, "\n\n".join([garde.rstrip(), *blocs]) + "\n")


def _en_toml(valeur: object) -> str:
    return json.dumps(valeur, ensure_ascii=False)
