"""Les résultats que les lecteurs ont ajoutés au module 9 : les lire, et en faire un tableau sûr."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Mapping
from typing import Any

from scripts.experience.resultats import MODULE
from scripts.socle.erreurs import ErreurCours
from scripts.socle.francais import nombre

CONTRIBUTIONS = MODULE / "contributions" / "contributions.csv"
SCHEMA = MODULE / "contributions" / "schema.json"
NOMBRES_CONTRIBUES: dict[str, Callable[[str], Any]] = {
    "graine": int,
    "connaissance": float,
    "comportement": float,
    "minutes": float,
}
COLONNES = tuple("modele machine date graine bras connaissance comportement minutes auteur".split())
# Dans une cellule, ces signes ne commencent ni une balise, ni une emphase, ni un lien.
SIGNES_SANS_DANGER = " .,;’'\u00a0\u202f"


def lues() -> list[dict[str, Any]]:
    """Les résultats des lecteurs."""
    return lire(CONTRIBUTIONS.read_text(encoding="utf-8"))


def lire(texte: str) -> list[dict[str, Any]]:
    """Les lignes d'un CSV, nombres convertis ; lève `ErreurCours` s'il y en a qui n'en sont pas."""
    return [convertir(ligne) for _, ligne in colonnes_et_lignes(texte)[1]]


def colonnes_et_lignes(texte: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Les colonnes d'un CSV, puis ses lignes, chacune avec son numéro dans le fichier.

    Lève `ErreurCours` si une ligne n'a pas une valeur par colonne.
    """
    lecteur = csv.reader(io.StringIO(texte, newline=""), strict=True)
    trouvees: list[tuple[int, list[str]]] = []
    try:
        trouvees += [(lecteur.line_num, ligne) for ligne in lecteur if ligne]
    except csv.Error as erreur:
        raise ErreurCours(f"ligne {lecteur.line_num}, ce n'est pas du CSV lisible") from erreur
    entete = trouvees[0][1] if trouvees else []
    for numero, ligne in trouvees:
        if len(ligne) != len(entete):
            raise ErreurCours(f"ligne {numero}, {len(ligne)} valeurs pour {len(entete)} colonnes")
    return entete, [(numero, dict(zip(entete, li, strict=True))) for numero, li in trouvees[1:]]


def convertir(ligne: Mapping[str, str]) -> dict[str, Any]:
    """Une contribution, ses nombres convertis. Lève `ErreurCours` si l'un d'eux n'en est pas un."""
    convertie: dict[str, Any] = {}
    for nom, valeur in ligne.items():
        try:
            convertie[nom] = NOMBRES_CONTRIBUES.get(nom, str)(valeur)
        except ValueError as erreur:
            raise ErreurCours(f"« {nom} » n'est pas un nombre, {valeur!r}") from erreur
    return convertie


def est_une_date(texte: str) -> bool:
    """Vrai pour une date qui existe, écrite 2026-11-24."""
    try:
        return datetime.date.fromisoformat(texte).isoformat() == texte
    except ValueError:
        return False


def tableau() -> str:
    """Les résultats des autres lecteurs, en Markdown."""
    lignes = lues()
    if not lignes:
        return "Personne n’a encore contribué de résultat\u00a0: soyez le premier.\n"
    titres = (
        "Modèle | Machine | Date | Graine | Bras | Connaissance | Comportement | Minutes | Auteur"
    )
    entete = [f"| {titres} |", "|" + " --- |" * len(titres.split(" | "))]
    return "\n".join([*entete, *(_ligne_contribuee(ligne) for ligne in lignes)]) + "\n"


def _ligne_contribuee(ligne: Mapping[str, Any]) -> str:
    textes = {nom: nombre(v, 1) if isinstance(v, float) else str(v) for nom, v in ligne.items()}
    return f"| {' | '.join(en_cellule(textes[nom]) for nom in COLONNES)} |"


def en_cellule(texte: str) -> str:
    """Le texte venu d'un lecteur, tel qu'il l'a écrit : ni HTML, ni Markdown, ni autre cellule.

    Tout signe qui pourrait être lu comme du balisage devient une entité ; il s'affiche sans rien
    commander. Les sauts de ligne et les signes invisibles deviennent des espaces.
    """
    visible = "".join(signe if signe.isprintable() else " " for signe in texte)
    return "".join(
        signe if signe.isalnum() or signe in SIGNES_SANS_DANGER else f"&#{ord(signe)};"
        for signe in " ".join(visible.split())
    )
