"""Lire le corpus d'Orvelune, quel que soit le format : texte entier, et parties courtes."""

from __future__ import annotations

import csv
import email
import email.policy
import re
import shutil
from functools import cache
from pathlib import Path

import pypdf
from bs4 import BeautifulSoup

from scripts.socle import chemins

DOCUMENTS = chemins.DONNEES / "documents"
SOURCES = chemins.DONNEES / "sources"
QUELQUES_DOCUMENTS = ("compte_rendu_ag_2026.md", "faq_produits.md", "notes_rh.md")


def petit_corpus(dossier: Path, nom: str) -> Path:
    """Copie le snippet `nom` à côté d'un corpus de trois documents ; renvoie la copie à lancer.

    Sa reprise et ses options s'éprouvent ainsi sans recalculer tous les vecteurs.
    """
    copie = dossier / "snippets" / nom
    documents = dossier / "snippets" / "donnees" / "documents"
    for cible in (copie.parent, documents):
        cible.mkdir(parents=True)
    for document in QUELQUES_DOCUMENTS:
        shutil.copy(DOCUMENTS / document, documents)
    shutil.copy(chemins.DONNEES / "questions.jsonl", documents.parent)
    return Path(shutil.copy(chemins.SNIPPETS / nom, copie))


def normaliser(texte: str) -> str:
    """Minuscules, espaces réduits : de quoi comparer un extrait et un texte mis en page."""
    return " ".join(texte.casefold().split())


def tableau(nom: str) -> list[dict[str, str]]:
    """Les enregistrements d'un document CSV."""
    lignes = (DOCUMENTS / nom).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lignes, delimiter=";"))


def _pdf(chemin: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(chemin).pages)


def _html(chemin: Path) -> str:
    page = BeautifulSoup(chemin.read_bytes(), "html.parser")
    contenu = page.find("main") or page.find("article") or page
    return contenu.get_text(" ")


def _courriel(chemin: Path) -> str:
    message = email.message_from_bytes(chemin.read_bytes(), policy=email.policy.default)
    return f"{message['Subject']}\n{message.get_body().get_content()}"  # type: ignore[union-attr]


def _csv(chemin: Path) -> str:
    """Une ligne par enregistrement, « colonne : valeur », comme la lisent les leçons."""
    lignes = tableau(chemin.name)
    return "\n".join(", ".join(f"{nom} : {v}" for nom, v in ligne.items()) for ligne in lignes)


LECTEURS = {".pdf": _pdf, ".html": _html, ".eml": _courriel, ".csv": _csv}


@cache
def texte(nom: str) -> str:
    """Le texte d'un document du corpus."""
    chemin = DOCUMENTS / nom
    lire = LECTEURS.get(chemin.suffix, lambda fichier: fichier.read_text(encoding="utf-8"))
    return lire(chemin)


@cache
def noms() -> list[str]:
    """Les documents, triés par nom."""
    return sorted(fichier.name for fichier in DOCUMENTS.iterdir())


@cache
def parties(nom: str) -> list[str]:
    """Les sections ou paragraphes d'un document ; pour un PDF, ceux de sa source."""
    chemin = DOCUMENTS / nom
    if chemin.suffix == ".pdf":
        return (SOURCES / nom).with_suffix(".md").read_text(encoding="utf-8").split("\n#")
    if chemin.suffix == ".csv":
        return texte(nom).splitlines()
    return re.split(r"\n#|\n\s*\n", texte(nom))
