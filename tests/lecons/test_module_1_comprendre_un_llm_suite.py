"""Module 1 : ce que la seconde page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from scripts.execution.resultat import Execution
from tests.lecons.module_1 import candidats
from tests.lecons.sorties import nombres, non_affine

MODULE = "module_1_comprendre_un_llm"
Executer = Callable[..., Execution]


# --- La fenêtre et le gabarit ---


@pytest.mark.snippet(f"{MODULE}/09_hors_de_la_fenetre.py")
def test_ce_qui_sort_de_la_fenetre_est_perdu(execution: Execution) -> None:
    lus = nombres(r" : (\d+) tokens lus", execution.sortie)
    assert lus[0] > 512 and lus[1] < 512 and lus[2] < 256
    entier, *coupes = nombres(r"début de 'banane' : (\d+\.\d)%", execution.sortie)
    assert entier > 5
    assert all(entier > 5 * coupe for coupe in coupes)


@pytest.mark.snippet(f"{MODULE}/10_gabarit.py")
def test_le_gabarit_est_du_texte(execution: Execution) -> None:
    envoye = execution.sortie.split("--- Fin ---")[0]
    assert "You answer in one short sentence." in envoye
    assert "What is the capital of France?" in envoye
    discussion, brut = nombres(r"(\d+) tokens lus", execution.sortie)
    assert abs(discussion - brut) <= 1, "le même texte, envoyé de deux façons"
    seule = re.search(r"question seule : (.+)$", execution.sortie, re.MULTILINE)
    avec = re.search(r"^/api/chat, .* lus : (.+)$", execution.sortie, re.MULTILINE)
    assert seule and avec and seule[1] != avec[1]
    assert re.search(r"avant la question : ['\"].+['\"]$", execution.sortie, re.MULTILINE)


# --- Ce qu'il affirme ---


@pytest.mark.snippet(f"{MODULE}/11_entite_inventee.py")
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
    textes = re.findall(r"^  graine \d : (.+)$", execution.sortie, re.MULTILINE)
    assert len(textes) == 5 and len(set(textes)) >= 2, "chaque graine invente autre chose"
    assert re.search(r"^En discussion : ['\"].+['\"]$", execution.sortie, re.MULTILINE)


# --- Taille, confidentialité, énergie ---


@pytest.mark.snippet(f"{MODULE}/12_taille_et_vitesse.py", args=("smollm2:135m",), modele="cours-fr")
def test_la_table_et_la_prevision_se_tiennent(execution: Execution) -> None:
    mesures = re.findall(
        r"^(\S+) +Q\S+ +(\d+) Mo +(\d+\.\d) +(\d+) Mo +(\d+)$", execution.sortie, re.MULTILINE
    )
    assert len(mesures) == (1 if non_affine(execution) else 2), "un modèle n'est mesuré qu'une fois"
    for _, fichier, bits, memoire, vitesse in mesures:
        assert int(memoire) > int(fichier) > 0 and int(vitesse) > 0
        assert 4 <= float(bits) <= 20
    memoires = [int(mesure[3]) for mesure in sorted(mesures, key=lambda mesure: int(mesure[1]))]
    assert memoires == sorted(set(memoires)), "plus de poids, plus de mémoire"
    [bas, haut] = next(
        [float(bas), float(haut)]
        for bas, haut in re.findall(r"par seconde : (\S+) à (\S+) Go", execution.sortie)
    )
    assert 0 < bas <= haut
    prevues = nombres(r" Go de poids : \S+ à (\S+) tokens/s$", execution.sortie)
    assert len(prevues) == 3 and prevues == sorted(prevues, reverse=True)


@pytest.mark.essai(f"{MODULE}/12_taille_et_vitesse.py")
def test_un_modele_absent_est_dit_et_saute(executer: Executer) -> None:
    essai = executer(f"{MODULE}/12_taille_et_vitesse.py", args=("modele-inconnu",))
    assert essai.code == 0, essai.erreurs
    assert "modele-inconnu : absent" in essai.sortie
    assert "Poids lus par seconde" in essai.sortie


@pytest.mark.snippet(f"{MODULE}/13_ou_va_ma_question.py")
def test_la_question_reste_ici(execution: Execution) -> None:
    assert "partent vers : cette machine" in execution.sortie
    assert "calculé par : le serveur lui-même" in execution.sortie
    assert execution.sortie.endswith("Rien ne sort d'ici.\n")


@pytest.mark.snippet(f"{MODULE}/14_energie.py")
def test_l_energie_suit_l_hypothese(execution: Execution) -> None:
    [secondes] = nombres(r" en (\d+\.\d+) s,", execution.sortie)
    [watts] = nombres(r"^Supposé : (\d+) W", execution.sortie)
    [wattheures] = nombres(r"^Une réponse : (\d+\.\d+) Wh", execution.sortie)
    assert watts == 30
    assert wattheures == pytest.approx(watts * secondes / 3600, rel=0.1, abs=0.0002)
    assert "faire bouillir : 93 Wh" in execution.sortie


@pytest.mark.essai(f"{MODULE}/14_energie.py")
def test_on_peut_changer_l_hypothese(executer: Executer) -> None:
    essai = executer(f"{MODULE}/14_energie.py", args=("250",))
    assert essai.code == 0, essai.erreurs
    assert "Supposé : 250 W" in essai.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_plus_grand_modele.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert nombres(r": (\d+\.\d) milliards", execution.sortie) == [5.6, 18.4, 44.0]
    assert "Bravo" in execution.sortie
