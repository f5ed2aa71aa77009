"""Module 9, preuves : l'entraînement, réduit, et ce que chaque ligne de la table affirme."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from tests.lecons.module_9 import (
    APPRIS,
    CHAQUE_BASE,
    ENTRAINER,
    MODULE,
    ORVELUNE,
    PREPARER,
    SERVIR,
    borne_basse_de_l_ecart,
    moyenne,
)

Executer = Callable[..., Execution]
# --- L'entraînement, en réduit ---

entrainement = pytest.mark.snippet(
    ENTRAINER,
    args=("paraphrases", "--vus", "400"),
    bref=("--vus", "120"),
    apres=(PREPARER,),
    atelier=True,
)


service = pytest.mark.snippet(
    SERVIR, args=("paraphrases",), apres=(ENTRAINER,), atelier=True, modele="smollm2:135m"
)


def cout_des_paraphrases(atelier: Path) -> dict[str, Any]:
    """Ce que l'entraînement des paraphrases a noté."""
    cout: dict[str, Any] = json.loads((atelier / "couts/paraphrases.json").read_text("utf-8"))
    return cout


@entrainement
def test_la_perte_baisse_sur_les_faits_appris(execution: Execution, atelier: Path) -> None:
    cout = cout_des_paraphrases(atelier)
    assert cout["perte à la fin"] < cout["perte au début"] / 2
    assert cout["tokens d'entraînement"] > 3000


@entrainement
@pytest.mark.entier
def test_la_perte_s_effondre_sur_les_faits_appris(execution: Execution, atelier: Path) -> None:
    cout = cout_des_paraphrases(atelier)
    assert cout["perte à la fin"] < cout["perte au début"] / 4
    assert cout["tokens d'entraînement"] > 10_000


@pytest.mark.essai(ENTRAINER, PREPARER, apres=(ENTRAINER,), atelier=True)
def test_reentrainer_part_de_l_adaptateur_precedent(executer: Executer, atelier: Path) -> None:
    assert executer(PREPARER, args=("maj", "--reduit"), atelier=True).code == 0
    essai = executer(ENTRAINER, args=("maj", "--vus", "8"), atelier=True)
    assert essai.code == 0, essai.erreurs
    cout = json.loads((atelier / "couts/maj.json").read_text("utf-8"))
    avant = cout_des_paraphrases(atelier)
    assert cout["perte au début"] < avant["perte au début"] / 2, "la forme est déjà apprise"
    for reste in (atelier / "couts/maj.json", atelier / "exemples/maj.jsonl"):
        reste.unlink()
    shutil.rmtree(atelier / "adaptateurs/maj")


@service
def test_presque_toutes_les_matrices_bougent_un_peu(execution: Execution, atelier: Path) -> None:
    cout = cout_des_paraphrases(atelier)
    assert 0.7 < cout["poids déplacés"] < 0.95
    ecarts = cout["déplacements"]
    assert len(ecarts) == 7 * 30
    assert all(0 < ecart < 0.5 for ecart in ecarts.values())


# --- L'expérience complète, enregistrée ---

CHANGES = [fait["id"] for fait in ORVELUNE["fait"] if "nouveau" in fait]
INCHANGES = [nom for nom in APPRIS if nom not in CHANGES]


@CHAQUE_BASE
def test_cinq_formulations_valent_mieux_qu_une(modele: str) -> None:
    ecart = (modele, "7-paraphrases", "6-faits", "connaissance")
    assert borne_basse_de_l_ecart(*ecart, APPRIS) > 0


@CHAQUE_BASE
def test_un_fait_nouveau_vient_de_l_index_pas_des_poids(modele: str) -> None:
    assert moyenne(modele, "maj-intact", "connaissance", CHANGES) <= 0.05
    assert moyenne(modele, "maj-intact", "ancien fait") >= 0.5, "il dit encore l'ancien"
    assert moyenne(modele, "maj-rag", "connaissance", CHANGES) > 0
    assert moyenne(modele, "maj-rag", "ancien fait") <= 0.05


@CHAQUE_BASE
def test_reentrainer_sur_le_nouveau_efface_le_reste(modele: str) -> None:
    ecart = (modele, "maj-intact", "maj-reentraine", "connaissance")
    assert borne_basse_de_l_ecart(*ecart, INCHANGES) > 0.2


def test_sur_le_sentiment_l_affinage_perd_chez_lui() -> None:
    """Le RAG l'emporte, et ne fait guère que répéter le vote de ses voisins."""
    base = "smollm2:135m"
    assert borne_basse_de_l_ecart(base, "avis-rag", "avis-affine", "classe juste") > 0
    assert moyenne(base, "avis-affine", "classe juste") < 0.6, "à peine mieux qu'une pièce"
    vote = moyenne(base, "avis-rag", "vote des voisins")
    assert abs(moyenne(base, "avis-rag", "classe juste") - vote) < 0.05


@CHAQUE_BASE
def test_le_bras_8_tient_la_forme_mieux_que_le_bras_5(modele: str) -> None:
    assert borne_basse_de_l_ecart(modele, "8-raft", "5-rag-forme", "comportement") > 0
    assert borne_basse_de_l_ecart(modele, "8-raft", "5-rag-forme", "source juste") > 0
    assert moyenne(modele, "8-raft", "comportement") >= 0.9


@pytest.mark.snippet(f"{MODULE}/09_formulations.py")
def test_reciter_est_plus_facile_que_savoir(execution: Execution) -> None:
    lignes = re.findall(r"^fait .*?(\d+)/(\d+) ", execution.sortie, re.MULTILINE)[:3]
    vue, test, jamais = (int(juste) / int(total) for juste, total in lignes)
    assert vue >= test > jamais


@pytest.mark.snippet(f"{MODULE}/10_poids.py")
def test_le_prompt_ou_les_poids(execution: Execution) -> None:
    assert set(execution.figures) == {"poids-clair.svg", "poids-sombre.svg"}
    lignes = {li.split()[0]: li.split()[1:] for li in execution.sortie.splitlines()[2:6]}
    assert lignes["3-rag"][1:] == ["oui", "0.0%"]
    assert lignes["4-forme"][1] == "non" and lignes["4-forme"][0] == lignes["1-base"][0]


@pytest.mark.snippet(f"{MODULE}/11_mise_a_jour.py")
def test_reindexer_est_plus_rapide_que_reentrainer(execution: Execution) -> None:
    lignes = {li[:26].strip(): li[26:].split() for li in execution.sortie.splitlines()}
    assert float(lignes["RAG réindexé"][0]) < float(lignes["Affiné, réentraîné"][0]) / 5


@pytest.mark.snippet(f"{MODULE}/12_deux_metiers.py")
def test_les_deux_metiers_sont_croises(execution: Execution) -> None:
    for metier in ("questions, faits appris", "questions, autres faits", "sentiment des avis"):
        [ligne] = re.findall(rf"^{metier} .*$", execution.sortie, re.MULTILINE)[:1]
        assert ligne.count(";") == 4


@pytest.mark.snippet(f"{MODULE}/13_combiner.py")
def test_la_lecture_est_separee_de_la_recherche(execution: Execution) -> None:
    for titre in ("fait juste, passage retrouvé", "aveu, question sans réponse"):
        assert len(re.findall(rf"^{titre} .*$", execution.sortie, re.MULTILINE)) >= 1
