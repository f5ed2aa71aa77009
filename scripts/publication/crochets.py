"""Le seul crochet de mkdocs : prépare ce que les pages incluent, puis allège ce qui sort.

Le français de lunr vient du paquet mkdocs-material. L'aide à la recherche depuis le disque est le
seul fichier tiers copié dans le dépôt, avec sa licence : `overrides/assets/javascripts/`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import material
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from scripts.lecons import carnets
from scripts.publication import (
    allegement,
    depot,
    fragments,
    llms,
    pages_de_carnet,
    telechargements,
)
from scripts.socle.chemins import SNIPPETS

GLOSSAIRE = "annexes/glossaire.md"
LUNR_FR = "assets/javascripts/lunr/min/lunr.fr.min.js"
PAGE_DE_MODULE = re.compile(r"jour-\d+/(\d+)_")

# Chaque mot accentué est indexé deux fois, tel quel et sans accents : on le trouve des deux façons.
PLIAGE = """
;(function (lunr) {
  function plier(jeton) {
    var mot = jeton.toString()
    var nu = mot.normalize("NFD").replace(/[\\u0300-\\u036f]/g, "")
    nu = nu.replace(/œ/g, "oe").replace(/æ/g, "ae")
    return nu === mot ? jeton : [jeton, jeton.clone(function () { return nu })]
  }
  lunr.Pipeline.registerFunction(plier, "plier-fr")
  var francais = lunr.fr
  lunr.fr = function () {
    francais.call(this)
    this.pipeline.before(francais.stemmer, plier)
  }
  Object.assign(lunr.fr, francais)
})(lunr)
"""

_navigations: list[Navigation] = []
_feuilles_de_carnet: list[str] = []


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Écrit les fragments que les pages incluent et règle les liens « Modifier cette page »."""
    fragments.generer()
    adresse = os.environ.get("COURS_DEPOT") or depot.adresse_du_depot(depot.depot_distant())
    if adresse:
        config.repo_url, config.edit_uri = adresse.rstrip("/"), "edit/main/docs/"
        config.repo_name = urlsplit(adresse).path.strip("/")
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Fait des carnets des pages, et ajoute au site ce qui ne vient pas de docs/.

    Ce sont le français de lunr, les programmes montrés, une archive par module, et la feuille de
    style des carnets.
    """
    theme = Path(material.__file__).parent / "templates"
    ajouts: dict[str, str | bytes] = {
        LUNR_FR: (theme / LUNR_FR).read_text(encoding="utf-8") + PLIAGE,
        **telechargements.a_publier(),
    }
    nom, style = pages_de_carnet.feuille_de_style()
    _feuilles_de_carnet[:] = [nom]
    ajouts[nom] = style
    gardes = (fichier for fichier in files if fichier.src_uri not in ajouts)
    return Files(
        [pages_de_carnet.en_page(fichier, config) for fichier in gardes]
        + [File.generated(config, uri, content=contenu) for uri, contenu in ajouts.items()]
    )


def on_nav(nav: Navigation, **_: object) -> Navigation:
    """Garde la navigation : `llms.txt` en suit l'ordre."""
    _navigations[:] = [nav]
    return nav


def on_page_read_source(page: Page, **_: object) -> str | None:
    """Rien à lire dans un carnet : son contenu vient de la page gardée à côté de lui."""
    return "" if pages_de_carnet.est_un_carnet(page) else None


def module_fini(page: Page) -> str | None:
    """Le numéro du module que cette page peut terminer : aucune leçon du module ne la suit.

    Un carnet est un supplément : le module peut se dire fait avant lui comme après lui.
    """
    module = PAGE_DE_MODULE.match(page.file.src_uri)
    suivante = page.next_page.file.src_uri if page.next_page else ""
    if module is None or (suivante.startswith(module[0]) and suivante.endswith(".md")):
        return None
    return module[1]


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Allège le contenu d'une page et fait du titre de chaque programme son lien."""
    if pages_de_carnet.est_un_carnet(page):
        return pages_de_carnet.remplir(page, *_feuilles_de_carnet)
    if page.file.src_uri == GLOSSAIRE:
        return allegement.sans_definition(html)
    html = telechargements.lier(html, page.markdown or "", page.url)
    return allegement.alleger_code(allegement.definir_une_fois(html))


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, **_: object
) -> dict[str, Any]:
    """Donne au gabarit ce que la page offre, et l'adresse en ligne s'il y en a une.

    La description d'un carnet est son premier paragraphe.
    """
    module = SNIPPETS / f"module_{Path(page.file.src_uri).stem}"
    context["archive"] = f"telechargements/{module.name}.zip" if module.is_dir() else None
    context["adresse_en_ligne"] = page.canonical_url if depot.en_ligne(config) else None
    context["module_fini"] = module_fini(page)
    if pages_de_carnet.est_un_carnet(page):
        carnet = pages_de_carnet.source(page)
        context["carnet"] = carnet.name
        page.edit_url = None  # il ne se modifie pas à la main
        page.meta["description"] = carnets.description(carnet)
    return context


def on_post_page(output: str, **_: object) -> str:
    """Retire l'indentation et les lignes vides du gabarit, hors du code."""
    return allegement.sans_questions_du_quiz(allegement.sans_indentation(output))


def on_post_build(config: MkDocsConfig) -> None:
    """Écrit `llms.txt`, et copie chaque carnet à côté de sa page."""
    for navigation in _navigations:
        for page in filter(pages_de_carnet.est_un_carnet, navigation.pages):
            pages_de_carnet.copier(page)
        plan = llms.plan_pour_les_modeles(config, navigation)
        Path(config.site_dir, "llms.txt").write_text(plan, encoding="utf-8")
