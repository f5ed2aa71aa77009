"""Module 1 : ce que la page sur le tirage affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import re

import pytest

from scripts.execution.resultat import Execution
from tests.lecons.module_1 import candidats, decimaux
from tests.lecons.sorties import entiers, figures_sobres

MODULE = "module_1_comprendre_un_llm"


@pytest.mark.snippet(f"{MODULE}/08_temperature.py")
def test_la_temperature_etale_sans_changer_l_ordre(execution: Execution) -> None:
    lignes = re.findall(r"^'.*'((?: +\d+,\d %){3})$", execution.sortie, re.MULTILINE)
    parts = [decimaux(r"(\d+,\d) %", ligne) for ligne in lignes]
    assert len(parts) == 8
    for colonne in zip(*parts, strict=True):
        assert list(colonne) == sorted(colonne, reverse=True), "l'ordre ne change pas"
    froid, tiede, chaud = parts[0]
    assert froid > tiede > chaud
    assert parts[-1][0] < parts[-1][1] < parts[-1][2]
    assert figures_sobres(execution, "temperature")


@pytest.mark.snippet(f"{MODULE}/09_couper_la_traine.py")
def test_top_k_garde_autant_top_p_s_adapte(execution: Execution) -> None:
    en_jeu = entiers(r" : (\d+) en jeu", execution.sortie)
    sur, partage, ouvert = en_jeu[:4], en_jeu[4:8], en_jeu[8:]
    for comptes in (sur, partage, ouvert):
        assert comptes[:2] == [20, 3], "top_k garde le même nombre partout"
    assert sur[2] < partage[2] < ouvert[2], "top_p garde plus quand le modèle hésite"
    assert sur[3] == 1, "il en reste toujours un"


@pytest.mark.snippet(f"{MODULE}/10_tirer.py")
def test_les_tirages_suivent_la_prevision(execution: Execution) -> None:
    couples = re.findall(r"prévu +(\d+) %, tiré +(\d+) %", execution.sortie)
    assert len(couples) == 15, "trois tokens par réglage"
    for prevu, tire in couples:
        assert abs(int(prevu) - int(tire)) <= 28, "cinquante tirages : quatre écarts types"
    differents = entiers(r"tokens différents : (\d+)", execution.sortie)
    assert differents[0] < differents[2], "chauffer donne de la variété"
    assert entiers(r"hors du jeu : (\d+)$", execution.sortie) == [0] * 5


@pytest.mark.snippet(f"{MODULE}/11_regler_un_texte.py")
def test_la_temperature_donne_de_la_variete_et_de_l_improbable(execution: Execution) -> None:
    differents = entiers(r"textes différents (\d) sur", execution.sortie)
    probas = decimaux(r"d'un token (\d+,\d+) %$", execution.sortie)
    assert len(differents) == len(probas) == 5
    assert differents[0] == 1, "à température nulle, la graine ne joue pas"
    assert differents[1] >= 3 and differents[4] >= 5
    assert probas[0] > probas[1] > probas[4]
    assert min(probas[2], probas[3]) > probas[4], "couper la traîne écarte l'improbable"


@pytest.mark.snippet(f"{MODULE}/12_penaliser_les_repetitions.py")
def test_la_penalite_casse_la_repetition_et_la_copie(execution: Execution) -> None:
    sans, *avec = re.findall(r"^  pénalité \d,\d : (.+)$", execution.sortie, re.MULTILINE)
    assert sans.count("poires") >= 2, "sans pénalité, la liste se répète"
    assert all(texte.count("poires") == 0 for texte in avec)
    justes = [execution.sortie.count(f"pénalité {p}, juste") for p in ("1,0", "1,3", "2,0")]
    assert justes[0] >= 6 and justes[2] < justes[0] / 2


# --- Le carnet et l'exercice ---


@pytest.mark.snippet(f"{MODULE}/carnet_probabilites.py")
def test_le_carnet_lit_chauffe_et_choisit(execution: Execution) -> None:
    suivants, reste = execution.sortie.split("T = 0,3")
    probas = [proba for _, proba in candidats(suivants)]
    assert len(probas) == 10 and probas == sorted(probas, reverse=True)
    froid, tiede, chaud = entiers(r"^(?:T = \d)? : (\d+) %", reste)
    assert froid >= tiede >= chaud
    assert len(re.findall(r"^rang \d : .+ \(\d+,\d %\)$", reste, re.MULTILINE)) == 6


@pytest.mark.snippet(f"{MODULE}/exercice_2_noyau.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert execution.sortie.startswith("Bravo")
