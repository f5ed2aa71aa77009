"""Module 3 : ce que la première page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from tests.lecons.sorties import affine, entiers, non_affine

MODULE = "module_3_chatbot"
Executer = Callable[..., Execution]


# --- La conversation ---


@pytest.mark.snippet(f"{MODULE}/01_sans_etat.py", modele="cours-fr")
def test_sans_l_historique_le_prenom_est_inconnu(execution: Execution) -> None:
    lus = entiers(r"(\d+) tokens lus$", execution.sortie)
    assert len(lus) == 3 and lus[2] > max(lus[:2])
    _, seule, suivie = re.findall(r"Modèle : (.*)$", execution.sortie, re.MULTILINE)
    assert "Oriane" not in seule
    assert non_affine(execution) or "Oriane" in suivie


@pytest.mark.snippet(f"{MODULE}/02_historique.py", modele="cours-fr")
def test_chaque_tour_relit_tous_les_precedents(execution: Execution) -> None:
    lus = entiers(r"tour \d : (\d+) tokens lus", execution.sortie)
    assert len(lus) == 4
    assert lus == sorted(set(lus))
    assert entiers(r"^(\d+) messages gardés", execution.sortie) == [8]


@pytest.mark.snippet(f"{MODULE}/03_fil_de_l_eau.py", modele="cours-fr")
def test_une_reponse_interrompue_n_entre_pas_dans_l_historique(execution: Execution) -> None:
    etats = re.findall(r"^  (entière|interrompue).* ; (\d) messages", execution.sortie, re.M)
    assert etats == [("entière", "2"), ("interrompue", "2"), ("entière", "4")]
    durees = re.findall(r"à (\d+\.\d\d) s, fin à (\d+\.\d\d) s", execution.sortie)
    assert len(durees) == 2
    assert all(float(mot) < float(fin) for mot, fin in durees), "le premier mot n'attend pas la fin"


@pytest.mark.snippet(f"{MODULE}/04_fenetre_pleine.py", modele="cours-fr")
def test_la_fenetre_deborde_sans_erreur(execution: Execution) -> None:
    grande, petite = (
        entiers(r"messages, +(\d+) tokens lus", bloc)
        for bloc in execution.sortie.split("num_ctx = ")[1:]
    )
    assert grande == sorted(set(grande)) and len(grande) == len(petite) == 3
    assert petite[0] == grande[0], "une conversation courte tient dans les deux"
    assert petite[-1] <= 256 < grande[-1], "une longue perd son début, en silence"


@pytest.mark.snippet(f"{MODULE}/05_elaguer.py", modele="cours-fr")
def test_elaguer_laisse_sa_place_a_la_reponse(execution: Execution) -> None:
    [(gardes, total)] = re.findall(r"^(\d+) messages gardés sur (\d+)$", execution.sortie, re.M)
    assert total == "18" and 4 <= int(gardes) < 18 and int(gardes) % 2 == 0
    [(estimes, lus)] = re.findall(r"(\d+) tokens estimés, (\d+) lus", execution.sortie)
    assert int(lus) <= 256 - 30
    assert abs(int(estimes) - int(lus)) <= 0.15 * int(lus)
    assert "le premier après la consigne : Ma commande" not in execution.sortie


@pytest.mark.snippet(f"{MODULE}/06_resumer.py", modele="cours-fr")
def test_ce_que_garde_chaque_memoire(execution: Execution) -> None:
    lignes = re.findall(r"^(\S.+?) +: (\d)/6 faits, +(\d+) tokens", execution.sortie, re.M)
    faits = {nom: int(nombre) for nom, nombre, _ in lignes}
    tokens = {nom: int(nombre) for nom, _, nombre in lignes}
    assert faits["tout envoyer"] == faits["tenir une fiche"] == 6
    assert faits["élaguer"] == 0
    assert faits["résumer par le modèle"] < faits["tenir une fiche"]
    assert tokens["élaguer"] < tokens["tenir une fiche"] < tokens["tout envoyer"]


@pytest.mark.snippet(f"{MODULE}/07_systeme.py")
def test_une_consigne_se_compte_et_se_paie(execution: Execution) -> None:
    lignes = re.findall(r"^(\S.+?) +: (\d)/6 suivies, (\d+) tokens", execution.sortie, re.M)
    suivies = [int(nombre) for _, nombre, _ in lignes]
    lus = [int(nombre) for *_, nombre in lignes]
    assert len(lignes) == 5
    assert suivies[0] <= 1
    mieux_apres = suivies[3] >= suivies[1] + 2
    assert affine(execution) or mieux_apres, "la règle est mieux suivie après la question"
    assert lus[0] < min(lus[1:4]) and max(lus[1:4]) < lus[4]


# --- Sauver, tomber en panne ---


SAUVER = f"{MODULE}/08_sauver_reprendre.py"


@pytest.mark.snippet(SAUVER)
def test_une_sauvegarde_et_trois_fichiers_refuses(execution: Execution) -> None:
    assert "0 messages retrouvés" in execution.sortie
    assert "2 messages sauvés" in execution.sortie
    assert execution.sortie.count(": refusé (") == 3


@pytest.mark.essai(SAUVER)
def test_la_conversation_revient_au_lancement_suivant(executer: Executer, tmp_path: Path) -> None:
    for avant in (0, 2, 4):
        essai = executer(SAUVER, dossier=tmp_path)
        assert essai.code == 0, essai.erreurs
        assert f"{avant} messages retrouvés" in essai.sortie
        assert f"{avant + 2} messages sauvés" in essai.sortie
    assert [fichier.name for fichier in tmp_path.iterdir()] == ["conversation.json"]
    assert len(json.loads((tmp_path / "conversation.json").read_text("utf-8"))) == 6


@pytest.mark.snippet(f"{MODULE}/09_pannes.py")
def test_une_panne_ne_laisse_rien_dans_l_historique(execution: Execution) -> None:
    vues = re.findall(r"^(.+?) +: (\d) essai\(s\), (.+) ; (\d)", execution.sortie, re.MULTILINE)
    attendues = {
        "coupé": ("1", "connexion perdue, RemoteProtocolError", "0"),
        "muet": ("1", "plus rien reçu avant la fin du délai", "0"),
        "fini trop tôt": ("1", "flux fini avant son dernier message", "0"),
        "saturé": ("2", "réponse entière", "2"),
        "éteint": ("2", "connexion perdue, ConnectError", "2"),
        "le vrai": ("1", "réponse entière", "4"),
    }
    assert {nom: tuple(reste) for nom, *reste in vues} == attendues


@pytest.mark.snippet(f"{MODULE}/exercice_1_elaguer.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : la consigne reste" in execution.sortie
