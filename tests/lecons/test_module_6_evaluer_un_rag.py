"""Module 6 : ce que les deux pages affirment, vérifié sur les programmes qu'elles montrent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons.sorties import figures_sobres, nombres

MODULE = "module_6_evaluer_un_rag"
Executer = Callable[..., Execution]
GARDEES = chemins.SNIPPETS / MODULE / "reponses.jsonl"
VARIANTES = chemins.SNIPPETS / MODULE / "variantes.jsonl"
AVEC_COURS_FR = {"COURS_MODELE": modeles.MODELE_DU_COURS}
REPONDABLES, SANS_REPONSE = 52, 14


def ecrire(fichier: Path, objets: list[dict[str, Any]]) -> Path:
    """Écrit un fichier JSON Lines et rend son chemin."""
    lignes = [json.dumps(objet, ensure_ascii=False) + "\n" for objet in objets]
    fichier.write_text("".join(lignes), "utf-8")
    return fichier


def gardees() -> list[dict[str, Any]]:
    """Les réponses livrées avec le module."""
    return lire_jsonl(GARDEES)


def part_identique(refaites: list[dict[str, Any]], livrees: list[dict[str, Any]]) -> float:
    """La part des réponses refaites qui sont mot pour mot celles du fichier livré."""
    paires = list(zip(refaites, livrees, strict=True))
    assert [a["id"] for a, _ in paires] == [b["id"] for _, b in paires]
    return sum(bool(a["reponse"] == b["reponse"]) for a, b in paires) / len(paires)


def corps(programme: str, fonction: str) -> str:
    """Le code d'une fonction d'un programme du module, en-tête compris."""
    code = (chemins.SNIPPETS / MODULE / programme).read_text("utf-8")
    return code.split(f"def {fonction}(")[1].split("\n\n\n")[0]


@pytest.mark.snippet(f"{MODULE}/01_textes.py")
def test_les_textes_livres_sont_ceux_des_documents(
    execution: Execution, executer: Executer, tmp_path: Path
) -> None:
    assert re.fullmatch(r"32 documents, \d+ mots dans textes.jsonl\n", execution.sortie)
    assert executer(f"{MODULE}/01_textes.py", dossier=tmp_path).code == 0
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
        assert nombre and 0 <= un <= cinq <= 1
        assert un - 0.01 <= mrr <= 1 and 0 <= ndcg <= 1
    assert 0.3 <= ensemble[2] <= 0.7, "le recall@5 du module 4, aux passages coupés près"
    assert lignes["un passage"][2] > lignes["paraphrase"][2] + 0.1


def test_les_fonctions_communes_sont_les_memes_partout() -> None:
    for fonction, programmes in {
        "lire": ["03_reponses.py", "07_repondre.py"],
        "contient": ["04_noter.py", "05_intervalles.py", "07_repondre.py"],
    }.items():
        assert len({corps(programme, fonction) for programme in programmes}) == 1, fonction


# --- Les réponses ---


@pytest.mark.snippet(f"{MODULE}/03_reponses.py")
def test_sans_fichier_le_programme_relit_les_reponses_du_cours(execution: Execution) -> None:
    total = 2 * REPONDABLES + SANS_REPONSE
    assert f"{total} réponses déjà là, 0 à demander" in execution.sortie
    assert f"{total} réponses dans reponses.jsonl" in execution.sortie
    assert len(re.findall(r"^  recherche(?: parfaite)? : \S", execution.sortie, re.MULTILINE)) == 6
    assert execution.compteur.requetes == 0


def test_la_reprise_ne_redemande_que_ce_qui_manque(
    executer: Executer, serveur_du_cours: Serveur, tmp_path: Path
) -> None:
    """La reprise marche, et les réponses livrées sont celles que le programme obtient encore."""
    toutes = gardees()
    otees = toutes[::17]
    fichier = ecrire(tmp_path / "mes_reponses.jsonl", [r for r in toutes if r not in otees])
    essai = executer(f"{MODULE}/03_reponses.py", args=(str(fichier),), env=AVEC_COURS_FR)
    assert essai.code == 0, essai.erreurs
    assert f"{len(toutes) - len(otees)} réponses déjà là, {len(otees)} à demander" in essai.sortie
    assert "Questions" in essai.erreurs, "la barre va sur la sortie d'erreur"
    reprises = lire_jsonl(fichier)[-len(otees) :]
    assert len(lire_jsonl(fichier)) == len(toutes)
    memes = [a["passages"] == b["passages"] for a, b in zip(reprises, otees, strict=True)]
    assert sum(memes) >= len(otees) - 1, "refaites reponses.jsonl : la recherche a changé"
    assert part_identique(reprises, otees) >= 0.7, "refaites reponses.jsonl : le modèle a changé"


def test_les_reponses_livrees_couvrent_le_jeu_de_questions() -> None:
    questions = {cas["id"]: cas for cas in lire_jsonl(chemins.DONNEES / "questions.jsonl")}
    recherche = [r for r in gardees() if r["situation"] == "recherche"]
    parfaite = [r for r in gardees() if r["situation"] == "recherche parfaite"]
    assert [r["id"] for r in recherche] == list(questions)
    assert [r["id"] for r in parfaite] == [n for n, cas in questions.items() if cas["passages"]]
    assert {r["modele"] for r in gardees()} == {"cours-fr"}
    for r in parfaite:
        for passage in questions[r["id"]]["passages"]:
            textes = [p["texte"] for p in r["passages"] if p["document"] == passage["document"]]
            extrait = " ".join(passage["extrait"].casefold().split())
            assert any(extrait in " ".join(t.casefold().split()) for t in textes), r["id"]


# --- Les notes ---


def ensembles(sortie: str) -> list[list[float]]:
    """Fait, exact, F1, citation et refus à tort de chaque ligne « ensemble »."""
    trouvees = re.findall(r"^ensemble +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", sortie, re.MULTILINE)
    return [[float(valeur) for valeur in ligne] for ligne in trouvees]


@pytest.mark.snippet(f"{MODULE}/04_noter.py")
def test_une_recherche_parfaite_ne_suffit_pas(execution: Execution) -> None:
    recherche, parfaite = ensembles(execution.sortie)
    assert abs(parfaite[0] - recherche[0]) <= 15, "donner le bon passage ne change presque rien"
    assert max(parfaite[0], recherche[0]) < 30, "car le modèle ne lit pas un prompt si long"
    for fait, exact, f1, _, _ in (recherche, parfaite):
        assert exact <= min(fait, f1) + 1, "une copie exacte contient le fait, et son F1 vaut 1"


@pytest.mark.snippet(f"{MODULE}/04_noter.py")
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


@pytest.mark.snippet(f"{MODULE}/04_noter.py")
def test_noter_un_autre_fichier(execution: Execution, executer: Executer, tmp_path: Path) -> None:
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
    essai = executer(f"{MODULE}/04_noter.py", args=(str(fichier),))
    assert essai.code == 0, essai.erreurs
    [ensemble] = ensembles(essai.sortie)
    assert [ensemble[i] for i in (0, 1, 3, 4)] == [67, 33, 50, 33]
    assert nombres(r"^refus justifié +(\d+) %", essai.sortie) == [50]
    assert execution.sortie != essai.sortie


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
    assert 0 <= p <= 1
    assert gagnees + perdues <= 12 and p > 0.05, "cet écart ne prouve rien"


@pytest.mark.snippet(f"{MODULE}/05_intervalles.py")
def test_l_intervalle_retrecit_comme_la_racine_du_nombre(execution: Execution) -> None:
    lignes = re.findall(r"^ +(\d+) +(\d+) +(\d+)$", execution.sortie, re.MULTILINE)
    largeurs = {int(n): (int(moitie), int(neuf)) for n, moitie, neuf in lignes}
    assert list(largeurs) == [14, 30, 52, 100, 200, 400, 1000]
    assert largeurs[100][0] / largeurs[400][0] == pytest.approx(2, abs=0.3)
    assert 15 <= largeurs[100][0] <= 25, "cent questions ne donnent pas dix points"
    assert all(moitie > neuf for moitie, neuf in largeurs.values())
    assert figures_sobres(execution, "largeurs")


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
    for _, cinq, ms, etat in lignes:
        assert 0 <= cinq <= 100 and ms >= 0
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


def lignes_de_reponses(sortie: str) -> dict[str, list[float]]:
    """Changement -> bon, fait, citation, refus, à tort, lit, écrit, tokens."""
    motif = r"^(\S.*?)  +(\d+) +(?:[+-]\d+ \[.*?\])?((?: +\d+){7})  (?:gardé|écarté)$"
    trouvees = re.findall(motif, sortie, re.MULTILINE)
    return {nom: [float(bon), *map(float, suite.split())] for nom, bon, suite in trouvees}


@pytest.mark.snippet(f"{MODULE}/07_repondre.py")
def test_qualite_et_cout_de_chaque_changement(execution: Execution) -> None:
    lignes = lignes_de_reponses(execution.sortie)
    noms = ["départ", "recherche", "k = 1", "extrait", "stricte", "une phrase", "et un seuil"]
    assert list(lignes) == noms
    for bon, fait, citation, refus, tort, lit, ecrit, tokens in lignes.values():
        assert all(0 <= part <= 100 for part in (bon, fait, citation, refus, tort))
        assert min(lit, ecrit) >= 0 and tokens < 1900, "le prompt tient dans la fenêtre"
    assert lignes["k = 1"][-1] < lignes["recherche"][-1], "moins de passages, moins de tokens"
    assert lignes["k = 1"][5] < lignes["recherche"][5], "et moins de temps pour les lire"
    assert lignes["extrait"][0] >= lignes["recherche"][0] + 10, "un petit modèle lit peu à la fois"
    assert lignes["une phrase"][-1] == 0, "aucun modèle n'écrit"
    assert lignes["et un seuil"][0] > lignes["extrait"][0], "le témoin sans modèle fait mieux"
    assert figures_sobres(execution, "reponses")


@pytest.mark.snippet(f"{MODULE}/07_repondre.py")
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


def test_les_variantes_livrees_sont_celles_du_modele(
    executer: Executer, serveur_du_cours: Serveur, tmp_path: Path
) -> None:
    """Quelques réponses sont redemandées : le fichier livré est encore ce que l'on obtient."""
    toutes = lire_jsonl(VARIANTES)
    assert len(toutes) == 4 * (REPONDABLES + SANS_REPONSE)
    assert {ligne["modele"] for ligne in toutes} == {modeles.MODELE_DU_COURS}
    otees = toutes[::33]
    fichier = ecrire(tmp_path / "mes_variantes.jsonl", [r for r in toutes if r not in otees])
    essai = executer(f"{MODULE}/07_repondre.py", args=(str(fichier),), env=AVEC_COURS_FR)
    assert essai.code == 0, essai.erreurs
    assert f"{len(otees)} à demander" in essai.sortie
    assert part_identique(lire_jsonl(fichier)[-len(otees) :], otees) >= 0.7, (
        "refaites variantes.jsonl"
    )


# --- L'échelle ---


@pytest.mark.snippet(f"{MODULE}/08_echelle.py", embedding=True, bref=("10000",))
def test_exacte_grandit_et_hnsw_garde_son_recall(execution: Execution, complet: bool) -> None:
    motif = r"^ +(\d+) +([\d.]+) +([\d.]+) +([\d.]+) s +([\d.]+) +([\d.]+) +(\d+) %$"
    trouvees = re.findall(motif, execution.sortie, re.MULTILINE)
    lignes = {int(n): [float(valeur) for valeur in suite] for n, *suite in trouvees}
    assert list(lignes) == [100, 1000, 10_000, 100_000][: 4 if complet else 3]
    plus_grand = max(lignes)
    assert lignes[plus_grand][1] == pytest.approx(plus_grand / 100 * lignes[100][1], rel=0.6)
    if complet:
        assert lignes[100_000][0] > 5 * lignes[1000][0], "la recherche exacte compare tout"
        croissance = lignes[100_000][3] / max(lignes[1000][3], 0.01)
        assert croissance < lignes[100_000][0] / lignes[1000][0], "HNSW grandit moins vite"
    assert lignes[100][5] >= 95
    assert all(ligne[5] >= 40 for ligne in lignes.values())
    assert figures_sobres(execution, "echelle")


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


@pytest.mark.parametrize(
    ("exercice", "avant"),
    [
        ("exercice_1_mrr.py", []),
        ("exercice_2_citation.py", ["imports"]),
        ("exercice_3_rrf.py", []),
    ],
)
def test_le_point_de_depart_echoue_et_la_solution_passe(
    verifier_l_exercice: Callable[..., None], exercice: str, avant: list[str]
) -> None:
    verifier_l_exercice(f"{MODULE}/{exercice}", avant)
