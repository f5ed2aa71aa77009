"""Les workflows GitHub : lisibles, épinglés, sans droit inutile, fidèles aux commandes."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from scripts.__main__ import application
from scripts.socle.chemins import RACINE

WORKFLOWS = sorted((RACINE / ".github" / "workflows").glob("*.yml"))
# Les seules tâches qui écrivent quelque chose, et ce qu'elles écrivent.
ECRITURES = {
    ("publication", "publier"): {"pages", "id-token"},
    ("derive", "signaler"): {"issues"},
    ("modeles", "recolter"): {"contents", "pull-requests"},
}
COMMENCENT_PAR_VERIFIER = ("site", "test", "test-complet")
EPINGLE = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

par_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.stem)


def lire(workflow: Path) -> dict[Any, Any]:
    """Le contenu d'un workflow ; sa clé `on` est lue `True`, comme le veut YAML 1.1."""
    contenu: dict[Any, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    return contenu


def etapes(workflow: Path) -> list[dict[str, Any]]:
    """Les étapes de toutes les tâches."""
    return [etape for tache in lire(workflow)["jobs"].values() for etape in tache.get("steps", [])]


def commandes(workflow: Path) -> str:
    """Tous les scripts d'un workflow, bout à bout."""
    return "\n".join(etape["run"] for etape in etapes(workflow) if "run" in etape)


def test_les_cinq_workflows() -> None:
    noms = {"tests", "publication", "complet", "derive", "modeles"}
    assert {w.stem for w in WORKFLOWS} == noms


@par_workflow
def test_forme(workflow: Path) -> None:
    contenu = lire(workflow)
    assert contenu["name"] and contenu[True] and contenu["concurrency"]
    for nom, tache in contenu["jobs"].items():
        assert "uses" in tache or (tache["steps"] and tache["timeout-minutes"]), nom
        assert all(("run" in etape) != ("uses" in etape) for etape in tache.get("steps", [])), nom


def test_commandes_make_existantes() -> None:
    cibles = set(re.findall(r"^([a-z-]+):", (RACINE / "Makefile").read_text("utf-8"), re.M))
    lancees = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(map(commandes, WORKFLOWS))))
    assert {"lint", "test", "test-complet", "site", "zensical"} <= lancees <= cibles


def test_une_etape_nommee_d_apres_une_commande_la_lance() -> None:
    nommees = {
        etape["name"]: etape["run"]
        for workflow in WORKFLOWS
        for etape in etapes(workflow)
        if etape.get("name", "").startswith("make ")
    }
    assert len(nommees) >= 2
    for nom, script in nommees.items():
        assert re.search(rf"{nom}(?![\w-])", script), nom


@pytest.mark.parametrize("nom", ["tests", "complet", "publication"])
def test_les_controles_passent_d_abord_et_une_fois_par_tache(nom: str) -> None:
    """`make site` et `make test` les lancent eux-mêmes : les demander juste avant les répète."""
    taches = lire(RACINE / f".github/workflows/{nom}.yml")["jobs"].values()
    scripts = ["\n".join(etape.get("run", "") for etape in t.get("steps", [])) for t in taches]
    suites = [lancees for s in scripts if (lancees := re.findall(r"\bmake ([a-z-]+)", s))]
    assert len(suites) == 1
    [lancees] = suites
    assert lancees[0] == "verifier" or lancees[0] in COMMENCENT_PAR_VERIFIER
    repetees = [b for a, b in pairwise(lancees) if a == "verifier" and b in COMMENCENT_PAR_VERIFIER]
    assert repetees == []


def test_commandes_python_existantes() -> None:
    connues = set(typer.main.get_group(application).commands)
    lancees = set(re.findall(r"-m scripts ([a-z-]+)", "\n".join(map(commandes, WORKFLOWS))))
    assert {"modeles", "moisson", "derive"} <= lancees <= connues


def test_fichiers_nommes() -> None:
    texte = "\n".join(workflow.read_text(encoding="utf-8") for workflow in WORKFLOWS)
    nommes = set(re.findall(r"\b(?:scripts|verrous)/[\w/-]+\.(?:py|toml|txt)", texte))
    assert len(nommes) > 5
    assert [nom for nom in nommes if not (RACINE / nom).is_file()] == []


@par_workflow
def test_droits_minimaux(workflow: Path) -> None:
    contenu = lire(workflow)
    assert contenu["permissions"] in ({}, {"contents": "read"})
    for nom, tache in contenu["jobs"].items():
        droits = tache.get("permissions", contenu["permissions"])
        ecrits = {droit for droit, acces in droits.items() if acces == "write"}
        assert ecrits == ECRITURES.get((workflow.stem, nom), set()), nom


@par_workflow
def test_actions_epinglees(workflow: Path) -> None:
    actions = re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8"))
    assert actions
    for action in actions:
        assert action.startswith("./.github/") or EPINGLE.fullmatch(action), action


@par_workflow
def test_aucune_identite_gardee(workflow: Path) -> None:
    copies = [e for e in etapes(workflow) if e.get("uses", "").startswith("actions/checkout@")]
    assert copies
    assert all(copie["with"] == {"persist-credentials": False} for copie in copies)


@par_workflow
def test_aucune_valeur_dans_un_script(workflow: Path) -> None:
    """Une expression passe par `env` : écrite dans le script, elle pourrait y être exécutée."""
    assert "${{" not in commandes(workflow)


def test_la_machine_d_un_mainteneur_n_est_lancee_qu_a_la_main() -> None:
    personnelles = [w for w in WORKFLOWS if "self-hosted" in w.read_text(encoding="utf-8")]
    assert [[*lire(w)[True]] for w in personnelles] == [["workflow_dispatch"]]


@pytest.mark.parametrize("nom", ["derive", "complet"])
def test_passage_hebdomadaire(nom: str) -> None:
    (passage,) = lire(RACINE / f".github/workflows/{nom}.yml")[True]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", passage["cron"])
