"""Module 6 : ce que la suite affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

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
from tests.lecons.sorties import figures_sobres, nombres

Executer = Callable[..., Execution]
VARIANTES = chemins.SNIPPETS / MODULE / "variantes.jsonl"


# --- Améliorer la recherche ---

ETAPES = [
    "départ",
    "embedding multilingue",
    "morceaux de 50 mots",
    "morceaux de 150 mots",
    "phrases entières",
    "phrases, 150 mots",
    "recouvrement de 50 mots",
    "document et titre en tête",
    "BM25, mots bruts",
    "BM25, analyse française",
    "hybride (RRF)",
    "reranking par la phrase",
    "trois idées écartées",
]


def lignes_de_recherche(sortie: str) -> list[tuple[str, int, float, str]]:
    """Changement, recall@5, millisecondes et état de chaque ligne de la table."""
    motif = r"^(\S.*?)  +(\d+) +(?:[+-]\d+ \[.*?\])? +(\d\.\d\d) +(\d+)  (gardé|écarté)$"
    trouvees = re.findall(motif, sortie, re.MULTILINE)
    return [(nom, int(cinq), float(ms), etat) for nom, cinq, _, ms, etat in trouvees]


@pytest.mark.snippet(f"{MODULE}/06_ameliorer.py", embedding=True)
def test_chaque_changement_reste_dans_la_table(execution: Execution) -> None:
    lignes = lignes_de_recherche(execution.sortie)
    assert [nom for nom, *_ in lignes] == ETAPES
    meilleur = -1
    for _, cinq, _, etat in lignes:
        assert cinq >= meilleur if etat == "gardé" else cinq <= meilleur
        meilleur = max(meilleur, cinq) if etat == "gardé" else meilleur
    assert figures_sobres(execution, "recherche")


@pytest.mark.snippet(f"{MODULE}/06_ameliorer.py", embedding=True)
def test_ce_qui_ameliore_la_recherche(execution: Execution) -> None:
    cinq = {nom: valeur for nom, valeur, *_ in lignes_de_recherche(execution.sortie)}
    assert cinq["embedding multilingue"] >= cinq["départ"] + 10
    assert cinq["BM25, analyse française"] >= cinq["BM25, mots bruts"]
    assert max(cinq.values()) == cinq["trois idées écartées"] >= 78


@pytest.mark.snippet(f"{MODULE}/06_ameliorer.py", embedding=True)
def test_la_cible_et_le_recall_selon_k(execution: Execution) -> None:
    [atteint] = nombres(r"recall@5 >= 90 % : (\d+) %", execution.sortie)
    verdict = "atteint" if atteint >= 90 else "manqué"
    assert f"{atteint:.0f} %, {verdict}" in execution.sortie
    rappels = nombres(r"@\d+ (\d+)", execution.sortie.split("Recall selon k")[1])
    assert len(rappels) == 5 and rappels == sorted(rappels) and rappels[2] == atteint


@pytest.mark.snippet(f"{MODULE}/06_ameliorer.py", embedding=True)
def test_les_passages_livres_sont_ceux_de_la_meilleure_recherche(execution: Execution) -> None:
    [pareilles] = nombres(r"^passages.jsonl : (\d+) listes sur 66", execution.sortie)
    assert pareilles >= 64, "refaites passages.jsonl, puis variantes.jsonl"


# --- Améliorer les réponses ---

REPONDRE = f"{MODULE}/07_repondre.py"


def lignes_de_reponses(sortie: str) -> dict[str, list[float]]:
    """Changement -> bon, fait, citation, refus, à tort, lit, écrit, tokens."""
    motif = r"^(\S.*?)  +(\d+) +(?:[+-]\d+ \[.*?\])?((?: +\d+){7})  (?:gardé|écarté|témoin)$"
    trouvees = re.findall(motif, sortie, re.MULTILINE)
    return {nom: [float(bon), *map(float, suite.split())] for nom, bon, suite in trouvees}


@pytest.mark.snippet(REPONDRE)
def test_qualite_et_cout_de_chaque_changement(execution: Execution) -> None:
    lignes = lignes_de_reponses(execution.sortie)
    variantes = ["départ", "recherche", "extraits", "stricte", "exemples"]
    assert list(lignes) == [*variantes, "une phrase", "et un seuil"]
    for bon, fait, _, refus, *_, tokens in lignes.values():
        attendu = (fait * REPONDABLES + refus * SANS_REPONSE) / (REPONDABLES + SANS_REPONSE)
        assert bon == pytest.approx(attendu, abs=1), "un fait, ou un refus quand il en faut un"
        assert tokens < 1900, "le prompt tient dans la fenêtre"
    assert lignes["extraits"][-1] < lignes["recherche"][-1] / 2, "des extraits, moins de tokens"
    assert lignes["extraits"][5] < lignes["recherche"][5] / 2, "et moins de temps pour les lire"
    assert lignes["recherche"][0] >= lignes["départ"][0] + 8, "la recherche compte"
    assert lignes["exemples"][2] >= lignes["stricte"][2] + 40, (
        "deux exemples obtiennent la citation"
    )
    assert lignes["une phrase"][-1] == 0, "aucun modèle n'écrit"
    assert lignes["exemples"][0] >= lignes["une phrase"][0] + 8, "le modèle gagne sa place"
    assert figures_sobres(execution, "reponses")


@pytest.mark.snippet(REPONDRE)
def test_les_cibles_et_les_issues(execution: Execution) -> None:
    verdicts = re.findall(
        r"visé (?:>=|<=) \d+ % : (atteint|manqué)$", execution.sortie, re.MULTILINE
    )
    assert len(verdicts) == 3
    issues = execution.sortie.split("genre par genre :")[1]
    total = nombres(r"(?<=[ ,])(\d+) (?:réussie|refus|erreur|invention)", issues)
    assert sum(total) == REPONDABLES + SANS_REPONSE
    sans = re.search(r"sans réponse +(.+)$", issues, re.MULTILINE)
    assert sans and re.fullmatch(r"(\d+ (refus justifié|invention)(, )?)+", sans[1])


@pytest.mark.essai(REPONDRE)
def test_les_variantes_livrees_sont_celles_du_modele(executer: Executer, tmp_path: Path) -> None:
    """Quelques réponses sont redemandées : le fichier livré est encore ce que l'on obtient."""
    toutes = lire_jsonl(VARIANTES)
    assert len(toutes) == 4 * (REPONDABLES + SANS_REPONSE)
    assert {ligne["modele"] for ligne in toutes} == {modeles.MODELE_PAR_DEFAUT}
    otees = toutes[33::66]
    fichier = ecrire(tmp_path / "mes_variantes.jsonl", [r for r in toutes if r not in otees])
    essai = executer(REPONDRE, args=(str(fichier),))
    assert essai.code == 0, essai.erreurs
    assert f"{len(otees)} à demander" in essai.sortie
    assert part_identique(lire_jsonl(fichier)[-len(otees) :], otees) >= 0.7, (
        "refaites variantes.jsonl"
    )


# --- L'échelle ---


grandeurs = pytest.mark.snippet(f"{MODULE}/08_echelle.py", embedding=True, bref=("10000",))


def lignes_d_echelle(sortie: str) -> dict[int, list[float]]:
    """Nombre de vecteurs -> ms et Mio de l'exacte ; s, ms, Mio et recall (%) de HNSW."""
    motif = r"^ +(\d+) +([\d.]+) +([\d.]+) +([\d.]+) s +([\d.]+) +([\d.]+) +(\d+) %$"
    trouvees = re.findall(motif, sortie, re.MULTILINE)
    return {int(n): [float(valeur) for valeur in suite] for n, *suite in trouvees}


@grandeurs
def test_la_memoire_grandit_et_hnsw_garde_son_recall(execution: Execution) -> None:
    lignes = lignes_d_echelle(execution.sortie)
    assert list(lignes)[:3] == [100, 1000, 10_000]
    plus_grand = max(lignes)
    assert lignes[plus_grand][1] == pytest.approx(plus_grand / 100 * lignes[100][1], rel=0.6)
    assert lignes[100][5] >= 95
    assert all(ligne[5] >= 40 for ligne in lignes.values())
    assert figures_sobres(execution, "echelle")


@grandeurs
@pytest.mark.entier
def test_exacte_grandit_plus_vite_que_hnsw(execution: Execution) -> None:
    lignes = lignes_d_echelle(execution.sortie)
    assert list(lignes) == [100, 1000, 10_000, 100_000]
    assert lignes[100_000][0] > 5 * lignes[1000][0], "la recherche exacte compare tout"
    croissance = lignes[100_000][3] / max(lignes[1000][3], 0.01)
    assert croissance < lignes[100_000][0] / lignes[1000][0], "HNSW grandit moins vite"


# --- Le carnet ---


@pytest.mark.snippet(f"{MODULE}/carnet_evaluation.py")
def test_le_carnet_range_chaque_reponse(execution: Execution) -> None:
    lignes = re.findall(r"^recherche(?: parfaite)? : (.+)$", execution.sortie, re.MULTILINE)
    totaux = [sum(map(int, re.findall(r"\d+", ligne))) for ligne in lignes]
    assert totaux == [REPONDABLES + SANS_REPONSE, REPONDABLES]
    assert "sans le passage" not in lignes[1], "dans une recherche parfaite, le passage est là"


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_mrr.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : 1, 1/2, 0" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_citation.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert len(re.findall(r"^valide ", execution.sortie, re.MULTILINE)) == 2
    assert len(re.findall(r"^refusée ", execution.sortie, re.MULTILINE)) == 4


@pytest.mark.snippet(f"{MODULE}/exercice_3_rrf.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert "Bravo : retour, garantie" in execution.sortie
