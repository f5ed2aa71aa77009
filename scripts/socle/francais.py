"""Écrire dates et nombres à la française."""

from __future__ import annotations

import datetime

INSECABLE = "\u00a0"
MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def date_longue(iso: str) -> str:
    """`2026-11-23` -> « 23 novembre 2026 », espaces insécables."""
    date = datetime.date.fromisoformat(iso)
    jour = "1er" if date.day == 1 else str(date.day)
    return INSECABLE.join([jour, MOIS[date.month - 1], str(date.year)])


def compte(combien: int, nom: str) -> str:
    """`1 valeur`, `2 valeurs` : le nom s'accorde, à partir de deux."""
    return f"{combien} {nom}{'s' if combien > 1 else ''}"


def nombre(valeur: float, decimales: int) -> str:
    """Virgule décimale, et `decimales` chiffres après elle."""
    return f"{valeur:.{decimales}f}".replace(".", ",")
