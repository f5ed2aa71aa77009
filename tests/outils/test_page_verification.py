"""La page de vérification : quand, avec quel modèle et sur quoi chaque programme a tourné."""

from __future__ import annotations

from typing import cast

from scripts.lecons import journal, registre
from scripts.lecons.registre import Enregistrement
from scripts.publication import page_verification
from scripts.socle.machine import decrire_machine
from tests.outils.depot_essai import SNIPPET, Depot


def entree(date: str) -> Enregistrement:
    """Un enregistrement réduit à sa date."""
    return cast(Enregistrement, {"date": date})


def test_modeles_en_colonnes_lecons_en_lignes() -> None:
    novembre = entree("2026-11-23")
    table = page_verification.croisement(
        {
            "module_99_x/01.py": {"llama3.2": entree("2026-12-01"), "qwen2.5-coder:1.5b": novembre},
            "module_99_x/02.py": {"llama3.2": novembre},
            "module_99_x/03.py": {"aucun": novembre},
            "module_99_x/04.py": {"all-minilm": novembre},
            "module_99_y/01.py": {"aucun": novembre},
        }
    ).replace("\u00a0", " ")
    assert table.splitlines() == [
        "| Leçon | `qwen2.5-coder:1.5b` | `all-minilm` | `llama3.2` |",
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
    connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]["date"] = "2026-11-23"
    registre.ecrire(connu)
    assert "0 des 1" not in page_verification.tableau(connu["snippets"])
    journal.noter(
        SNIPPET, "qwen2.5-coder:1.5b", 2.5, decrire_machine(), "2026-11-30T08:15", bref=True
    )
    table = page_verification.tableau(connu["snippets"])
    [ligne] = [li for li in table.splitlines() if li.startswith("| `01_bonjour.py`")]
    cases = [case.strip() for case in ligne.strip("|").split("|")]
    assert cases[1:5] == ["qwen2.5-coder:1.5b", "23/11/2026", "30/11/2026 (abrégé)", "1,50"]
    assert cases[-1] == journal.decrire_le_processeur(decrire_machine())
    assert "1 des 1 enregistrements ont été exécutés" in table


def test_une_execution_plus_vieille_que_l_enregistrement_ne_compte_pas(depot: Depot) -> None:
    journal.noter(SNIPPET, "qwen2.5-coder:1.5b", 2.5, decrire_machine(), "2020-01-01T08:15")
    connu = registre.lire()["snippets"]
    entree_ = connu[SNIPPET]["qwen2.5-coder:1.5b"]
    passage = journal.derniere(SNIPPET, "qwen2.5-coder:1.5b", entree_, journal.lire())
    assert passage["date"] == entree_["date"]
