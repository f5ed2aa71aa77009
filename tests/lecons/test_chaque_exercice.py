"""Chaque exercice : le point de départ échoue à sa vérification, la solution la passe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import catalogue, sections
from scripts.socle import chemins

PROPRES_A_L_EXERCICE = {"depart", "solution", "verification"}


def exercices() -> list[str]:
    """Les exercices du cours, relatifs à snippets/."""
    trouves = chemins.SNIPPETS.glob("module_*/exercice_*.py")
    return sorted(fichier.relative_to(chemins.SNIPPETS).as_posix() for fichier in trouves)


@pytest.mark.parametrize(
    "exercice", [pytest.param(nom, marks=pytest.mark.essai(nom)) for nom in exercices()]
)
def test_le_point_de_depart_echoue_et_la_solution_passe(
    executer_sections: Callable[..., Execution], exercice: str
) -> None:
    texte = (chemins.SNIPPETS / exercice).read_text(encoding="utf-8")
    toutes = sections.sections(texte)
    assert toutes >= PROPRES_A_L_EXERCICE
    avant = sorted(toutes - PROPRES_A_L_EXERCICE)
    depart = executer_sections(exercice, [*avant, "depart", "verification"])
    assert depart.code != 0 and "AssertionError" in depart.erreurs
    solution = executer_sections(exercice, [*avant, "solution", "verification"])
    assert solution.code == 0, solution.erreurs


@pytest.mark.parametrize("module", catalogue.noms_des_modules())
def test_chaque_module_a_des_exercices(module: str) -> None:
    assert [nom for nom in exercices() if nom.startswith(f"{module}/")]
