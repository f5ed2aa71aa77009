"""Module 6 : ce que la première page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons.module_6 import (
    MODULE,
    REPONDABLES,
    SANS_REPONSE,
    ecrire,
    part_identique,
)
from tests.lecons.sorties import figures_sobres, mcnemar, nombres

Executer = Callable[..., Execution]
GARDEES = chemins.SNIPPETS / MODULE / "reponses.jsonl"


def gardees() -> list[dict[str, Any]]:
    """Les réponses livrées avec le module."""
    return lire_jsonl(GARDEES)


TEXTES = f"{MODULE}/01_textes.py"


@pytest.mark.snippet(TEXTES)
def test_tous_les_documents_sont_lus(execution: Execution) -> None:
    [(documents, mots)] = re.findall(
        r"^(\d+) documents, (\d+) mots dans textes.jsonl$", execution.sortie, re.MULTILINE
    )
    textes = [ligne["texte"] for ligne in lire_jsonl(chemins.DONNEES / "textes.jsonl")]
    assert int(documents) == len(textes) == 32
    assert int(mots) == sum(len(texte.split()) for texte in textes)


@pytest.mark.essai(TEXTES)
def test_les_textes_livres_sont_ceux_des_documents(executer: Executer, tmp_path: Path) -> None:
    assert executer(TEXTES, dossier=tmp_path).code == 0
    livres = (chemins.DONNEES / "textes.jsonl").read_text("utf-8")
    assert (tmp_path / "textes.jsonl").read_text("utf-8") == livres, "refaites textes.jsonl"


# --- La recherche ---

LIGNE_DE_MESURES = re.compile(
    r"^(\S.+?) +(\d+) +(\d\.\d\d) +(\d\.\d\d) +(\d\.\d\d) +(\d\.\d\d)$", re.MULTILINE
)


@pytest.mark.snippet(f"{MODULE}/02_recherche.py", embedding=True)
def test_ranx_et_nos_formules_sont_d_accord(execution: Execution) -> None:
    assert nombres(r"nos formules : (\d\.\d+)$", execution.sortie) == [0]


@pytest.mark.snippet(f"{MODULE}/02_recherche.py", embedding=True)
def test_les_mesures_de_recherche_se_tiennent(execution: Execution) -> None:
    lignes = {
        m[1]: [float(m[i]) for i in range(2, 7)]
        for m in LIGNE_DE_MESURES.finditer(execution.sortie)
    }
    assert {"un passage", "deux passages", "tableau", "paraphrase", "périmé"} < set(lignes)
    *genres, ensemble = lignes.values()
    assert sum(genre[0] for genre in genres) == ensemble[0] == REPONDABLES
    for nombre, un, cinq, mrr, ndcg in lignes.values():
        assert nombre and un <= cinq <= 1
        assert un - 0.01 <= mrr <= 1, "un passage en tête compte pour un"
        assert (ndcg > 0) == (mrr > 0), "rien de trouvé, rien à classer"
    assert 0.3 <= ensemble[2] <= 0.7, "le recall@5 du module 4, aux passages coupés près"
    assert lignes["un passage"][2] > lignes["paraphrase"][2] + 0.1


# --- Les réponses ---

DEMANDER = f"{MODULE}/03_reponses.py"


@pytest.mark.snippet(DEMANDER)
def test_sans_fichier_le_programme_relit_les_reponses_du_cours(execution: Execution) -> None:
    total = 2 * REPONDABLES + SANS_REPONSE
    assert f"{total} réponses déjà là, 0 à demander" in execution.sortie
    assert f"{total} réponses dans reponses.jsonl" in execution.sortie
    assert len(re.findall(r"^  recherche(?: parfaite)? : \S", execution.sortie, re.MULTILINE)) == 6
    assert execution.compteur.requetes == 0


@pytest.mark.essai(DEMANDER, embedding=True)
def test_la_reprise_ne_redemande_que_ce_qui_manque(executer: Executer, tmp_path: Path) -> None:
    """La reprise marche, et les réponses livrées sont celles que le programme obtient encore."""
    toutes = gardees()
    otees = toutes[::30]
    fichier = ecrire(tmp_path / "mes_reponses.jsonl", [r for r in toutes if r not in otees])
    essai = executer(DEMANDER, args=(str(fichier),))
    assert essai.code == 0, essai.erreurs
    assert f"{len(toutes) - len(otees)} réponses déjà là, {len(otees)} à demander" in essai.sortie
    assert "Questions" in essai.erreurs, "la barre va sur la sortie d'erreur"
    reprises = lire_jsonl(fichier)[-len(otees) :]
    assert len(lire_jsonl(fichier)) == len(toutes)
    memes = [a["passages"] == b["passages"] for a, b in zip(reprises, otees, strict=True)]
    assert all(memes), "refaites reponses.jsonl : la recherche a changé"
    assert part_identique(reprises, otees) >= 0.7, "refaites reponses.jsonl : le modèle a changé"


def test_les_reponses_livrees_couvrent_le_jeu_de_questions() -> None:
    questions = {cas["id"]: cas for cas in lire_jsonl(chemins.DONNEES / "questions.jsonl")}
    recherche = [r for r in gardees() if r["situation"] == "recherche"]
    parfaite = [r for r in gardees() if r["situation"] == "recherche parfaite"]
    assert [r["id"] for r in recherche] == list(questions)
    assert [r["id"] for r in parfaite] == [n for n, cas in questions.items() if cas["passages"]]
    assert {r["modele"] for r in gardees()} == {modeles.MODELE_PAR_DEFAUT}
    for r in parfaite:
        for passage in questions[r["id"]]["passages"]:
            textes = [p["texte"] for p in r["passages"] if p["document"] == passage["document"]]
            extrait = " ".join(passage["extrait"].casefold().split())
            assert any(extrait in " ".join(t.casefold().split()) for t in textes), r["id"]


# --- Les notes ---

NOTER = f"{MODULE}/04_noter.py"


def ensembles(sortie: str) -> list[list[float]]:
    """Fait, exact, F1, citation et refus à tort de chaque ligne « ensemble »."""
    trouvees = re.findall(r"^ensemble +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", sortie, re.MULTILINE)
    return [[float(valeur) for valeur in ligne] for ligne in trouvees]


@pytest.mark.snippet(NOTER)
def test_le_modele_lit_ce_qu_on_lui_donne_mais_ne_cite_pas(execution: Execution) -> None:
    recherche, parfaite = ensembles(execution.sortie)
    assert parfaite[0] >= recherche[0] + 15, "la recherche perd des faits que la lecture trouverait"
    assert 50 <= parfaite[0] < 95, "il lit la plupart des passages, pas tous"
    assert max(recherche[3], parfaite[3]) <= 20, "la consigne n'obtient presque aucune citation"
    for fait, exact, f1, _, _ in (recherche, parfaite):
        assert exact <= min(fait, f1) + 1, "une copie exacte contient le fait, et son F1 vaut 1"


@pytest.mark.snippet(NOTER)
def test_chaque_cible_a_son_verdict(execution: Execution) -> None:
    verdicts = re.findall(
        r"^(citation valide|refus justifié|refus à tort) +(\d+) % +(\d+) +(>=|<=) (\d+) %  (\w+)$",
        execution.sortie,
        re.MULTILINE,
    )
    assert [verdict[0] for verdict in verdicts] == [
        "citation valide",
        "refus justifié",
        "refus à tort",
    ]
    assert [int(verdict[2]) for verdict in verdicts][1:] == [SANS_REPONSE, REPONDABLES]
    for _, valeur, _, signe, seuil, dit in verdicts:
        ecart = int(valeur) - int(seuil)
        if abs(ecart) > 1:
            assert (dit == "atteint") == (ecart >= 0 if signe == ">=" else ecart <= 0)


@pytest.mark.essai(NOTER)
def test_noter_un_autre_fichier(executer: Executer, tmp_path: Path) -> None:
    """Des réponses écrites à la main reçoivent les notes attendues."""
    passages = [{"document": "notes_rh.md", "texte": "Orvelune accorde 33 jours de congés."}]
    lignes = [
        {"id": "q01", "reponse": "Orvelune accorde 33 jours de congés payés par an. [doc-1]"},
        {"id": "q02", "reponse": "La prime est de 410 euros. [doc-4]"},
        {"id": "q03", "reponse": "Je ne trouve pas la réponse dans le texte fourni."},
        {"id": "q53", "reponse": "Le passage ne répond pas à cette question."},
        {"id": "q54", "reponse": "Vous avez cinq jours. [doc-1]"},
    ]
    fichier = tmp_path / "essai.jsonl"
    fin = {"situation": "recherche", "passages": passages}
    fichier.write_text("\n".join(json.dumps(ligne | fin) for ligne in lignes), "utf-8")
    essai = executer(NOTER, args=(str(fichier),))
    assert essai.code == 0, essai.erreurs
    [ensemble] = ensembles(essai.sortie)
    assert [ensemble[i] for i in (0, 1, 3, 4)] == [67, 33, 50, 33]
    assert nombres(r"^refus justifié +(\d+) %", essai.sortie) == [50]


# --- Les intervalles ---


@pytest.mark.snippet(f"{MODULE}/05_intervalles.py")
def test_chaque_mesure_est_dans_son_intervalle(execution: Execution) -> None:
    lignes = re.findall(r"^\S.+? +(\d+) +\[(\d+) ; (\d+)\] +(\d+)$", execution.sortie, re.MULTILINE)
    assert len(lignes) == 5
    for mesure, bas, haut, nombre in [map(int, ligne) for ligne in lignes]:
        assert bas <= mesure <= haut
        assert nombre in (REPONDABLES, SANS_REPONSE)


@pytest.mark.snippet(f"{MODULE}/05_intervalles.py")
def test_la_comparaison_par_paires(execution: Execution) -> None:
    comptes = re.search(r"mieux (\d+), moins bien (\d+), pareil (\d+)", execution.sortie)
    assert comptes and sum(int(comptes[i]) for i in (1, 2, 3)) == REPONDABLES
    [p] = nombres(r"McNemar : p = (\d\.\d+)$", execution.sortie)
    gagnees, perdues = int(comptes[1]), int(comptes[2])
    assert p == pytest.approx(mcnemar(gagnees, perdues), abs=0.0001)
    assert gagnees > perdues and p < 0.05, "la recherche parfaite fait mieux"
    [bas] = nombres(r"^  écart \S+ points \[(-?\d+) ;", execution.sortie)
    assert bas > 0, "et l'intervalle le dit aussi"


@pytest.mark.snippet(f"{MODULE}/05_intervalles.py")
def test_l_intervalle_retrecit_comme_la_racine_du_nombre(execution: Execution) -> None:
    lignes = re.findall(r"^ +(\d+) +(\d+) +(\d+)$", execution.sortie, re.MULTILINE)
    largeurs = {int(n): (int(moitie), int(neuf)) for n, moitie, neuf in lignes}
    assert list(largeurs) == [14, 30, 52, 100, 200, 400, 1000]
    assert largeurs[100][0] / largeurs[400][0] == pytest.approx(2, abs=0.3)
    assert 15 <= largeurs[100][0] <= 25, "cent questions ne donnent pas dix points"
    assert all(moitie > neuf for moitie, neuf in largeurs.values())
    assert figures_sobres(execution, "largeurs")
