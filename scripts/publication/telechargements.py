"""Ce qui se télécharge : les programmes, par le titre de leur bloc, et une archive par module."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from mkdocs.utils import get_relative_url

from scripts.lecons import archives, catalogue, pages

TITRE = re.compile(r'(<span class="filename">)([^<,]+)')


def a_publier() -> dict[str, str | bytes]:
    """Le contenu de chaque fichier à télécharger, par son adresse dans le site."""
    return {
        adresse: archives.archive_du_module(source)
        if source.is_dir()
        else archives.sans_reperes(source.read_text(encoding="utf-8"))
        for adresse, source in pages.telechargements().items()
    }


def lier(html: str, markdown: str, url: str) -> str:
    """Fait du nom de fichier qui titre un bloc de code un lien vers ce fichier.

    Ceux des fichiers réunis qu'il importe le suivent : il ne tourne pas sans eux.
    """
    noms = pages.fichiers_montres(markdown)

    def lien(nom: str) -> str:
        adresse = get_relative_url(f"{pages.TELECHARGEMENTS}/{nom}", url)
        return f'<a href="{adresse}" download>{PurePosixPath(nom).name}</a>'

    def titrer(titre: re.Match[str]) -> str:
        nom = next((nom for nom in noms if nom.endswith(f"/{titre[2]}")), None)
        if nom is None:
            return titre[0]
        reunis = sorted(catalogue.reunis_de(nom))
        return f"{titre[1]}{lien(nom)}{' avec ' if reunis else ''}{', '.join(map(lien, reunis))}"

    return TITRE.sub(titrer, html)
