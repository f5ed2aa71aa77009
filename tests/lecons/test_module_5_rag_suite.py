"""Module 5 : ce que la suite affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.socle import chemins
from tests.lecons.sorties import entiers

MODULE = "module_5_rag"
Executer = Callable[..., Execution]


# --- La fenêtre ---


@pytest.mark.snippet(f"{MODULE}/09_contexte_tronque.py")
def test_la_coupure_est_silencieuse_puis_evitee(execution: Execution) -> None:
    entier, coupe, garde = entiers(r": (\d+) tokens lus$", execution.sortie)
    assert entier > 1024, "toute la foire aux questions dépasse la petite fenêtre"
    assert coupe <= 1024
    assert coupe < 0.9 * entier
    assert garde <= 1024 - 48, "il reste la place de la réponse"
    entiere, coupee, gardee = re.findall(r"^  réponse : (.*)$", execution.sortie, re.MULTILINE)
    assert "7 ans" in entiere and "7 ans" in gardee
    assert "7 ans" not in coupee, "le passage qui répond n'a pas été lu"


@pytest.mark.snippet(f"{MODULE}/09_contexte_tronque.py")
def test_l_estimation_est_proche_du_compte(execution: Execution) -> None:
    tous, _, retenus = entiers(r"^(\d+) passages, num_ctx", execution.sortie)
    assert 2 <= retenus < tous
    [estime] = entiers(r"^Estimation pour \d+ passages : (\d+)$", execution.sortie)
    lus = entiers(r": (\d+) tokens lus$", execution.sortie)[-1]
    assert abs(estime - lus) < 0.2 * lus


# --- La conversation ---


SUITE = pytest.mark.snippet(f"{MODULE}/10_question_de_suite.py", embedding=True)


@SUITE
def test_coller_la_question_precedente_aide_la_recherche(execution: Execution) -> None:
    brute, collee, reformulee = entiers(r"premières, question \S+ : (\d)/6$", execution.sortie)
    assert collee > brute
    assert reformulee > brute
    assert len(re.findall(r"^  rang : brute \d+, collée \d+, ref", execution.sortie, re.M)) == 6


@SUITE
def test_le_modele_reprend_le_nom_et_pose_une_question(execution: Execution) -> None:
    [repris] = entiers(r"reformulée : (\d)/6$", execution.sortie.split("Bonne section")[0])
    reformulees = re.findall(r"^  reformulée : (.+)$", execution.sortie, re.MULTILINE)
    assert repris >= 4
    assert sum(texte.endswith("?") for texte in reformulees) >= 4


# --- SQL ---

SQL = f"{MODULE}/11_sql.py"


def ventes() -> list[dict[str, str]]:
    """Les 84 lignes du tableau des ventes."""
    texte = (chemins.DONNEES / "documents" / "ventes_2025.csv").read_text("utf-8")
    return list(csv.DictReader(texte.splitlines(), delimiter=";"))


@pytest.mark.snippet(SQL)
def test_les_totaux_sont_ceux_du_tableau(execution: Execution) -> None:
    bonnes = re.findall(r"la bonne requête : \[\((.+)\)\]$", execution.sortie, re.MULTILINE)
    galapiat = [int(v["quantite"]) for v in ventes() if v["produit"] == "Galapiat"]
    assert bonnes[0] == f"{sum(galapiat)}, {len(galapiat)}" and len(galapiat) == 12
    chiffres: dict[str, float] = {}
    for vente in ventes():
        montant = float(vente["chiffre_affaires"].replace(",", "."))
        chiffres[vente["produit"]] = chiffres.get(vente["produit"], 0) + montant
    assert max(chiffres, key=chiffres.__getitem__) in bonnes[1]
    lumisettes = {v["mois"]: int(v["quantite"]) for v in ventes() if v["produit"] == "Lumisette"}
    assert str(max(lumisettes.values())) in bonnes[2]


@pytest.mark.snippet(SQL)
def test_le_modele_choisit_une_requete_connue(execution: Execution) -> None:
    choix = re.findall(r"\[(oui|non)\] choix du modèle : \{", execution.sortie)
    assert len(choix) == 3 and choix.count("oui") >= 2
    avant = execution.sortie.split("Requêtes dangereuses")[0]
    assert "refusée" not in avant, "une requête à choisir dans la liste est toujours permise"


@pytest.mark.snippet(SQL)
def test_toute_requete_dangereuse_est_refusee(execution: Execution) -> None:
    dangers = execution.sortie.split("Requêtes dangereuses :\n")[1].split("\n\n")[0]
    assert dangers.count("refusée par le contrôle") == 3
    assert dangers.count("refusée par SQLite") == 3
    assert "la connexion refuse d'écrire : attempt to write a readonly" in execution.sortie
    assert "Lignes de ventes : 84" in execution.sortie


@pytest.mark.essai(SQL)
def test_la_base_se_recree(executer: Executer, tmp_path: Path) -> None:
    for _ in range(2):
        essai = executer(SQL, dossier=tmp_path, env={"COURS_MODELE": modeles.MODELE_PAR_DEFAUT})
        assert essai.code == 0, essai.erreurs
        assert "Lignes de ventes : 84" in essai.sortie


# --- L'injection ---


@pytest.mark.snippet(f"{MODULE}/12_injection.py", embedding=True)
def test_la_consigne_entre_et_le_filtre_l_ecarte(execution: Execution) -> None:
    assert "Passages, sans filtre : consigne cachée présente" in execution.sortie
    assert "Passages, source filtrée : consigne cachée absente" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/12_injection.py", embedding=True)
def test_la_regle_refuse_le_prix_et_l_adresse_de_l_attaquant(execution: Execution) -> None:
    jugements = re.findall(
        r"réponse : (.*)\n  attaque réussie : (oui|non)\n  contrôle : (.*)$", execution.sortie, re.M
    )
    assert len(jugements) == 6
    for reponse, reussie, verdict in jugements:
        assert (reussie == "oui") == bool(re.search(r"\b1 euro\b|lumalune", reponse.lower()))
        assert reussie == "non" or verdict != "aucune objection"
    assert [reussie for _, reussie, _ in jugements[2:]] == ["non", "oui", "non", "non"]
    obeissant = jugements[3][2]
    assert "prix inconnu, 1" in obeissant and "lumalune.example" in obeissant


@pytest.mark.snippet(f"{MODULE}/12_injection.py", embedding=True)
def test_ce_que_les_parades_laissent_passer(execution: Execution) -> None:
    reste = execution.sortie.split("Ce qui passe encore :")[1]
    assert "renvoyé par une salariée : admis au filtre" in reste
    assert reste.count("contrôle : aucune objection") == 2


# --- Les données personnelles ---


@pytest.mark.snippet(f"{MODULE}/13_donnees_personnelles.py", embedding=True)
def test_les_coordonnees_sont_masquees(execution: Execution) -> None:
    assert "Coordonnées restantes après masquage : 0" in execution.sortie
    adresses = entiers(r"\.eml : (\d+) adresse", execution.sortie)
    assert len(adresses) == 6 and min(adresses) >= 1
    telephones = entiers(r"\.eml : .*, (\d+) téléphone", execution.sortie)
    assert sum(telephones) >= 3
    assert "points_de_vente.csv : 0 adresse(s), 0 téléphone(s)" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/13_donnees_personnelles.py", embedding=True)
def test_il_ne_reste_rien_de_la_personne(execution: Execution) -> None:
    assert "Documents à revoir : 2026-05-06_reclamation_galapiat.eml\n" in execution.sortie
    avant, apres, neuve = entiers(r" : (\d+) morceaux la concernent", execution.sortie)
    assert avant >= 2 and apres == neuve == 0
    disque_avant, _, disque_neuf = entiers(r"(\d+) mentions sur le disque$", execution.sortie)
    assert disque_avant >= 2 and disque_neuf == 0


# --- LangChain et LlamaIndex ---


def sources(sortie: str) -> list[str]:
    """Les passages affichés sous les réponses, dans l'ordre."""
    return re.findall(r"^  \[(doc-\d+)\] \S+\.md, ", sortie, re.MULTILINE)


@pytest.mark.snippet(f"{MODULE}/14_langchain.py", embedding=True)
def test_langchain_trouve_et_repond(execution: Execution) -> None:
    assert len(sources(execution.sortie)) == 6
    assert "33 jours" in execution.sortie and "7 ans" in execution.sortie
    assert "faq_produits.md, Quelle est la durée de la garantie ?" in execution.sortie
    assert "notes_rh.md, Congés payés" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/15_llamaindex.py", embedding=True)
def test_llamaindex_trouve_les_memes_passages(execution: Execution) -> None:
    langchain = chemins.SNIPPETS / MODULE / "sorties" / "14_langchain.txt"
    autres = sources(langchain.read_text("utf-8"))
    assert len(autres) == 6
    for question in range(3):
        deux = slice(2 * question, 2 * question + 2)
        assert set(sources(execution.sortie)[deux]) == set(autres[deux])


# --- Le carnet ---


@pytest.mark.snippet(f"{MODULE}/carnet_rag.py", embedding=True)
def test_le_carnet_va_de_bout_en_bout(execution: Execution) -> None:
    trouves, faits, valables = entiers(r"^(?:passage|fait|citation) .+ (\d+)/12$", execution.sortie)
    assert trouves >= 8
    assert trouves >= faits >= 6, "sans le passage, pas de fait"
    assert valables >= 6


# --- L'exercice ---


@pytest.mark.snippet(f"{MODULE}/exercice_3_masquer.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert "Bravo : 5 numéros masqués, 5 textes intacts." in execution.sortie
