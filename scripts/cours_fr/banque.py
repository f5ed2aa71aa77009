"""Lire les banques rédigées : sortes de faits, textes naturels, conversations."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scripts.socle.fichiers import lire_jsonl

DOSSIER = Path(__file__).parent
EVALUATION = DOSSIER / "evaluation.jsonl"
# Ce que le modèle de base répond en anglais : `rejeu` l'écrit, l'entraînement le relit.
ANGLAIS = DOSSIER / "anglais.jsonl"


@dataclass(frozen=True)
class Sorte:
    """Une sorte de fait ; `{v}` est sa valeur, `{s}` son sujet s'il y en a."""

    id: str
    domaine: str
    cle: str
    phrases: tuple[str, ...]
    questions: tuple[str, ...]
    valeur: str = ""
    valeurs: tuple[str, ...] = ()
    sujets: tuple[str, ...] = ()


@cache
def hors_faits() -> dict[str, Any]:
    """Salutations, rappels, résumés, reformulations, culture générale, consignes, refus."""
    return tomllib.loads((DOSSIER / "banque_hors_faits.toml").read_text(encoding="utf-8"))


@cache
def conversations() -> dict[str, Any]:
    """Scènes, politesses, reformulations, questions en anglais."""
    return tomllib.loads((DOSSIER / "banque_conversation.toml").read_text(encoding="utf-8"))


def toutes_les_sortes() -> list[Sorte]:
    """Les sortes de faits de `banque/`, dans l'ordre des fichiers."""
    sortes = []
    for fichier in sorted((DOSSIER / "banque").glob("*.toml")):
        for entree in tomllib.loads(fichier.read_text(encoding="utf-8"))["fait"]:
            listes = {nom: tuple(v) for nom, v in entree.items() if isinstance(v, list)}
            sortes.append(Sorte(**{**entree, **listes, "domaine": fichier.stem}))
    return sortes


def tous_les_textes() -> list[dict[str, Any]]:
    """Les textes naturels de `textes/`, avec leurs questions."""
    fichiers = sorted((DOSSIER / "textes").glob("*.jsonl"))
    return [texte for fichier in fichiers for texte in lire_jsonl(fichier)]


def tous_les_dossiers() -> list[dict[str, Any]]:
    """Les dossiers de quelques passages courts, avec leurs questions."""
    fichiers = sorted((DOSSIER / "dossiers").glob("*.jsonl"))
    return [dossier for fichier in fichiers for dossier in lire_jsonl(fichier)]


def empreinte_des_donnees() -> str:
    """Empreinte courte de ce qui fait le jeu d'entraînement : banques et programmes."""
    sources = [f for f in DOSSIER.rglob("*") if f.suffix in {".py", ".toml", ".jsonl"}]
    cumul = hashlib.sha256()
    for fichier in sorted(sources):
        cumul.update(fichier.read_bytes())
    return cumul.hexdigest()[:12]


def plier(texte: str) -> str:
    """Minuscules, sans accents : la forme sous laquelle on compare."""
    decompose = unicodedata.normalize("NFD", texte.lower())
    return "".join(c for c in decompose if not unicodedata.combining(c))


@cache
def genres_reserves() -> frozenset[tuple[str, ...]]:
    """Les mots qui, tous ensemble, trahissent un genre de fait réservé à l'évaluation."""
    return frozenset(tuple(cas["mots"]) for cas in lire_jsonl(EVALUATION) if cas["mots"])


@cache
def _motifs_reserves() -> tuple[tuple[re.Pattern[str], ...], ...]:
    return tuple(
        tuple(re.compile(rf"\b{re.escape(plier(mot))}") for mot in mots)
        for mots in sorted(genres_reserves())
    )


def est_reserve(textes: Iterable[str]) -> bool:
    """Vrai si l'un des textes contient tous les mots d'un genre réservé."""
    plies = [plier(texte) for texte in textes]
    return any(
        all(motif.search(texte) for motif in motifs)
        for motifs in _motifs_reserves()
        for texte in plies
    )


def sortes_permises() -> list[Sorte]:
    """Les sortes de faits que l'entraînement peut voir."""
    return [s for s in toutes_les_sortes() if not est_reserve([s.cle, *s.phrases, *s.questions])]


def textes_permis() -> list[dict[str, Any]]:
    """Les textes naturels, sans les questions d'un genre réservé."""
    return _sans_genre_reserve(tous_les_textes())


def dossiers_permis() -> list[dict[str, Any]]:
    """Les dossiers, sans les questions d'un genre réservé."""
    return _sans_genre_reserve(tous_les_dossiers())


def _sans_genre_reserve(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ne garde que les questions permises, et les documents où il en reste au moins deux."""
    gardes = []
    for document in documents:
        questions = [q for q in document["questions"] if not est_reserve([q["q"], q["r"]])]
        sans_reponse = [q for q in document["sans_reponse"] if not est_reserve([q])]
        if len(questions) >= 2:
            gardes.append({**document, "questions": questions, "sans_reponse": sans_reponse})
    return gardes
