"""La page de vérification, et la moisson qui apporte des colonnes à sa table des modèles."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import cast

import pytest

from scripts.controles.verification import verifier
from scripts.enregistrement import moisson
from scripts.lecons import executions, registre
from scripts.lecons.registre import Enregistrement
from scripts.publication import page_verification
from scripts.socle.erreurs import ErreurCours
from scripts.socle.machine import decrire_machine
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

SORTIE = f"{MODULE}/sorties/01_bonjour.llama3.2.txt"


@pytest.fixture
def ailleurs(depot: Depot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Le dossier snippets/ d'une copie où le programme a été enregistré avec llama3.2."""
    dossier = tmp_path_factory.mktemp("moisson") / "snippets"
    shutil.copytree(depot.racine / "snippets", dossier)
    contenu = json.loads((dossier / "registre.json").read_text(encoding="utf-8"))
    entree = json.loads(json.dumps(contenu["snippets"][SNIPPET]["smollm2:135m"]))
    (dossier / entree["sortie"]["fichier"].removeprefix("snippets/")).rename(dossier / SORTIE)
    entree["sortie"]["fichier"] = f"snippets/{SORTIE}"
    entree["figures"] = {"docs/assets/figures/essai-clair.svg": "0" * 64}
    contenu["snippets"][SNIPPET]["llama3.2"] = entree
    registre.ecrire(contenu, dossier / "registre.json")
    return dossier


def entree(date: str) -> Enregistrement:
    """Un enregistrement réduit à sa date."""
    return cast(Enregistrement, {"date": date})


def test_modeles_en_colonnes_lecons_en_lignes() -> None:
    novembre = entree("2026-11-23")
    table = page_verification.croisement(
        {
            "module_99_x/01.py": {"llama3.2": entree("2026-12-01"), "smollm2:135m": novembre},
            "module_99_x/02.py": {"llama3.2": novembre},
            "module_99_x/03.py": {"aucun": novembre},
            "module_99_x/04.py": {"all-minilm": novembre},
            "module_99_y/01.py": {"aucun": novembre},
        }
    ).replace("\u00a0", " ")
    assert table.splitlines() == [
        "| Leçon | `smollm2:135m` | `all-minilm` | `llama3.2` |",
        "|:--|:-:|:-:|:-:|",
        "| module_99_x | 1 sur 2 (23/11/2026) | 1 sur 1 (23/11/2026) | 2 sur 2 (01/12/2026) |",
    ]


def test_titre_et_lien_de_la_lecon(depot: Depot) -> None:
    table = page_verification.croisement(registre.lire()["snippets"])
    assert "[Essai](../jour-2/4_essai.md)" in table


def test_registre_vide() -> None:
    assert "Aucun programme" in page_verification.croisement({})
    assert "Aucun programme" in page_verification.tableau({})


def test_la_page_dit_quand_et_sur_quoi_un_programme_a_ete_execute(depot: Depot) -> None:
    """Enregistré le 23 novembre, exécuté en abrégé le 30 : les deux dates, et le processeur."""
    connu = registre.lire()
    connu["snippets"][SNIPPET]["smollm2:135m"]["date"] = "2026-11-23"
    registre.ecrire(connu)
    assert "0 des 1" not in page_verification.tableau(connu["snippets"])
    executions.noter(SNIPPET, "smollm2:135m", 2.5, decrire_machine(), "2026-11-30T08:15", bref=True)
    table = page_verification.tableau(connu["snippets"])
    [ligne] = [li for li in table.splitlines() if li.startswith("| `01_bonjour.py`")]
    cases = [case.strip() for case in ligne.strip("|").split("|")]
    assert cases[1:5] == ["smollm2:135m", "23/11/2026", "30/11/2026 (abrégé)", "1,50"]
    assert cases[-1] == executions.decrire_le_processeur(decrire_machine())
    assert "1 des 1 enregistrements ont été exécutés" in table


def test_une_execution_plus_vieille_que_l_enregistrement_ne_compte_pas(depot: Depot) -> None:
    executions.noter(SNIPPET, "smollm2:135m", 2.5, decrire_machine(), "2020-01-01T08:15")
    connu = registre.lire()["snippets"]
    entree_ = connu[SNIPPET]["smollm2:135m"]
    passage = executions.derniere(SNIPPET, "smollm2:135m", entree_, executions.lire())
    assert passage["date"] == entree_["date"]


def test_recolter(depot: Depot, ailleurs: Path) -> None:
    assert moisson.recolter([ailleurs]) == {"llama3.2": 1}
    entree = registre.lire()["snippets"][SNIPPET]["llama3.2"]
    assert "figures" not in entree
    assert (depot.racine / "snippets" / SORTIE).is_file()
    assert verifier() == []
    assert "`llama3.2`" in page_verification.croisement(registre.lire()["snippets"])


def test_les_modeles_du_cours_ne_sont_pas_remplaces(depot: Depot, ailleurs: Path) -> None:
    avant = registre.lire()["snippets"][SNIPPET]["smollm2:135m"]
    contenu = registre.lire(ailleurs / "registre.json")
    contenu["snippets"][SNIPPET]["smollm2:135m"]["duree_s"] = 99.0
    registre.ecrire(contenu, ailleurs / "registre.json")
    moisson.recolter([ailleurs])
    assert registre.lire()["snippets"][SNIPPET]["smollm2:135m"] == avant


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
