"""Lire un verrou : chaque paquet une fois, sous son nom canonique, avec sa condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.lecons import verrous
from scripts.lecons.verrous import Epingle
from scripts.socle import chemins

A, B = "a" * 64, "b" * 64
VERROU = f"""# un commentaire==1.0
annotated-doc==0.0.7 \\
    --hash=sha256:{A}
    # via
    #   -c verrous/dev.txt
appnope==1.0.0 ; sys_platform == 'darwin' \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
coverage[toml]==7.10.1 \\
    --hash=sha256:{B}
Jupyter_Core==5.8.1;python_version<'3.12'
fin==2.0
"""


def test_chaque_forme_de_ligne_se_lit(tmp_path: Path) -> None:
    verrou = tmp_path / "essai.txt"
    verrou.write_text(VERROU, encoding="utf-8")
    assert verrous.lire(verrou) == [
        Epingle("annotated-doc", "0.0.7", "", "annotated-doc==0.0.7 ", (A,)),
        Epingle(
            "appnope",
            "1.0.0",
            "sys_platform == 'darwin'",
            "appnope==1.0.0 ; sys_platform == 'darwin' ",
            (A, B),
        ),
        Epingle("coverage", "7.10.1", "", "coverage[toml]==7.10.1 ", (B,)),
        Epingle(
            "jupyter-core",
            "5.8.1",
            "python_version<'3.12'",
            "Jupyter_Core==5.8.1;python_version<'3.12'",
            (),
        ),
        Epingle("fin", "2.0", "", "fin==2.0", ()),
    ]


@pytest.mark.parametrize("verrou", sorted(chemins.VERROUS.glob("*.txt")), ids=lambda v: v.stem)
def test_aucune_ligne_d_un_verrou_n_echappe_a_la_lecture(verrou: Path) -> None:
    lignes = verrou.read_text(encoding="utf-8").splitlines()
    attendues = [li.removesuffix("\\") for li in lignes if li and not li.startswith((" ", "#"))]
    assert [epingle.texte for epingle in verrous.lire(verrou)] == attendues


@pytest.mark.parametrize(
    ("nom", "canonique"),
    [("Jupyter_Core", "jupyter-core"), ("ruamel.yaml", "ruamel-yaml"), ("a__b-.c", "a-b-c")],
)
def test_nom_canonique(nom: str, canonique: str) -> None:
    assert verrous.nom_canonique(nom) == canonique
