"""Où se trouve, dans le Markdown d'une page, ce que les contrôles ont lu de son rendu.

Une ligne n'est dite que si elle est sûre : mieux vaut aucune ligne que celle d'un autre passage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path

from scripts.controles.attente import normaliser
from scripts.socle.chemins import relatif


def situer(page: Path, textes: Sequence[str]) -> list[str]:
    """`page:ligne` de chaque texte, dans l'ordre où le rendu les donne ; la page seule sinon."""
    numeros = choisir([lignes_de(page, texte) for texte in textes], textes)
    return [endroit(page, numero) for numero in numeros]


def endroit(page: Path, numero: int | None) -> str:
    """`page:ligne`, ou la page seule."""
    return f"{relatif(page)}:{numero}" if numero else relatif(page)


def choisir(candidats: Sequence[list[int]], cles: Sequence[Hashable]) -> list[int | None]:
    """Pour chaque passage, celle de ses lignes candidates qui est la sienne, ou None.

    Des passages semblables (de même clé) se partagent leurs lignes dans l'ordre, s'il y en a une
    pour chacun.
    """
    semblables, rangs = Counter(cles), Counter[Hashable]()
    choisis: list[int | None] = []
    for lignes, cle in zip(candidats, cles, strict=True):
        if len(set(lignes)) == 1:
            choisis.append(lignes[0])
        else:
            choisis.append(lignes[rangs[cle]] if len(lignes) == semblables[cle] else None)
        rangs[cle] += 1
    return choisis


def lignes_de(page: Path, texte: str) -> list[int]:
    """Les lignes de la page où se lit ce texte, à la casse près, une fois par occurrence.

    Un mot, un nom ou une adresse n'y est pas pris pour le morceau d'un plus long.
    """
    cherche = normaliser(texte).casefold()
    if not cherche:
        return []
    avant = r"(?<![\w./#-])" if re.match(r"[\w./#]", cherche) else ""
    apres = r"(?![\w/#-])" if re.search(r"[\w/#]$", cherche) else ""
    motif = re.compile(avant + re.escape(cherche) + apres)
    return [
        numero
        for numero, ligne in enumerate(page.read_text(encoding="utf-8").split("\n"), 1)
        for _ in motif.finditer(normaliser(ligne).casefold())
    ]
