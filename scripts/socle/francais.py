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


def en_chiffres(valeur: float, decimales: int) -> str:
    """Le même, avec un vrai signe moins et, à partir de cinq chiffres, des milliers séparés."""
    ecrit = nombre(abs(valeur), decimales)
    entiers, virgule, reste = ecrit.partition(",")
    if len(entiers) > 4:
        entiers = f"{int(entiers):,}".replace(",", INSECABLE)
    signe = "−" if valeur < 0 and ecrit.strip("0,") else ""
    return f"{signe}{entiers}{virgule}{reste}"


def pourcentage(part: float, decimales: int = 0) -> str:
    """« 34 % » pour 0,34, espace insécable."""
    return f"{en_chiffres(100 * part, decimales)}{INSECABLE}%"
