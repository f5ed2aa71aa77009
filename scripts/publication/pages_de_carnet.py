"""Les pages de carnet : le HTML gardé à côté de chacun, la feuille de style qu'elles partagent."""

from __future__ import annotations

import hashlib
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from jupyterlab_pygments import JupyterStyle
from markdown.extensions.toc import nest_toc_tokens
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils import get_relative_url
from pygments.formatters import HtmlFormatter

from scripts.lecons import carnets
from scripts.socle.erreurs import ErreurCours

EXTENSION = ".ipynb"
STYLES = Path("templates", "mkdocs_html", "assets")
FEUILLES = ("index.css", "theme-light.css")
TITRE = re.compile(r'<h([1-6]) id="([^"]*)">(.*?)<a class="anchor-link"', re.S)
IDENTIFIANT = re.compile(r' id="([^"]*)"')


class PageDeCarnet(File):
    """Un carnet, dont mkdocs fait une page comme d'un fichier Markdown."""

    def is_documentation_page(self) -> bool:
        """Toujours : le carnet lui-même est copié à côté de sa page, par `copier`."""
        return True


def en_page(fichier: File, config: MkDocsConfig) -> File:
    """Ce fichier, devenu une page si c'est un carnet."""
    if not fichier.src_uri.endswith(EXTENSION):
        return fichier
    return PageDeCarnet(
        fichier.src_uri,
        fichier.src_dir,
        config.site_dir,
        config.use_directory_urls,
        inclusion=fichier.inclusion,
    )


def est_un_carnet(page: Page) -> bool:
    """Vrai si cette page est celle d'un carnet."""
    return isinstance(page.file, PageDeCarnet)


def source(page: Page) -> Path:
    """Le carnet dont cette page est le rendu."""
    return Path(page.file.abs_src_path or "")


def remplir(page: Page, feuille: str) -> str:
    """Le contenu de cette page, qui reçoit aussi sa table des matières et ses ancres.

    `feuille` est l'adresse, dans le site, de la feuille de style des carnets.
    """
    try:
        html = carnets.lire_la_page(source(page))
    except ErreurCours as erreur:
        raise PluginError(str(erreur)) from erreur
    titres = [
        {"level": int(niveau), "id": ancre, "name": re.sub("<[^>]*>", "", titre)}
        for niveau, ancre, titre in TITRE.findall(html)
    ]
    page.toc = get_toc(nest_toc_tokens(titres))
    page.present_anchor_ids = set(IDENTIFIANT.findall(html))
    return f'<link rel="stylesheet" href="{get_relative_url(feuille, page.url)}">{html}'


def copier(page: Page) -> None:
    """Copie le carnet à côté de sa page, où elle le donne à télécharger."""
    shutil.copyfile(source(page), Path(page.file.abs_dest_path).with_suffix(EXTENSION))


def feuille_de_style() -> tuple[str, str]:
    """L'adresse et le contenu de la feuille : celle que mkdocs-jupyter mettrait dans chaque page.

    Elle vient du paquet, sans l'importer : il chargerait `nbconvert`, en une seconde.
    """
    paquet = find_spec("mkdocs_jupyter")
    if paquet is None or not paquet.submodule_search_locations:
        raise PluginError("Le paquet « mkdocs-jupyter » manque : lancez « make site ».")
    dossier = Path(paquet.submodule_search_locations[0]) / STYLES
    code: str = HtmlFormatter(style=JupyterStyle).get_style_defs(".highlight")
    feuilles = [(dossier / nom).read_text(encoding="utf-8") for nom in FEUILLES]
    # Un autre nom que celui du thème, comme le fait mkdocs-jupyter.
    style = "\n".join([code.replace(".highlight ", ".highlight-ipynb "), *feuilles])
    empreinte = hashlib.sha256(style.encode()).hexdigest()[:8]
    return f"assets/stylesheets/carnet.{empreinte}.css", style
