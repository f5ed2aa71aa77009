"""Module 8 : le carnet, exécuté en entier, puis réduit à deux pas ; ce qu'il recopie du module."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons.module_8 import AVIS_CLIENTS, DONNEES, MODULE

CARNET = f"{MODULE}/carnet_json.py"
Executer = Callable[..., Execution]
carnet = pytest.mark.snippet(CARNET, atelier=True, modele="smollm2:135m")


def source_du_carnet() -> str:
    """Le texte du carnet."""
    return (chemins.SNIPPETS / CARNET).read_text("utf-8")


# --- Le carnet, exécuté en entier ---


def comptes_du_carnet(sortie: str) -> dict[str, list[int]]:
    """Le tableau du carnet : moment -> JSON valides, produits justes, sentiments justes."""
    lignes = re.findall(r"^(a\S+, .*?) {2,}(\d+)/20 +(\d+)/20 +(\d+)/20$", sortie, re.MULTILINE)
    return {nom: [int(compte) for compte in comptes] for nom, *comptes in lignes}


@carnet
def test_le_carnet_apprend_la_forme_et_le_produit(execution: Execution) -> None:
    comptes = comptes_du_carnet(execution.sortie)
    assert list(comptes) == ["avant, prompt nu", "avant, consigne et exemple", "après, prompt nu"]
    nu, prompt, apres = comptes.values()
    assert nu[0] <= 2, "sans consigne ni entraînement, pas de JSON"
    assert apres[0] >= 16 and apres[0] >= prompt[0]
    assert apres[1] >= 10 and apres[1] > prompt[1]


@carnet
def test_la_perte_du_carnet_descend(execution: Execution) -> None:
    pertes = re.findall(r"^pas +\d+ : perte (\d+\.\d+)$", execution.sortie, re.MULTILINE)
    assert len(pertes) >= 10
    assert float(pertes[-1]) < float(pertes[0]) / 3


@carnet
def test_le_carnet_finit_dans_ollama(execution: Execution) -> None:
    fin = execution.sortie.split("json-carnet est dans Ollama.\n")[1]
    question, reponse = fin.splitlines()[:2]
    assert question.startswith("Avis : ")
    assert set(json.loads(reponse)) == {"produit", "sentiment"}


# --- Le carnet, réduit à deux pas, ailleurs ---


@pytest.mark.essai(CARNET, atelier=True)
def test_le_carnet_prend_la_banque_du_module_et_se_passe_d_ollama(
    executer: Executer, tmp_path: Path
) -> None:
    petit = re.sub(r"^EXEMPLES = \d+$", "EXEMPLES = 8", source_du_carnet(), flags=re.MULTILINE)
    petit = petit.replace("max_new_tokens=30", "max_new_tokens=1")
    petit = petit.replace("TEST.strip().splitlines()", "TEST.strip().splitlines()[:4]")
    assert petit.count("EXEMPLES = 8\n") == petit.count("max_new_tokens=1,") == 1
    assert petit.count("splitlines()[:4]") == 1
    (tmp_path / "petit.py").write_text(petit, "utf-8")
    (tmp_path / "donnees").mkdir()
    shutil.copy(DONNEES / "avis.toml", tmp_path / "donnees")
    options = {"source": tmp_path / "petit.py", "dossier": tmp_path, "atelier": True}
    essai = executer(CARNET, env={"PATH": "/usr/bin:/bin"}, **options)
    assert essai.code == 0, essai.erreurs
    banque = re.search(r"^(\d+) avis dans la banque, 8 exemples", essai.sortie, re.MULTILINE)
    assert banque and int(banque[1]) > 300
    assert "Ollama n'est pas installé ici" in essai.sortie
    assert "ollama create json-carnet" in essai.sortie


# --- Ce qu'il recopie ---


def test_le_carnet_a_les_vingt_avis_du_module_7() -> None:
    texte = source_du_carnet()
    avis = lire_jsonl(AVIS_CLIENTS)
    assert len(avis) == 20
    for cas in avis:
        assert f"\n{cas['texte']}\n{cas['produit']} | {cas['etiquette']}\n" in texte


def test_aucun_produit_du_test_n_est_dans_la_banque_du_carnet() -> None:
    banque = source_du_carnet().split('BANQUE = """')[1].split('"""')[0]
    for avis in lire_jsonl(AVIS_CLIENTS):
        assert avis["produit"] not in banque


def test_la_banque_du_carnet_est_equilibree() -> None:
    banque = tomllib.loads(source_du_carnet().split('BANQUE = """')[1].split('"""')[0])
    etiquettes = [avis["etiquette"] for avis in banque["avis"]]
    assert len({avis["texte"] for avis in banque["avis"]}) == 40
    assert etiquettes.count("positif") == etiquettes.count("négatif") == 20
    assert all(avis["texte"].count("{p}") == 1 for avis in banque["avis"])


def test_les_versions_du_carnet_sont_celles_du_verrou() -> None:
    verrou = (chemins.RACINE / "verrous/entrainement.txt").read_text("utf-8")
    figees = set(re.findall(r"^([\w-]+==[\w.]+)", verrou, re.MULTILINE))
    citees = set(re.findall(r"\b([a-z][\w-]*==[\w.]*\w)", source_du_carnet()))
    assert len(citees) >= 9
    assert citees <= figees


def test_la_cellule_d_installation_ne_s_execute_pas() -> None:
    import jupytext

    cellules = jupytext.read(chemins.SNIPPETS / CARNET).cells
    [installation] = [c for c in cellules if c.cell_type == "code" and "pip install" in c.source]
    assert all(ligne.startswith("#") for ligne in installation.source.splitlines())
