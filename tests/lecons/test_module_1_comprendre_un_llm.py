"""Module 1 : ce que la première page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import itertools
import re

import pytest

from scripts.execution.resultat import Execution
from tests.lecons.module_1 import candidats
from tests.lecons.sorties import figures_sobres, nombres, non_affine

MODULE = "module_1_comprendre_un_llm"


# --- Les tokens ---


@pytest.mark.snippet(f"{MODULE}/01_decouper.py")
def test_notre_decoupage_est_celui_du_modele(execution: Execution) -> None:
    [vocabulaire] = nombres(r"^Vocabulaire : (\d+) tokens", execution.sortie)
    assert vocabulaire > 10_000
    anglais, francais, long = re.findall(
        r": (\d+), tokens lus par Ollama : (\d+)", execution.sortie
    )
    for notres, comptes in (anglais, francais, long):
        assert int(comptes) - int(notres) in (0, 1), "au plus un token de début en plus"
    assert int(francais[0]) > int(anglais[0]), "le français coûte plus de tokens"
    assert int(long[0]) >= 4, "un mot rare est coupé"
    assert "None" not in execution.sortie, "chaque morceau est dans le vocabulaire"


@pytest.mark.snippet(f"{MODULE}/02_compter.py")
def test_le_francais_coute_plus_que_l_anglais(execution: Execution) -> None:
    [rapport] = nombres(r"français contre anglais : (\d\.\d+)$", execution.sortie)
    assert rapport > 1.2
    mots_anglais, mots_francais = nombres(r" : (\d+) mots dans une fenêtre", execution.sortie)
    assert mots_francais < mots_anglais
    euros_anglais, euros_francais = nombres(r"(\d\.\d+) euro pour", execution.sortie)
    assert euros_anglais < euros_francais
    par_mot = dict(
        re.findall(r"^(\w+) +\d+ +\d+ +\d+ +(\d+\.\d+)$", execution.sortie, re.MULTILINE)
    )
    assert float(par_mot["nombres"]) > float(par_mot["français"]) > 1


# --- Le token suivant ---


@pytest.mark.snippet(f"{MODULE}/03_mot_suivant.py")
def test_les_probabilites_decroissent_et_font_un(execution: Execution) -> None:
    anglais, francais, _ = execution.sortie.split("\n\n")
    assert " Paris" in [token for token, _ in candidats(anglais)[:5]]
    for partie in (anglais, francais):
        probas = [proba for _, proba in candidats(partie)]
        assert len(probas) == 8 and probas == sorted(probas, reverse=True)
        [reste] = nombres(r"tous les autres +(\d+\.\d)%", partie)
        assert sum(probas) + reste == pytest.approx(100, abs=0.6)
    assert "█" in anglais


@pytest.mark.snippet(f"{MODULE}/04_pas_a_pas.py")
def test_le_texte_s_allonge_d_un_token_par_pas(execution: Execution) -> None:
    lignes = [ligne for ligne in execution.sortie.splitlines() if ligne.startswith("  pas ")]
    assert len(lignes) == 6
    debut = execution.sortie.splitlines()[0]
    choisis = "".join(candidats(ligne)[0][0] for ligne in lignes)
    assert debut + choisis in execution.sortie
    assert all(len(candidats(ligne)) == 5 for ligne in lignes)
    # On ne garde que les figures du modèle que la page montre d'abord.
    assert not non_affine(execution) or figures_sobres(execution, "pas_a_pas")


# --- Le tirage ---


@pytest.mark.snippet(f"{MODULE}/05_temperature.py")
def test_les_tirages_suivent_la_prevision(execution: Execution) -> None:
    motif = re.compile(r"""^['"].*['"]((?: +\d+%){6})$""", re.MULTILINE)
    lignes = [nombres(r"(\d+)%", trouve[1]) for trouve in motif.finditer(execution.sortie)]
    assert len(lignes) == 8
    for prevu, tire in itertools.chain(*(zip(li[0::2], li[1::2], strict=True) for li in lignes)):
        assert abs(prevu - tire) <= 25, "cinquante tirages : quatre écarts types au plus"
    froid, tiede, chaud = lignes[0][0::2]
    assert froid > tiede > chaud, "la température étale la distribution"
    differents = nombres(r": (\d+) tokens différents", execution.sortie)
    assert differents[0] < differents[2]
    assert nombres(r"(\d+) hors des 20$", execution.sortie) == [0, 0, 0]
    # On ne garde que les figures du modèle que la page montre d'abord.
    assert not non_affine(execution) or figures_sobres(execution, "temperature")


@pytest.mark.snippet(f"{MODULE}/06_couper_la_traine.py")
def test_rien_n_est_tire_hors_de_la_liste(execution: Execution) -> None:
    vingt, trois, noyau = nombres(r" : (\d+) tokens en jeu$", execution.sortie)
    assert vingt == 20 and trois == 3
    assert 1 <= noyau < 20
    assert nombres(r"hors de la liste : (\d+) sur", execution.sortie) == [0, 0, 0]
    premiers = nombres(r"top_p=\d\.\d : .*\n.* prévu +(\d+)%", execution.sortie)
    assert premiers[0] < min(premiers[1:]), "ce qui reste se partage la probabilité"


@pytest.mark.snippet(f"{MODULE}/07_regler_un_texte.py")
def test_la_temperature_donne_de_la_variete_et_de_l_improbable(execution: Execution) -> None:
    differents = nombres(r" : (\d) textes différents", execution.sortie)
    probas = nombres(r"d'un token (\d\.\d+)$", execution.sortie)
    assert len(differents) == len(probas) == 5
    assert differents[0] == 1, "à température nulle, la graine ne joue pas"
    assert differents[1] >= 3 and differents[4] >= 5
    assert probas[0] > probas[1] > probas[4]
    assert min(probas[2], probas[3]) > probas[4], "couper la traîne écarte l'improbable"


@pytest.mark.snippet(f"{MODULE}/08_penaliser_les_repetitions.py")
def test_la_penalite_eloigne_ce_qui_est_deja_ecrit(execution: Execution) -> None:
    listes, refrains = execution.sortie.split("\n\n")
    parts = [dict(candidats(ligne)) for ligne in listes.splitlines()[1:]]
    assert parts[0].get(" dog", 0) >= 50, "sans pénalité, la liste se répète"
    assert parts[2].get(" dog", 0) < parts[0][" dog"]
    sans, moyenne, _ = nombres(r": (\d+)% de mots différents$", refrains)
    assert moyenne > sans


# --- Le carnet ---


@pytest.mark.snippet(f"{MODULE}/carnet_probabilites.py")
def test_le_carnet_lit_chauffe_et_choisit(execution: Execution) -> None:
    suivants, reste = execution.sortie.split("T = 0.3")
    probas = [proba for _, proba in candidats(suivants)]
    assert len(probas) == 10 and probas == sorted(probas, reverse=True)
    froid, tiede, chaud = nombres(r"^(?:T = \d)? : (\d+)%", reste)
    assert froid >= tiede >= chaud
    assert len(re.findall(r"^rang \d : .+ \(\d+\.\d%\)$", reste, re.MULTILINE)) == 6


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_fusionner.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : ['la', ' lampe']" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_noyau.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert execution.sortie.startswith("Bravo")
