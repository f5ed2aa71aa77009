"""Le rapport de dérive et la comparaison des deux sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.socle.chemins import RACINE
from scripts.socle.erreurs import ErreurCours
from scripts.veille import derive, zensical

JOURNAL = (
    "\x1b[31mFAILED\x1b[0m tests/test_a.py::test_b - AssertionError: 1\nERROR tests/test_c.py\n"
)
ARTICLE = '<article><h2 id="un">Un<a class="headerlink">¶</a></h2><p>mot mot</p>{}</article>'


def test_rapport() -> None:
    rapport = derive.rapport("a==1\nb==2\n", "a==1\nb==3\nc==1\n", JOURNAL, 1, "### Zensical")
    assert "- `tests/test_a.py::test_b` : AssertionError: 1" in rapport
    assert "- `tests/test_c.py`" in rapport
    assert "| b | 2 | 3 |" in rapport and "| c | — | 1 |" in rapport
    assert "| a |" not in rapport
    assert rapport.endswith("### Zensical")


def test_rien_ne_derive() -> None:
    rapport = derive.rapport("a==1\n", "a==1\n", "12 passed", 0, "")
    assert "Tout passe" in rapport and "Aucune n'a changé" in rapport


def test_echec_sans_test_nomme() -> None:
    assert "lisez la fin du journal" in derive.rapport("", "", "make: *** Error 2", 2, "")


def test_rapport_borne() -> None:
    enorme = "".join(f"p{n}==1\n" for n in range(20_000))
    assert len(derive.rapport("", enorme, "", 0, "")) <= derive.TAILLE_MAXIMALE


def test_fichier_absent(tmp_path: Path) -> None:
    with pytest.raises(ErreurCours, match=r"avant\.txt"):
        derive.depuis_les_fichiers(tmp_path, 0)


def test_fichiers_presents(tmp_path: Path) -> None:
    for nom in ("avant.txt", "apres.txt", "tests.txt", "zensical.md"):
        (tmp_path / nom).write_text("", encoding="utf-8")
    assert "Tout passe" in derive.depuis_les_fichiers(tmp_path, 0)


def sites(racine: Path, autre: str) -> tuple[Path, Path]:
    """Deux sites d'une page : celui de MkDocs, et l'autre, où `autre` est ajouté ou remplacé."""
    for cote, page in (("mkdocs", ARTICLE.format("")), ("zensical", autre)):
        (racine / cote / "jour-1").mkdir(parents=True)
        (racine / cote / "jour-1" / "1.html").write_text(page, encoding="utf-8")
    return racine / "mkdocs", racine / "zensical"


def test_sites_identiques(tmp_path: Path) -> None:
    assert zensical.comparer(*sites(tmp_path, ARTICLE.format(""))) == {}
    assert "Rien ne diffère" in zensical.rapport("1.0", {})


@pytest.mark.parametrize(
    ("autre", "attendu"),
    [
        (ARTICLE.format("<table></table>"), "tableaux : 0 avec MkDocs, 1 avec Zensical"),
        (ARTICLE.replace('"un"', '"deux"').format(""), "ancres perdues : un"),
        (ARTICLE.replace("mot mot", "mot").format(""), "mots perdus : 1 (mot)"),
        (ARTICLE.format("<p>neuf</p>"), "mots ajoutés : 1 (neuf)"),
    ],
)
def test_page_qui_differe(tmp_path: Path, autre: str, attendu: str) -> None:
    assert zensical.comparer(*sites(tmp_path, autre)) == {"jour-1/1.html": [attendu]}


def test_fichiers_d_un_seul_cote(tmp_path: Path) -> None:
    mkdocs, autre = sites(tmp_path, ARTICLE.format(""))
    for nom in ("404.html", "carnet.ipynb", "carnet.html", "assets.css"):
        (mkdocs / nom).write_text("", encoding="utf-8")
    (mkdocs / "assets").mkdir()
    (mkdocs / "assets" / "theme.js").write_text("", encoding="utf-8")
    differences = zensical.comparer(mkdocs, autre)
    assert [*differences] == ["404.html", "assets.css"]


def test_configuration_donnee_a_zensical() -> None:
    """Ce qu'on retire de mkdocs.yml y est encore : sinon, la liste des retouches ment."""
    configuration = (RACINE / "mkdocs.yml").read_text(encoding="utf-8")
    donnee = zensical.A_RETIRER.sub("", configuration)
    assert "tags_sort_by" in configuration and "tags_sort_by" not in donnee
    assert ".ipynb" not in donnee.partition("validation:")[0]
    assert "hooks:" not in donnee
