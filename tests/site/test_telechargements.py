"""Chaque programme montré se télécharge, tel que la page le montre."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.lecons import archives, pages
from scripts.publication import telechargements
from scripts.socle import chemins
from scripts.socle.chemins import DOCS, SNIPPETS
from tests.site.site_local import Site

EXERCICES = sorted(SNIPPETS.glob("module_*/exercice_*.py"))
TITRE_AVEC_LIEN = re.compile(r'<span class="filename"><a [^>]*download>')
TITRE_SANS_LIEN = re.compile(r'<span class="filename">([^<]+)<')


def test_chaque_programme_montre_a_son_fichier(site: Site) -> None:
    site.exiger()
    montres = {
        inclusion.fichier.removeprefix("snippets/")
        for page in pages.toutes()
        for inclusion in pages.inclusions(page)
        if inclusion.fichier.startswith("snippets/module_") and "/sorties/" not in inclusion.fichier
    }
    assert montres
    for nom in montres:
        fichier = site.dossier / "telechargements" / nom
        source = (SNIPPETS / nom).read_text(encoding="utf-8")
        assert fichier.read_text(encoding="utf-8") == archives.sans_reperes(source)
        if nom.endswith(".py"):
            compile(fichier.read_text(encoding="utf-8"), nom, "exec")


def test_le_titre_d_un_programme_le_telecharge(site: Site) -> None:
    """Un titre sans lien n'est permis qu'au-dessus d'un bloc qui n'inclut aucun fichier."""
    site.exiger()
    avec_lien = 0
    for page in pages.toutes():
        html = site.lire(page.relative_to(DOCS).with_suffix(".html").as_posix())
        noms = {Path(nom).name for nom in pages.fichiers_montres(page.read_text("utf-8"))}
        sans_lien = {Path(titre.split(",")[0]).name for titre in TITRE_SANS_LIEN.findall(html)}
        assert not noms & sans_lien, page.name
        avec_lien += len(TITRE_AVEC_LIEN.findall(html))
    assert avec_lien >= len(EXERCICES) > 0


@pytest.mark.parametrize("exercice", EXERCICES, ids=lambda e: f"{e.parent.name}/{e.name}")
def test_un_exercice_se_telecharge_sans_sa_solution(exercice: Path) -> None:
    source = exercice.read_text(encoding="utf-8")
    recu = archives.sans_reperes(source)
    _, _, apres = source.partition("[start:solution]\n")
    solution = apres.partition("# --8<-- [end:solution]")[0].strip()
    _, _, verification = source.partition("[start:verification]\n")
    assert solution and solution not in recu
    assert verification.partition("# --8<-- [end:")[0].strip() in recu
    assert "--8<--" not in recu


def test_le_nom_seul_devient_un_lien() -> None:
    titre = '<span class="filename">{}, point de départ</span>'
    markdown = '```python\n--8<-- "snippets/module_3_chatbot/99_essai.py:depart"\n```'
    lien = '<a href="../telechargements/module_3_chatbot/99_essai.py" download>99_essai.py</a>'
    rendu = telechargements.lier(titre.format("99_essai.py"), markdown, "jour-1/3_chatbot.html")
    assert rendu == titre.format(lien)
    autre = titre.format("reponse.json")
    assert telechargements.lier(autre, markdown, "jour-1/3_chatbot.html") == autre


def test_le_fichier_reuni_suit_le_programme_qui_l_importe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "module_3_chatbot"
    module.mkdir()
    (module / "99_essai.py").write_text("from conversation import demander\n", "utf-8")
    (module / "conversation.py").write_text("def demander(): ...\n", "utf-8")
    monkeypatch.setattr(chemins, "SNIPPETS", tmp_path)
    markdown = '```python\n--8<-- "snippets/module_3_chatbot/99_essai.py"\n```'
    titre = '<span class="filename">99_essai.py</span>'
    liens = [
        f'<a href="../telechargements/module_3_chatbot/{nom}" download>{nom}</a>'
        for nom in ("99_essai.py", "conversation.py")
    ]
    rendu = telechargements.lier(titre, markdown, "jour-1/3_chatbot.html")
    assert rendu == f'<span class="filename">{" avec ".join(liens)}</span>'
