"""Le seul crochet de mkdocs : prépare ce que les pages incluent, puis allège ce qui sort.

Aucun fichier tiers n'est copié dans le dépôt : le français de lunr vient du paquet
mkdocs-material, l'aide à la recherche depuis le disque vient du paquet npm iframe-worker.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import material
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from scripts.publication.allegement import (
    ABREVIATION,
    _styles_de_carnet,
    alleger_carnet,
    alleger_code,
    definir_une_fois,
)
from scripts.publication.depot import _depot_distant, adresse_du_depot, en_ligne
from scripts.publication.llms import plan_pour_les_modeles

RACINE = Path(__file__).resolve().parents[2]
SNIPPETS = RACINE / "snippets"
IFRAME_WORKER = RACINE / "node_modules" / "iframe-worker" / "shim" / "index.js"
GLOSSAIRE = "annexes/glossaire.md"
LUNR_FR = "assets/javascripts/lunr/min/lunr.fr.min.js"
TEL_QUEL = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.S)
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


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Écrit les fragments que les pages incluent et règle les liens « Modifier cette page »."""
    if str(RACINE) not in sys.path:
        sys.path.insert(0, str(RACINE))
    from scripts.publication import fragments

    fragments.generer()
    depot = os.environ.get("COURS_DEPOT") or adresse_du_depot(_depot_distant())
    if depot:
        config.repo_url, config.edit_uri = depot.rstrip("/"), "edit/main/docs/"
        config.repo_name = urlsplit(depot).path.strip("/")
    _styles_de_carnet.clear()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Ajoute au site les fichiers des paquets, les programmes montrés, une archive par module."""
    from scripts.lecons import archives
    from scripts.publication import telechargements

    if not IFRAME_WORKER.is_file():
        raise PluginError(
            "Le paquet npm « iframe-worker » manque : lancez « make site », qui l'installe."
        )
    theme = Path(material.__file__).parent / "templates"
    ajouts: dict[str, str | bytes] = {
        "assets/javascripts/iframe-worker.js": IFRAME_WORKER.read_text(encoding="utf-8"),
        LUNR_FR: (theme / LUNR_FR).read_text(encoding="utf-8") + PLIAGE,
        **telechargements.a_publier(),
    }
    for module in sorted(SNIPPETS.glob("module_*")):
        ajouts[f"telechargements/{module.name}.zip"] = archives.archive_du_module(module)
    for uri, contenu in ajouts.items():
        if ancien := files.get_file_from_path(uri):
            files.remove(ancien)
        files.append(File.generated(config, uri, content=contenu))
    return files


def on_nav(nav: Navigation, **_: object) -> Navigation:
    """Garde la navigation : `llms.txt` en suit l'ordre."""
    _navigations[:] = [nav]
    return nav


def module_fini(page: Page) -> str | None:
    """Le numéro du module que cette page peut terminer : aucune leçon du module ne la suit.

    Un carnet est un supplément : le module peut se dire fait avant lui comme après lui.
    """
    module = PAGE_DE_MODULE.match(page.file.src_uri)
    suivante = page.next_page.file.src_uri if page.next_page else ""
    if module is None or (suivante.startswith(module[0]) and suivante.endswith(".md")):
        return None
    return module[1]


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, **_: object
) -> dict[str, Any]:
    """Donne au gabarit l'archive et la fin du module, et l'adresse en ligne s'il y en a une.

    La description d'un carnet est son premier paragraphe.
    """
    from scripts.lecons import carnets

    module = SNIPPETS / f"module_{Path(page.file.src_uri).stem}"
    context["archive"] = f"telechargements/{module.name}.zip" if module.is_dir() else None
    context["adresse_en_ligne"] = page.canonical_url if en_ligne(config) else None
    context["module_fini"] = module_fini(page)
    if page.file.src_uri.endswith(".ipynb"):
        page.edit_url = None  # il ne se modifie pas à la main
        page.meta["description"] = carnets.description(Path(page.file.abs_src_path or ""))
    return context


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Allège le contenu d'une page et fait du titre de chaque programme son lien."""
    from scripts.publication import telechargements

    if page.file.src_uri.endswith(".ipynb"):
        return alleger_carnet(html, page)
    if page.file.src_uri == GLOSSAIRE:
        return ABREVIATION.sub(r"\2", html)
    html = telechargements.lier(html, page.markdown or "", page.url)
    return alleger_code(definir_une_fois(html))


def on_post_page(output: str, **_: object) -> str:
    """Retire l'indentation et les lignes vides du gabarit, hors du code."""
    morceaux = TEL_QUEL.split(output)
    del morceaux[2::3]  # le nom de la balise, capturé par l'expression
    morceaux[::2] = [re.sub(r"\n\s+", "\n", morceau) for morceau in morceaux[::2]]
    return "".join(morceaux)


def on_post_build(config: MkDocsConfig) -> None:
    """Écrit `llms.txt`, et une seule fois les feuilles de style sorties des pages de carnet."""
    for nom, style in _styles_de_carnet.items():
        Path(config.site_dir, nom).write_text(style, encoding="utf-8")
    for navigation in _navigations:
        plan = plan_pour_les_modeles(config, navigation)
        Path(config.site_dir, "llms.txt").write_text(plan, encoding="utf-8")
