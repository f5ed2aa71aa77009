"""Module 1 : ce que la première page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons.modeles import MODELE_PAR_DEFAUT
from scripts.socle import chemins
from tests.lecons.module_1 import candidats, decimaux
from tests.lecons.sorties import entiers

MODULE = "module_1_comprendre_un_llm"
Executer = Callable[..., Execution]


# --- Les tokens ---


@pytest.mark.snippet(f"{MODULE}/01_decouper.py")
def test_notre_decoupage_est_celui_du_modele(execution: Execution) -> None:
    [vocabulaire] = entiers(r"^Vocabulaire : (\d+) tokens", execution.sortie)
    assert vocabulaire > 10_000
    comptes = re.findall(r"(\d+) tokens, Ollama en lit (\d+)", execution.sortie)
    anglais, francais, long = [(int(notre), int(lu)) for notre, lu in comptes]
    for notre, lu in (anglais, francais, long):
        assert lu - notre in (0, 1), "au plus un token de début en plus"
    assert francais[0] > anglais[0], "le français coûte plus de tokens"
    assert long[0] >= 4, "un mot rare est coupé"
    assert "None" not in execution.sortie, "chaque morceau est dans le vocabulaire"


@pytest.mark.snippet(f"{MODULE}/02_compter.py")
def test_le_francais_coute_plus_que_l_anglais(execution: Execution) -> None:
    [rapport] = decimaux(r"français contre anglais : (\d,\d+)$", execution.sortie)
    assert rapport > 1.2
    mots_anglais, mots_francais = entiers(r" : (\d+) mots dans une fenêtre", execution.sortie)
    assert mots_francais < mots_anglais
    euros_anglais, euros_francais = decimaux(r"(\d,\d+) euro pour", execution.sortie)
    assert euros_anglais < euros_francais
    anglais, francais, nombres = decimaux(r"^\w+ +\d+ +\d+ +\d+ +(\d+,\d+)$", execution.sortie)
    assert nombres > francais > anglais > 1


# --- Le token suivant ---


@pytest.mark.snippet(f"{MODULE}/03_mot_suivant.py")
def test_les_probabilites_decroissent_et_font_un(execution: Execution) -> None:
    parties = re.split(r"^(?:sûr|partagé|ouvert) : ", execution.sortie, flags=re.MULTILINE)[1:]
    for partie in parties:
        probas = [proba for _, proba in candidats(partie)]
        assert len(probas) == 8 and probas == sorted(probas, reverse=True)
        [reste] = decimaux(r"tous les autres +(\d+,\d) %", partie)
        assert sum(probas) + reste == pytest.approx(100, abs=0.6)
    sur, _, ouvert = (candidats(partie)[0] for partie in parties)
    if execution.modele == MODELE_PAR_DEFAUT:  # le petit modèle a peu lu de français
        assert sur[0] == " Paris"
        assert sur[1] > ouvert[1] + 20, "plus sûr d'un fait que d'une histoire"


@pytest.mark.snippet(f"{MODULE}/03_mot_suivant.py")
def test_les_probabilites_livrees_sont_celles_du_modele(execution: Execution) -> None:
    fichier = chemins.SNIPPETS / MODULE / "distributions.json"
    livre = json.loads(fichier.read_text(encoding="utf-8"))
    for nom, garde in livre["debuts"].items():
        probas = [proba for _, proba in garde["suivants"]]
        assert len(probas) == 20 and probas == sorted(probas, reverse=True)
        assert sum(probas) < 1
        assert f"{nom} : {garde['debut']} …" in execution.sortie
    if execution.modele == livre["modele"]:
        gardes = [t for garde in livre["debuts"].values() for t in garde["suivants"][:8]]
        for (token, part), (garde, proba) in zip(candidats(execution.sortie), gardes, strict=True):
            assert token == garde
            assert part == pytest.approx(100 * proba, abs=1)


@pytest.mark.essai(f"{MODULE}/03_mot_suivant.py")
def test_un_vieux_terminal_windows_ne_l_arrete_pas(executer: Executer) -> None:
    env = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    essai = executer(f"{MODULE}/03_mot_suivant.py", env=env)
    assert essai.code == 0, essai.erreurs


@pytest.mark.snippet(f"{MODULE}/04_pas_a_pas.py")
def test_le_texte_s_allonge_d_un_token_par_pas(execution: Execution) -> None:
    lignes = [ligne for ligne in execution.sortie.splitlines() if ligne.startswith("  pas ")]
    assert len(lignes) == 6
    debut = execution.sortie.splitlines()[0]
    choisis = "".join(candidats(ligne)[0][0] for ligne in lignes)
    assert debut + choisis in execution.sortie
    assert all(len(candidats(ligne)) == 4 for ligne in lignes)


# --- L'attention et le cache ---


@pytest.mark.snippet(f"{MODULE}/05_attention.py")
def test_un_mot_ne_regarde_que_les_precedents(execution: Execution) -> None:
    lignes = re.findall(r"^ *\w+ ((?: *(?:\d+ %|\.))+)$", execution.sortie, re.MULTILINE)
    parts = [entiers(r"(\d+) %", ligne) for ligne in lignes]
    assert [len(ligne) for ligne in parts] == [1, 2, 3, 4, 5, 6, 7]
    assert all(sum(ligne) == pytest.approx(100, abs=3) for ligne in parts)
    assert entiers(r"inchangés? sur (\d)", execution.sortie) == [7, 7]
    assert entiers(r": (\d) résultats? inchangé", execution.sortie) == [7, 0]


@pytest.mark.snippet(f"{MODULE}/06_prefixe_reutilise.py")
def test_ce_qui_varie_a_la_fin_se_relit_du_cache(execution: Execution) -> None:
    fin, debut = execution.sortie.split("L'heure et la consigne au début")
    lus, repris = (entiers(rf"(\d+) {mot}", fin) for mot in ("tokens,", "repris"))
    reprises_du_debut = entiers(r"(\d+) repris", debut)
    assert all(r > 0.7 * lu for lu, r in zip(lus[1:], repris[1:], strict=True))
    assert all(r < 0.3 * lu for lu, r in zip(lus[1:], reprises_du_debut[1:], strict=True))
    rapides, lentes = (decimaux(r"lecture (\d+,\d) s", partie)[1:] for partie in (fin, debut))
    assert max(rapides) < min(lentes), "le cache se voit dans la durée"
    assert "49 euros" in fin and "310 grammes" in fin


@pytest.mark.snippet(f"{MODULE}/07_hors_de_la_fenetre.py")
def test_ce_qui_sort_de_la_fenetre_est_perdu(execution: Execution) -> None:
    entiere, coupee = entiers(r" : (\d+) tokens lus", execution.sortie)
    assert entiere > 256 > coupee
    garde, perdu = decimaux(r"début de 'banane' : (\d+,\d) %", execution.sortie)
    assert garde > 5 and garde > 5 * perdu


# --- L'exercice ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_fusionner.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : ['la', ' lampe']" in execution.sortie
