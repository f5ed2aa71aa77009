"""Le Python écrit dans le README et dans les pages est formaté, exécuté, et ses `#>` vérifiés."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_examples import CodeExample, EvalExample, find_examples

from scripts.socle import chemins

SOURCES = [chemins.RACINE / "README.md", chemins.RACINE / "CONTRIBUTING.md", chemins.DOCS]


def executables() -> list[CodeExample]:
    """Les exemples qui ne sont pas des inclusions de fichiers : ceux-là ont leurs propres tests."""
    presentes = [source for source in SOURCES if source.exists()]
    return [exemple for exemple in find_examples(*presentes) if "--8<--" not in exemple.source]


@pytest.mark.parametrize("exemple", executables(), ids=str)
def test_exemple(exemple: CodeExample, eval_example: EvalExample) -> None:
    # Les types de pytest-examples ignorent py311, que ruff comprend.
    reglages: dict[str, Any] = {"target_version": "py311", "quotes": "double", "line_length": 88}
    eval_example.set_config(**reglages)
    erreur = None
    try:
        if eval_example.update_examples:
            eval_example.format_ruff(exemple)
            eval_example.run_print_update(exemple)
        else:
            eval_example.lint_ruff(exemple)
            eval_example.run_print_check(exemple)
    except (Exception, pytest.fail.Exception) as cause:
        erreur = f"{exemple} : {type(cause).__name__} : {cause}"
    # Hors du `except` : pytest-examples 0.0.18 fait planter pytest sous Python 3.11 si une
    # exception d'exemple remonte, même chaînée.
    if erreur:
        pytest.fail(erreur, pytrace=False)


def test_il_y_a_des_exemples() -> None:
    assert executables(), "plus aucun exemple à vérifier : ce test ne sert plus, supprimez-le"
