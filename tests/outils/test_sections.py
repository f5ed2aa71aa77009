"""Les sections d'un exercice : celles que l'on garde restent à leur ligne."""

from __future__ import annotations

import pytest

from scripts.lecons import sections


def test_sections_gardees_a_leur_ligne() -> None:
    texte = (
        "import os\n# --8<-- [start:depart]\na = 1\n# --8<-- [end:depart]\n"
        "# --8<-- [start:solution]\na = 2\n# --8<-- [end:solution]\nprint(a)\n"
    )
    lignes = sections.garder(texte, {"solution"}).splitlines()
    assert lignes[2] == ""
    assert lignes[5] == "a = 2"
    assert lignes[7] == "print(a)"
    with pytest.raises(ValueError, match="absente"):
        sections.garder(texte, {"absente"})
