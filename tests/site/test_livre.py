"""Le cours en un seul PDF : toutes les pages, dans l'ordre, dépliées, et des liens qui mènent."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from scripts.produits import livre, pdf
from scripts.socle.erreurs import ErreurCours
from tests.site.site_local import Site

SOLUTION = "return[*consignes,*gardes]"  # module 3, exercice 1, espaces retirées


@pytest.fixture(scope="module")
def html(cours: livre.Livre) -> BeautifulSoup:
    """Le livre, tel que Chromium le reçoit."""
    return BeautifulSoup(cours.html("1er janvier 2026", {}), "html.parser")


def test_chaque_page_du_site_est_un_chapitre(site: Site, cours: livre.Livre) -> None:
    chapitres = [chapitre.chemin for chapitre in cours.chapitres]
    assert sorted(chapitres) == sorted(site.pages)
    parties = list(dict.fromkeys(chemin.split("/")[0] for chemin in chapitres))
    assert parties == ["index.html", "jour-1", "jour-2", "jour-3", "annexes"]
    assert all(chapitre.titre for chapitre in cours.chapitres)
    assert cours.titre and cours.resume and "CC BY-SA" in cours.licence


def test_tout_est_deplie_et_rien_n_est_anime(html: BeautifulSoup) -> None:
    blocs = html.select("details")
    assert blocs and all(bloc.has_attr("open") for bloc in blocs)
    assert not html.select("script, .headerlink, .anchor-link, .md-content__button, .aide-memoire")


def test_chaque_lien_a_sa_cible_et_chaque_cible_est_unique(html: BeautifulSoup) -> None:
    reperes = [element["id"] for element in html.select("[id]")]
    assert len(reperes) == len(set(reperes))
    liens = [str(lien["href"]) for lien in html.select("a[href]")]
    internes = {lien.removeprefix("#") for lien in liens if lien.startswith("#")}
    assert len(internes) > 100
    assert internes <= set(reperes)
    relatifs = [lien for lien in liens if not re.match(r"#|https?:|mailto:", lien)]
    assert not relatifs


def test_chaque_image_et_chaque_style_est_sur_le_disque(html: BeautifulSoup) -> None:
    adresses = [str(image["src"]) for image in html.select("img")]
    adresses += [str(style["href"]) for style in html.select("link")]
    locales = [adresse for adresse in adresses if not adresse.startswith("data:")]
    assert locales
    for adresse in locales:
        assert adresse.startswith("file:///"), adresse
        assert Path(adresse.removeprefix("file://").partition("#")[0]).is_file(), adresse


@pytest.mark.parametrize(
    ("lien", "en_ligne", "attendue"),
    [
        ("https://ollama.com/x", None, "https://ollama.com/x"),
        ("#temperature", None, "#jour-1.a--temperature"),
        ("b.html", None, "#jour-1.b"),
        ("../jour-2/c.html#un-titre", None, "#jour-2.c--un-titre"),
        ("a.ipynb", None, None),
        ("a.ipynb", "https://cours.fr/v1/jour-1/a.html", "https://cours.fr/v1/jour-1/a.ipynb"),
    ],
)
def test_ou_mene_un_lien(lien: str, en_ligne: str | None, attendue: str | None) -> None:
    connues = {"jour-1/a.html", "jour-1/b.html", "jour-2/c.html"}
    assert livre.adresse_dans_le_livre("jour-1/a.html", lien, connues, en_ligne) == attendue


@pytest.mark.navigateur
def test_les_liens_du_pdf_menent_quelque_part(imprime: bytes) -> None:
    assert not list(pdf.liens_casses(imprime))
    internes = [cible for genre, cible in pdf.liens(imprime) if genre == "repère"]
    assert len(internes) > 200


@pytest.mark.navigateur
def test_les_chapitres_se_suivent_et_la_table_dit_leur_page(
    imprime: bytes, cours: livre.Livre
) -> None:
    numeros = pdf.numeros_de_page(imprime)
    rangs = [numeros[livre.repere(chapitre.chemin)] for chapitre in cours.chapitres]
    assert rangs == sorted(set(rangs)), "un chapitre ne commence pas sur sa propre page"
    lecteur = PdfReader(BytesIO(imprime))
    assert cours.titre in " ".join(lecteur.pages[0].extract_text().split())
    table = "".join(page.extract_text() for page in lecteur.pages[1 : rangs[0] - 1])
    table = unicodedata.normalize("NFKC", "".join(table.split()))  # sans ligatures
    for chapitre, rang in zip(cours.chapitres, rangs, strict=True):
        titre = unicodedata.normalize("NFKC", "".join(chapitre.titre.split()))
        assert f"{titre}{rang}" in table
    assert lecteur.outline, "le PDF n'a pas de signets"


@pytest.mark.navigateur
def test_les_solutions_sont_imprimees(imprime: bytes) -> None:
    numeros = pdf.numeros_de_page(imprime)
    debut, fin = (numeros[f"jour-1.{page}"] for page in ("3_chatbot", "3_chatbot_suite"))
    pages = PdfReader(BytesIO(imprime)).pages[debut - 1 : fin - 1]
    texte = "".join("".join(page.extract_text().split()) for page in pages)
    assert SOLUTION in texte


@pytest.mark.navigateur
def test_un_lien_casse_empeche_d_ecrire_le_pdf(
    site: Site, chromium: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    casse = livre.Chapitre("index.html", "Accueil", '<a href="file:///absent.html">ici</a>')
    cours = livre.Livre("Essai", "", "", [], [casse])
    monkeypatch.setattr(livre, "lire", lambda _: cours)
    destination = tmp_path / "cours.pdf"
    with pytest.raises(ErreurCours, match="ne mènent nulle part"):
        pdf.fabriquer(site.dossier, chromium, destination)
    assert not destination.exists()


def test_chromium_qui_ne_demarre_pas(
    site: Site, cours: livre.Livre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(livre, "lire", lambda _: cours)
    with pytest.raises(ErreurCours, match="make pdf"):
        pdf.fabriquer(site.dossier, tmp_path / "chromium-absent", tmp_path / "cours.pdf")
    assert list(tmp_path.iterdir()) == []
