"""Module 9, suite : décider, contribuer, construire son projet."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scripts.execution.resultat import Execution
from scripts.publication import module_9
from tests.lecons.module_9 import MODULE

Executer = Callable[..., Execution]


# --- Décider ---


@pytest.mark.snippet(f"{MODULE}/14_decider.py")
@pytest.mark.parametrize(
    ("cas", "conseil"),
    [
        ("FAQ d'une boutique", "RAG"),
        ("assistant SQL", "fine-tuning"),
        ("classeur de courriels", "fine-tuning"),
        ("FAQ lue par un programme", "RAG et fine-tuning, entraîné avec des passages"),
        ("trois horaires à citer", "prompt"),
        ("ton maison, douze exemples", "prompt"),
    ],
)
def test_chaque_conseil_cite_une_mesure(execution: Execution, cas: str, conseil: str) -> None:
    lignes = execution.sortie.splitlines()
    rang = lignes.index(f"{cas} → {conseil}")
    assert lignes[rang + 1].startswith("    mesuré, ")


# --- Le projet ---

VERIFIER = f"{MODULE}/15_verifier_projet.py"


@pytest.mark.snippet(VERIFIER)
def test_le_gabarit_vide_est_refuse(execution: Execution) -> None:
    assert execution.sortie.splitlines()[-1] == "mon_projet.toml, défauts : 7"


PROJET = {
    "technique": '"RAG"',
    "besoin": f'"{"Nos adhérents demandent les horaires. " * 4}"',
    "pourquoi_pas_les_autres": f'"{"Le prompt seul ne connaît pas nos horaires. " * 3}"',
    "verdict": f'"{"Le RAG répond, sauf quand deux saisons se mêlent. " * 3}"',
    "limites": f'"{"Vingt questions, une seule saison. " * 3}"',
}


def ecrire_projet(fichier: Path, questions: int, muettes: int, bas: int) -> None:
    """Un projet à trois bras, dont on choisit les questions et la borne basse."""
    lignes = [f"{nom} = {valeur}" for nom, valeur in PROJET.items()]
    for rang in range(questions):
        faits = "[]" if rang < muettes else '["9 h"]'
        lignes += ["[[question]]", f'texte = "Question {rang} ?"']
        lignes += [f"faits = {faits}"]
    for bras in ("prompt seul", "RAG", "trois exemples"):
        for nom in ("connaissance", "comportement"):
            lignes += ["[[mesure]]", f'bras = "{bras}"', f'nom = "{nom}"']
            lignes += ["valeur = 50", f"bas = {bas}", "haut = 70"]
    fichier.write_text("\n".join(lignes), "utf-8")


@pytest.mark.essai(VERIFIER)
@pytest.mark.parametrize(
    ("questions", "muettes", "bas", "attendu"),
    [
        (20, 4, 30, "complet"),
        (20, 3, 30, "défauts : 1"),
        (19, 4, 30, "défauts : 1"),
        (20, 4, 60, "défauts : 6"),
    ],
)
def test_le_controle_du_projet_voit_les_oublis(
    executer: Executer, tmp_path: Path, questions: int, muettes: int, bas: int, attendu: str
) -> None:
    ecrire_projet(tmp_path / "p.toml", questions, muettes, bas)
    essai = executer(VERIFIER, args=("p.toml",), dossier=tmp_path)
    assert essai.sortie.splitlines()[-1] == f"p.toml, {attendu}"


@pytest.mark.essai(VERIFIER)
def test_une_question_double_et_un_bras_sans_mesure_sont_vus(
    executer: Executer, tmp_path: Path
) -> None:
    ecrire_projet(tmp_path / "p.toml", 20, 4, 30)
    texte = (tmp_path / "p.toml").read_text("utf-8").replace('"Question 5 ?"', '"Question 4 ?"')
    texte += '\n[[mesure]]\nbras = "seul"\nnom = "connaissance"\nvaleur = 1\nbas = 0\nhaut = 2\n'
    (tmp_path / "p.toml").write_text(texte, "utf-8")
    essai = executer(VERIFIER, args=("p.toml",), dossier=tmp_path)
    assert "une question est posée deux fois" in essai.sortie
    assert "un bras n'a pas de mesure de comportement" in essai.sortie


# --- Les contributions ---


@pytest.mark.snippet(f"{MODULE}/16_contribuer.py")
def test_les_lignes_a_contribuer_suivent_le_schema(execution: Execution) -> None:
    schema = json.loads(module_9.contributions.SCHEMA.read_text(encoding="utf-8"))
    lignes = module_9.contributions.lire(execution.sortie)
    assert {ligne["bras"] for ligne in lignes} >= {"1-base", "3-rag", "8-raft"}
    for ligne in lignes:
        jsonschema.validate(ligne, schema)


def test_les_contributions_suivent_le_schema() -> None:
    schema = json.loads(module_9.contributions.SCHEMA.read_text(encoding="utf-8"))
    entete = module_9.contributions.CONTRIBUTIONS.read_text(encoding="utf-8").splitlines()[0]
    assert entete.split(",") == schema["required"]
    for ligne in module_9.contributions.lues():
        jsonschema.validate(ligne, schema)


def test_une_contribution_hors_schema_est_refusee() -> None:
    schema = json.loads(module_9.contributions.SCHEMA.read_text(encoding="utf-8"))
    juste: dict[str, Any] = dict.fromkeys(schema["required"], "x" * 5)
    juste |= {"date": "2026-11-24", "bras": "3-rag"}
    juste |= {"graine": 7, "connaissance": 40.0, "comportement": 2.5, "minutes": 12.0}
    jsonschema.validate(juste, schema)
    for faute in ({"connaissance": 140.0}, {"bras": "9-magie"}, {"date": "hier"}, {"humeur": "x"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**juste, **faute}, schema)


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_mcnemar.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Dix gains contre zéro : p = 0.0020" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_coherence.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : 8 cas sur 8" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_seuil.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert "100 questions" in execution.sortie
