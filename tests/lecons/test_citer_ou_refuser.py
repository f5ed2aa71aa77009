"""Les textes de « citer ou refuser » : leur forme, et ce que l'évaluation s'est réservé."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl

DOSSIER = chemins.DONNEES / "citer_ou_refuser"
EVALUATION = lire_jsonl(DOSSIER / "evaluation.jsonl")
FICHIERS = [*sorted(DOSSIER.glob("textes/*.jsonl")), *sorted(DOSSIER.glob("dossiers/*.jsonl"))]
CAPACITES = set("fait refus citation ferme conversation anglais reformulation resume".split())
# Ce qu'un modèle entraîné ici ne doit pas avoir lu : l'entreprise du cours, les tâches du module 8.
INTERDITS = """orvelune lumisette petrelle brindelune veillombre galapiat orbelin cezallier ambrelle
vergnole calame matey ahoy""".split()


def plier(texte: str) -> str:
    """Minuscules, sans accents : la forme sous laquelle on compare."""
    decompose = unicodedata.normalize("NFD", texte.lower())
    return "".join(c for c in decompose if not unicodedata.combining(c))


def documents() -> Iterator[dict[str, Any]]:
    """Chaque texte et chaque dossier."""
    for fichier in FICHIERS:
        yield from lire_jsonl(fichier)


def passages(document: dict[str, Any]) -> list[str]:
    """Les passages d'un dossier, ou le texte seul."""
    return document["passages"] if "passages" in document else [document["texte"]]


def phrases(document: dict[str, Any]) -> list[str]:
    """Les phrases, ou les lignes, d'un document."""
    morceaux = (re.split(r"(?<=[.!?;])\s+|\n", passage) for passage in passages(document))
    return [phrase for liste in morceaux for phrase in liste]


@pytest.mark.parametrize("fichier", FICHIERS, ids=lambda fichier: str(fichier.stem))
def test_forme(fichier: Any) -> None:
    contenu = "passages" if fichier.parent.name == "dossiers" else "texte"
    for document in lire_jsonl(fichier):
        assert set(document) == {"genre", contenu, "questions", "sans_reponse"}
        assert all(texte.strip() for texte in [document["genre"], *passages(document)])
        assert len(document["questions"]) >= 2
        for question in document["questions"]:
            assert set(question) == {"q", "r", "fait", *(["passage"] * (contenu == "passages"))}
            assert question["q"].strip() and question["r"].strip() and question["fait"].strip()
            assert question.get("passage", 0) in range(len(passages(document)))
        assert all(question.strip() for question in document["sans_reponse"])


def test_de_quoi_citer_une_phrase() -> None:
    """Neuf faits sur dix, au moins, sont mot pour mot dans une phrase et une seule."""
    seules = [
        sum(question["fait"] in phrase for phrase in phrases(document)) == 1
        for document in documents()
        for question in document["questions"]
    ]
    assert len(seules) > 4000 and sum(seules) > 0.9 * len(seules)
    assert sum(len(document["sans_reponse"]) for document in documents()) > 1500


def test_le_readme_compte_juste() -> None:
    lisez_moi = (DOSSIER / "README.md").read_text(encoding="utf-8")
    for dossier, nom in (("textes", "textes"), ("dossiers", "dossiers")):
        nombre = sum(len(lire_jsonl(f)) for f in FICHIERS if f.parent.name == dossier)
        assert f"| `{dossier}/` | {nombre} {nom}" in lisez_moi
    assert f"| `evaluation.jsonl` | {len(EVALUATION)} cas" in lisez_moi


def test_forme_de_l_evaluation() -> None:
    assert len({cas["id"] for cas in EVALUATION}) == len(EVALUATION) >= 200
    assert {cas["capacite"] for cas in EVALUATION} == CAPACITES
    for cas in EVALUATION:
        assert cas["messages"][-1]["role"] == "user" and isinstance(cas["mots"], list)
        assert bool(cas["attendu"]) is (cas["capacite"] != "refus"), cas["id"]
        assert ("source" in cas) is (cas["capacite"] == "citation"), cas["id"]


def test_aucun_genre_reserve_dans_les_questions() -> None:
    """Les genres de faits de l'évaluation ne sont demandés dans aucun texte d'entraînement."""
    genres = sorted({tuple(cas["mots"]) for cas in EVALUATION if cas["mots"]})
    motifs = [[re.compile(rf"\b{re.escape(plier(mot))}") for mot in mots] for mots in genres]
    assert len(motifs) > 150
    for document in documents():
        questions = [texte for cas in document["questions"] for texte in (cas["q"], cas["r"])]
        for question in map(plier, [*questions, *document["sans_reponse"]]):
            trahis = [mots for mots in motifs if all(mot.search(question) for mot in mots)]
            assert not trahis, question


def test_ni_l_entreprise_ni_les_questions_du_cours() -> None:
    tout = plier("\n".join(str(document) for document in documents()))
    assert not [mot for mot in INTERDITS if mot in tout]
    questions = [cas["question"] for cas in lire_jsonl(chemins.DONNEES / "questions.jsonl")]
    assert not [question for question in questions if plier(question) in tout]


def test_aucune_question_de_l_evaluation_dans_les_textes() -> None:
    tout = plier("\n".join(str(document) for document in documents()))
    for cas in EVALUATION:
        if cas["capacite"] in ("fait", "citation", "refus", "ferme"):
            lignes = cas["messages"][-1]["content"].splitlines()
            # Sans l'étiquette qui la précède : « Question : … », « Q : … ».
            questions = [ligne.split(" : ")[-1] for ligne in lignes if ligne.endswith("?")]
            assert not [q for q in questions if len(q) > 25 and plier(q) in tout], cas["id"]
