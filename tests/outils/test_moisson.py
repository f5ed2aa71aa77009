"""La moisson : ne prendre ailleurs que d'autres modèles, et que ce qui vaut encore ici."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scripts.controles.verification import verifier
from scripts.enregistrement import moisson
from scripts.lecons import registre
from scripts.publication import page_verification
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

SORTIE = f"{MODULE}/sorties/01_bonjour.llama3.2.txt"


@pytest.fixture
def ailleurs(depot: Depot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Le dossier snippets/ d'une copie où le programme a été enregistré avec llama3.2."""
    dossier = tmp_path_factory.mktemp("moisson") / "snippets"
    shutil.copytree(depot.racine / "snippets", dossier)
    contenu = json.loads((dossier / "registre.json").read_text(encoding="utf-8"))
    entree = json.loads(json.dumps(contenu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]))
    (dossier / entree["sortie"]["fichier"].removeprefix("snippets/")).rename(dossier / SORTIE)
    entree["sortie"]["fichier"] = f"snippets/{SORTIE}"
    entree["figures"] = {"docs/assets/figures/essai-clair.svg": "0" * 64}
    contenu["snippets"][SNIPPET]["llama3.2"] = entree
    registre.ecrire(contenu, dossier / "registre.json")
    return dossier


def test_recolter(depot: Depot, ailleurs: Path) -> None:
    assert moisson.recolter([ailleurs]) == {"llama3.2": 1}
    entree = registre.lire()["snippets"][SNIPPET]["llama3.2"]
    assert "figures" not in entree
    assert (depot.racine / "snippets" / SORTIE).is_file()
    assert verifier() == []
    assert "`llama3.2`" in page_verification.croisement(registre.lire()["snippets"])


def test_les_modeles_du_cours_ne_sont_pas_remplaces(depot: Depot, ailleurs: Path) -> None:
    avant = registre.lire()["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]
    contenu = registre.lire(ailleurs / "registre.json")
    contenu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]["duree_s"] = 99.0
    registre.ecrire(contenu, ailleurs / "registre.json")
    moisson.recolter([ailleurs])
    assert registre.lire()["snippets"][SNIPPET]["qwen2.5-coder:1.5b"] == avant


def test_un_programme_change_depuis_est_laisse(depot: Depot, ailleurs: Path) -> None:
    depot.remplacer(f"snippets/{SNIPPET}", "Bonjour", "Bonsoir")
    assert moisson.recolter([ailleurs]) == {}


@pytest.mark.parametrize("chemin", ["snippets/../../ailleurs.txt", "docs/index.md"])
def test_un_chemin_inattendu_est_laisse(depot: Depot, ailleurs: Path, chemin: str) -> None:
    contenu = registre.lire(ailleurs / "registre.json")
    contenu["snippets"][SNIPPET]["llama3.2"]["sortie"]["fichier"] = chemin
    registre.ecrire(contenu, ailleurs / "registre.json")
    assert moisson.recolter([ailleurs]) == {}


def test_dossier_qui_n_est_pas_une_moisson(depot: Depot, ailleurs: Path, tmp_path: Path) -> None:
    avant = registre.lire()
    with pytest.raises(ErreurCours, match=r"registre\.json y manque"):
        moisson.recolter([ailleurs, tmp_path / "rien"])
    assert registre.lire() == avant
