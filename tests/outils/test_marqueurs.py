"""Lire les marqueurs des tests sans les exécuter ; dire de quoi un essai dépend."""

from __future__ import annotations

import pytest

from scripts.lecons import marqueurs
from scripts.socle import chemins
from tests.outils.depot_essai import SNIPPET, Depot

TEST = "tests/lecons/test_essai.py"


def arguments(depot: Depot, avant: str, ecrit: str) -> dict[str, object]:
    """Les arguments d'un marqueur écrit après ces lignes."""
    marqueur = f'@pytest.mark.snippet("{SNIPPET}", args={ecrit})\ndef test_essai(): ...\n'
    depot.ecrire(TEST, f"import pytest\n{avant}\n\n\n{marqueur}")
    return marqueurs.du_fichier(chemins.RACINE / TEST)[0].arguments


@pytest.mark.parametrize(
    ("avant", "ecrit", "attendu"),
    [
        ("", '("7",)', ["7"]),
        ('N = "7"', "(N,)", ["7"]),
        ('N: str = "7"', "(N,)", ["7"]),
        ('A = "7"', '(A + "8",)', ["78"]),
        ('A = ("7",)', 'A + ("8",)', ["7", "8"]),
        ("A = B\nB = A", "(A,)", ["A"]),
        ("A = (A,)", "A", ["A"]),
    ],
)
def test_la_valeur_d_un_argument(depot: Depot, avant: str, ecrit: str, attendu: object) -> None:
    assert arguments(depot, avant, ecrit)["args"] == attendu


def test_deux_voisins_qui_s_importent(depot: Depot) -> None:
    depot.ecrire("tests/lecons/un.py", 'from tests.lecons.deux import B\nA = "7"\n')
    depot.ecrire("tests/lecons/deux.py", 'from tests.lecons.un import A\nB = "8"\n')
    lus = arguments(
        depot, "from tests.lecons.un import A\nfrom tests.lecons.deux import B", "(A, B)"
    )
    assert lus["args"] == ["7", "8"]


@pytest.mark.parametrize(
    ("fichier", "change"),
    [
        ("tests/lecons/employe.py", True),
        ("tests/lecons/indirect.py", True),
        ("tests/lecons/conftest.py", True),
        ("tests/conftest.py", True),
        ("conftest.py", True),
        ("tests/lecons/etranger.py", False),
    ],
)
def test_un_essai_depend_des_modules_d_aide_qu_il_emploie(
    depot: Depot, fichier: str, change: bool
) -> None:
    depot.ecrire("tests/lecons/employe.py", "from tests.lecons.indirect import N\n")
    depot.ecrire("tests/lecons/indirect.py", "N = 1\n")
    depot.ecrire(TEST, "from tests.lecons.employe import N\n\n\ndef test_essai(): assert N\n")
    avant = marqueurs.empreinte_de_l_essai(f"{TEST}::test_essai")
    depot.ecrire(fichier, "from tests.lecons.indirect import N\nM = 2\n")
    assert (marqueurs.empreinte_de_l_essai(f"{TEST}::test_essai") != avant) == change
