"""Les documents d'Orvelune : PDF fidèles à leur source, corpus et questions cohérents."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
from reportlab.lib.pagesizes import A4

from scripts.produits import documents_pdf
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons import corpus

# Les mots longs qu'une question emploie sans désigner son sujet.
MOTS_DE_QUESTION = {"combien", "comment", "quand", "quelle", "quelles", "orvelune", "lorsque"}
SOURCE = """# Notice de la Lumisette

Un paragraphe **en gras** à 24,50 €.

## Entretien

- Un chiffon sec.
- Jamais d'eau.

| Lampe | Poids |
| --- | --- |
| Pétrelle | 96 g |
"""


def texte_du_pdf(pdf: bytes, fichier: Path) -> str:
    """Le texte extrait d'un PDF, espaces normalisés."""
    fichier.write_bytes(pdf)
    pages = [page.extract_text() for page in pypdf.PdfReader(fichier).pages]
    return " ".join(" ".join(pages).split())


@cache
def questions() -> list[dict[str, Any]]:
    """Le jeu de questions, dans l'ordre."""
    return lire_jsonl(chemins.DONNEES / "questions.jsonl")


def decimal(nombre: str) -> Decimal:
    """Un nombre à virgule décimale."""
    return Decimal(nombre.replace(",", "."))


def test_le_pdf_garde_le_texte_de_sa_source(tmp_path: Path) -> None:
    texte = texte_du_pdf(documents_pdf.composer(SOURCE, "Notice"), tmp_path / "essai.pdf")
    for mots in ("Notice de la Lumisette", "en gras à 24,50 €", "Jamais d'eau", "Pétrelle 96 g"):
        assert mots in texte


def test_memes_sources_memes_octets() -> None:
    assert documents_pdf.composer(SOURCE, "N", 2) == documents_pdf.composer(SOURCE, "N", 2)


def test_bloc_non_prevu() -> None:
    with pytest.raises(ValueError, match="blockquote"):
        documents_pdf.composer("> citation", "Essai")


def test_les_pdf_du_depot_viennent_de_leurs_sources(tmp_path: Path) -> None:
    for pdf in documents_pdf.fabriquer(tmp_path):
        assert pdf.read_bytes() == (corpus.DOCUMENTS / pdf.name).read_bytes(), "make documents"


def test_un_pdf_a_deux_colonnes_et_un_tableau() -> None:
    lecteur = pypdf.PdfReader(corpus.DOCUMENTS / "catalogue_2026.pdf")
    abscisses: list[float] = []

    def noter(texte: str, repere: list[float], matrice: list[float], *_: object) -> None:
        if texte.strip():
            abscisses.append(repere[4] + matrice[4])

    for page in lecteur.pages:
        page.extract_text(visitor_text=noter)
    milieu = A4[0] / 2
    assert sum(x > milieu for x in abscisses) > 20
    assert sum(x < milieu for x in abscisses) > 20
    assert "| --- |" in (corpus.SOURCES / "catalogue_2026.md").read_text(encoding="utf-8")


# --- Le corpus ---


def test_le_corpus_est_assez_grand_et_varie() -> None:
    assert len(corpus.noms()) >= 25
    assert {Path(nom).suffix for nom in corpus.noms()} == {".pdf", ".md", ".html", ".csv", ".eml"}
    assert sum(len(corpus.texte(nom).split()) for nom in corpus.noms()) >= 25_000


@pytest.mark.parametrize("nom", corpus.noms())
def test_document_lisible(nom: str) -> None:
    texte = corpus.texte(nom)
    assert len(texte.split()) >= 20
    assert "\ufffd" not in texte and "Ã©" not in texte


def test_les_trois_pieges() -> None:
    perime = corpus.normaliser(corpus.texte("calame_teletravail_2023.html"))
    assert "huit mois" in perime and "remplacée" in perime
    assert "cinq mois" in corpus.normaliser(corpus.texte("reglement_interieur.md"))
    assert "six semaines" in corpus.texte("2026-09-03_inventaire_trousses.eml")
    assert "trois mois" in corpus.texte("guide_securite_atelier.pdf")
    assert "1 euro" in corpus.texte("2026-08-20_partenariat_lumalune.eml")


def test_les_ventes_s_accordent_avec_le_tarif() -> None:
    prix = {ligne["produit"]: ligne["prix_euros"] for ligne in corpus.tableau("tarifs.csv")}
    for ligne in corpus.tableau("ventes_2025.csv"):
        attendu = int(ligne["quantite"]) * decimal(prix[ligne["produit"]])
        assert decimal(ligne["chiffre_affaires"]) == attendu


# --- Les questions ---

GENRES = {"un passage", "deux passages", "tableau", "paraphrase", "périmé", "sans réponse"}


def test_soixante_questions_de_tous_les_genres() -> None:
    genres = Counter(cas["genre"] for cas in questions())
    assert len(questions()) == len({cas["question"] for cas in questions()}) >= 60
    assert len({cas["id"] for cas in questions()}) == len(questions())
    assert genres.keys() == GENRES
    assert genres["sans réponse"] >= 12 and min(genres.values()) >= 3


@pytest.mark.parametrize("cas", questions(), ids=lambda cas: str(cas["id"]))
def test_chaque_passage_contient_son_fait(cas: dict[str, Any]) -> None:
    extraits = [corpus.normaliser(passage["extrait"]) for passage in cas["passages"]]
    for passage, extrait in zip(cas["passages"], extraits, strict=True):
        assert extrait in corpus.normaliser(corpus.texte(passage["document"])), passage
    for fait in cas["faits"]:
        assert any(corpus.normaliser(fait) in extrait for extrait in extraits), fait
        assert corpus.normaliser(fait) not in corpus.normaliser(cas["question"]), fait
    assert len(cas["passages"]) == {"sans réponse": 0, "deux passages": 2}.get(
        cas["genre"], len(cas["passages"]) or 1
    )


@pytest.mark.parametrize(
    "cas",
    [cas for cas in questions() if cas["genre"] == "sans réponse"],
    ids=lambda c: str(c["id"]),
)
def test_rien_ne_repond_aux_questions_sans_reponse(cas: dict[str, Any]) -> None:
    """Aucune section ne réunit les mots sans lesquels on ne peut pas répondre (`absents`)."""
    mots = [corpus.normaliser(mot) for mot in cas["absents"]]
    assert mots and not cas["faits"]
    for nom in corpus.noms():
        for partie in map(corpus.normaliser, corpus.parties(nom)):
            assert not all(mot in partie for mot in mots), (nom, partie[:200])


@pytest.mark.parametrize(
    "cas", [cas for cas in questions() if cas["genre"] == "paraphrase"], ids=lambda c: str(c["id"])
)
def test_une_paraphrase_n_a_aucun_mot_long_de_son_passage(cas: dict[str, Any]) -> None:
    extraits = corpus.normaliser(" ".join(passage["extrait"] for passage in cas["passages"]))
    longs = set(re.findall(r"\w{5,}", corpus.normaliser(cas["question"]))) - MOTS_DE_QUESTION
    assert not longs & set(re.findall(r"\w{5,}", extraits))
