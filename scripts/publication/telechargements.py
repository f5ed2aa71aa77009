"""Chaque programme montré par une page, offert comme fichier par le titre de son bloc."""

from __future__ import annotations

import re

from mkdocs.utils import get_relative_url

from scripts.lecons import pages
from scripts.lecons.sections import BALISE
from scripts.socle import chemins

DOSSIER = "telechargements"
TITRE = re.compile(r'(<span class="filename">)([^<,]+)')


def sans_reperes(texte: str) -> str:
    """Le texte sans ses lignes de repère, ni la section `solution` d'un exercice.

    Le lecteur d'un exercice reçoit donc le départ et la vérification, comme la page les montre.
    """
    lignes, courante = [], None
    for ligne in texte.splitlines(keepends=True):
        if balise := BALISE.search(ligne):
            courante = balise[2] if balise[1] == "start" else None
        elif courante != "solution":
            lignes.append(ligne)
    return "".join(lignes)


def fichiers_montres(markdown: str) -> list[str]:
    """Les fichiers de leçon que cette page inclut, relatifs à snippets/, sorties exceptées."""
    inclusions = (pages.INCLUSION.match(ligne) for ligne in markdown.splitlines())
    fichiers = {inclusion["fichier"] for inclusion in inclusions if inclusion}
    return sorted(
        fichier.removeprefix("snippets/")
        for fichier in fichiers
        if fichier.startswith("snippets/module_") and "/sorties/" not in fichier
    )


def a_publier() -> dict[str, str]:
    """Le texte de chaque fichier montré par une page, par son adresse dans le site."""
    noms = {nom for page in pages.toutes() for nom in fichiers_montres(page.read_text("utf-8"))}
    return {
        f"{DOSSIER}/{nom}": sans_reperes((chemins.SNIPPETS / nom).read_text("utf-8"))
        for nom in noms
        if (chemins.SNIPPETS / nom).is_file()  # absent : pymdownx.snippets le dira mieux que nous
    }


def lier(html: str, markdown: str, url: str) -> str:
    """Fait du nom de fichier qui titre un bloc de code un lien vers ce fichier."""
    noms = fichiers_montres(markdown)

    def lien(titre: re.Match[str]) -> str:
        nom = next((nom for nom in noms if nom.endswith(f"/{titre[2]}")), None)
        if nom is None:
            return titre[0]
        adresse = get_relative_url(f"{DOSSIER}/{nom}", url)
        return f'{titre[1]}<a href="{adresse}" download>{titre[2]}</a>'

    return TITRE.sub(lien, html)
