"""Module 1 : ce que la dernière page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from scripts.execution.resultat import Execution
from tests.lecons.module_1 import candidats, decimaux
from tests.lecons.sorties import entiers

MODULE = "module_1_comprendre_un_llm"
Executer = Callable[..., Execution]


# --- Ce qu'il reçoit, ce qu'il répond ---


@pytest.mark.snippet(f"{MODULE}/13_gabarit.py")
def test_le_gabarit_est_du_texte(execution: Execution) -> None:
    envoye = execution.sortie.split("--- Fin ---")[0]
    assert "Tu réponds en une phrase courte." in envoye
    assert "Quelle est la capitale de la France ?" in envoye
    discussion, brut = entiers(r"(\d+) tokens lus", execution.sortie)
    assert abs(discussion - brut) <= 1, "le même texte, envoyé de deux façons"
    seule = re.search(r"question seule : (.+)$", execution.sortie, re.MULTILINE)
    avec = re.search(r"^/api/chat, .* lus : (.+)$", execution.sortie, re.MULTILINE)
    assert seule and avec and seule[1] != avec[1]
    assert re.search(r"avant la question : ['\"].+['\"]$", execution.sortie, re.MULTILINE)


@pytest.mark.snippet(f"{MODULE}/14_penser.py")
def test_penser_est_refuse_puis_obtenu_par_le_gabarit(execution: Execution) -> None:
    assert re.search(r"^\S+ refuse : erreur 400", execution.sortie, re.MULTILINE)
    assert "does not support thinking" in execution.sortie
    manieres = ("aussitôt", "étapes", "think")
    justes = [execution.sortie.count(f"{maniere} juste") for maniere in manieres]
    ecrits = [entiers(rf"{maniere} \w+ (\d+)", execution.sortie) for maniere in manieres]
    assert [len(comptes) for comptes in ecrits] == [6, 6, 6]
    assert justes[0] < min(justes[1:]), "écrire les étapes aide, balise ou non"
    assert sum(ecrits[2]) > 3 * sum(ecrits[0]), "réfléchir, c'est écrire davantage"
    derniers = execution.sortie.split("message.thinking :")[1]
    pensee, _ = derniers.split("Dernier message.content :")
    assert len(pensee) > 20, "la réflexion est à part"
    assert "think>" not in pensee, "Ollama a retiré les balises"


@pytest.mark.snippet(f"{MODULE}/15_entite_inventee.py")
def test_il_propose_toujours_une_suite(execution: Execution) -> None:
    lignes = dict(re.findall(r"^(\S.+?) :  (.+%)$", execution.sortie, re.MULTILINE))
    reel, invente, donne = (
        candidats(lignes[nom]) for nom in ("réel", "inventé", "inventé, fait donné")
    )
    assert reel[0][0] == " Paris"
    assert reel[0][1] > invente[0][1], "il est plus sûr d'un lieu qu'il a lu"
    aurillac = [
        sum(p for t, p in liste if t.strip() and " Aurillac".startswith(t))
        for liste in (invente, donne)
    ]
    assert aurillac[1] > aurillac[0] + 10, "le fait donné change la prévision"
    du_reel, de_l_invente = entiers(r"premiers mots différents : (\d)", execution.sortie)
    assert du_reel < de_l_invente, "le fait revient, l'invention change"


# --- Taille, confidentialité, énergie ---


@pytest.mark.snippet(f"{MODULE}/16_taille_et_vitesse.py")
def test_la_table_et_la_prevision_se_tiennent(execution: Execution) -> None:
    motif = r"^(\S+:\S+) +(\d+) Mo +(\d+) Mo +(\d+) +(\d+)$"
    mesures = re.findall(motif, execution.sortie, re.MULTILINE)
    assert mesures, "au moins le modèle des leçons est mesuré"
    assert all(int(memoire) > int(fichier) > 0 for _, fichier, memoire, *_ in mesures)
    assert all(int(lit) > int(ecrit) > 0 for *_, lit, ecrit in mesures)
    vitesses = [int(ecrit) for *_, ecrit in sorted(mesures, key=lambda m: -int(m[1]))]
    assert vitesses == sorted(vitesses), "moins de poids, plus de vitesse"
    [(bas, haut)] = re.findall(r"par seconde : (\d+) à (\d+) Go", execution.sortie)
    assert 0 < int(bas) <= int(haut)
    prevues = decimaux(r" Go de poids : \S+ à (\S+) tokens/s$", execution.sortie)
    assert len(prevues) == 3 and prevues == sorted(prevues, reverse=True)


@pytest.mark.essai(f"{MODULE}/16_taille_et_vitesse.py")
def test_un_modele_absent_est_dit_et_saute(executer: Executer) -> None:
    essai = executer(f"{MODULE}/16_taille_et_vitesse.py", args=("modele-inconnu",))
    assert essai.code == 0, essai.erreurs
    assert "Absents de ce serveur : modele-inconnu" in essai.sortie


@pytest.mark.snippet(f"{MODULE}/17_ou_va_ma_question.py")
def test_la_question_reste_ici(execution: Execution) -> None:
    assert "partent vers : cette machine" in execution.sortie
    assert "calculé par : le serveur lui-même" in execution.sortie
    assert execution.sortie.endswith("Rien ne sort d'ici.\n")


@pytest.mark.snippet(f"{MODULE}/18_energie.py")
def test_l_energie_suit_l_hypothese(execution: Execution) -> None:
    [secondes] = decimaux(r" en (\d+,\d) s$", execution.sortie)
    [watts] = entiers(r"^Supposé : (\d+) W", execution.sortie)
    [wattheures] = decimaux(r"^Une réponse : (\d+,\d+) Wh", execution.sortie)
    assert watts == 30
    assert wattheures == pytest.approx(watts * secondes / 3600, rel=0.1, abs=0.002)
    assert "faire bouillir : 93 Wh" in execution.sortie


@pytest.mark.essai(f"{MODULE}/18_energie.py")
def test_on_peut_changer_l_hypothese(executer: Executer) -> None:
    essai = executer(f"{MODULE}/18_energie.py", args=("250",))
    assert essai.code == 0, essai.erreurs
    assert "Supposé : 250 W" in essai.sortie


@pytest.mark.essai(f"{MODULE}/18_energie.py")
def test_une_puissance_illisible_est_refusee(executer: Executer) -> None:
    for saisie in ("trente", "-30", "0"):
        essai = executer(f"{MODULE}/18_energie.py", args=(saisie,))
        assert essai.code != 0 and "Traceback" not in essai.erreurs
        assert saisie in essai.erreurs


@pytest.mark.snippet(f"{MODULE}/exercice_3_plus_grand_modele.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert decimaux(r": (\d+,\d) milliards", execution.sortie) == [5.6, 18.4, 44.0]
    assert "Bravo" in execution.sortie
