"""Le seul crochet de mkdocs : prépare ce que les pages incluent, puis allège ce qui sort.

Aucun fichier tiers n'est copié dans le dépôt : le français de lunr vient du paquet
mkdocs-material, l'aide à la recherche depuis le disque vient du paquet npm iframe-worker.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import material
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

RACINE = Path(__file__).resolve().parents[1]
SNIPPETS = RACINE / "snippets"
IFRAME_WORKER = RACINE / "node_modules" / "iframe-worker" / "shim" / "index.js"
GLOSSAIRE = "annexes/glossaire.md"
LUNR_FR = "assets/javascripts/lunr/min/lunr.fr.min.js"
ADRESSE_SSH = re.compile(r"(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!//)(.+)")
DEBUT_DE_CARNET = '<div class="jupyter-wrapper">'
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.S)
SCRIPT_DE_COPIE = re.compile(r"<script>(?:(?!</script>).)*clipboard.*?</script>", re.S)
ABREVIATION = re.compile(r'<abbr title="([^"]*)">(.*?)</abbr>', re.S)
SANS_ABREVIATION = re.compile(r"<(h[1-6]|a|summary|dt)\b.*?</\1>", re.S)
JETON_SANS_COULEUR = re.compile(r'<span class="[nopw]">([^<]*)</span>|<span></span>')
JETONS_JUMEAUX = re.compile(r'(<span class="(\w+)">)[^<]*</span>(?:<span class="\2">[^<]*</span>)+')
TEL_QUEL = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.S)
RETOUCHES_DU_CARNET = {
    '<clipboard-copy ,="" aria-label="Copy to Clipboard"': '<clipboard-copy aria-label="Copier"',
    ">Copied!<": ">Copié<",
    'class="zeroclipboard-container"': 'class="zeroclipboard-container" data-search-exclude',
    'class="clipboard-copy-txt"': 'class="clipboard-copy-txt" data-search-exclude',
}
HOTES_LOCAUX = {"127.0.0.1", "localhost"}
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

_styles_de_carnet: dict[str, str] = {}
_navigations: list[Navigation] = []


def adresse_du_depot(distant: str) -> str | None:
    """Donne l'adresse web d'un dépôt d'après celle de son dépôt distant, sans identifiants.

    Rend ``None`` quand l'adresse n'est pas celle d'un hébergeur (chemin local, ``file://``…).
    """
    morceaux = urlsplit(distant)
    if morceaux.scheme in {"http", "https", "ssh"}:
        hote, chemin = morceaux.hostname or "", morceaux.path
        if morceaux.port and morceaux.scheme != "ssh":
            hote += f":{morceaux.port}"
    elif ssh := ADRESSE_SSH.fullmatch(distant):
        hote, chemin = ssh[1], ssh[2]
    else:
        return None
    chemin = chemin.strip("/").removesuffix(".git")
    return f"https://{hote}/{chemin}" if "." in hote and chemin else None


def _depot_distant() -> str:
    commande = ["git", "-C", str(RACINE), "remote", "get-url", "origin"]
    try:
        return subprocess.run(commande, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Écrit les fragments que les pages incluent et règle les liens « Modifier cette page »."""
    if str(RACINE) not in sys.path:
        sys.path.insert(0, str(RACINE))
    from scripts import fragments

    fragments.generer()
    depot = os.environ.get("COURS_DEPOT") or adresse_du_depot(_depot_distant())
    if depot:
        config.repo_url, config.edit_uri = depot.rstrip("/"), "edit/main/docs/"
        config.repo_name = urlsplit(depot).path.strip("/")
    _styles_de_carnet.clear()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Ajoute au site les fichiers des paquets, les programmes montrés, une archive par module."""
    from scripts import archives, telechargements

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
    from scripts import carnets

    module = SNIPPETS / f"module_{Path(page.file.src_uri).stem}"
    context["archive"] = f"telechargements/{module.name}.zip" if module.is_dir() else None
    context["adresse_en_ligne"] = page.canonical_url if en_ligne(config) else None
    context["module_fini"] = module_fini(page)
    if page.file.src_uri.endswith(".ipynb"):
        page.edit_url = None  # il ne se modifie pas à la main
        page.meta["description"] = carnets.description(Path(page.file.abs_src_path or ""))
    return context


def definir_une_fois(html: str) -> str:
    """Ne garde la définition d'un terme qu'à sa première apparition dans le texte courant."""
    html = SANS_ABREVIATION.sub(lambda bloc: ABREVIATION.sub(r"\2", bloc[0]), html)
    definis: set[str] = set()

    def garder(abreviation: re.Match[str]) -> str:
        nouveau = abreviation[1] not in definis
        definis.add(abreviation[1])
        return abreviation[0] if nouveau else abreviation[2]

    return ABREVIATION.sub(garder, html)


def alleger_code(html: str) -> str:
    """Retire du code colorié les balises qui ne changent rien à l'affichage."""

    def unir(jumeaux: re.Match[str]) -> str:
        return f"{jumeaux[1]}{re.sub('<[^>]*>', '', jumeaux[0])}</span>"

    return JETONS_JUMEAUX.sub(unir, JETON_SANS_COULEUR.sub(r"\1", html))


def alleger_carnet(html: str, page: Page) -> str:
    """Sort d'une page de carnet son demi-mégaoctet de styles, les mêmes pour tous les carnets.

    mkdocs-jupyter place avant le carnet ses styles, un script de copie, et les appels à MathJax
    et à Mermaid d'un serveur tiers : on relie les styles, on garde la copie, on laisse le reste.
    """
    preambule, debut, carnet = html.partition(DEBUT_DE_CARNET)
    style = "\n".join(STYLE.findall(preambule))
    nom = f"assets/stylesheets/carnet.{hashlib.sha256(style.encode()).hexdigest()[:8]}.css"
    _styles_de_carnet[nom] = style
    lien = f'<link rel="stylesheet" href="{get_relative_url(nom, page.url)}">'
    carnet = STYLE.sub("", carnet)
    for avant, apres in RETOUCHES_DU_CARNET.items():
        carnet = carnet.replace(avant, apres)
    return lien + "".join(SCRIPT_DE_COPIE.findall(preambule)) + debut + carnet


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Allège le contenu d'une page et fait du titre de chaque programme son lien."""
    from scripts import telechargements

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


def en_ligne(config: MkDocsConfig) -> bool:
    """Vrai si le site a une adresse publique (`COURS_ADRESSE`), et pas celle de cette machine."""
    return urlsplit(config.site_url or "").hostname not in {*HOTES_LOCAUX, None}


def plan_pour_les_modeles(config: MkDocsConfig, navigation: Navigation) -> str:
    """Le `llms.txt` du site : ses pages par jour, chacune avec sa description."""
    from scripts import llms

    def lien(page: Page) -> llms.Lien:
        adresse = page.canonical_url if en_ligne(config) else page.url
        description = page.meta.get("description") or config.site_description
        return llms.Lien(page.title or "", adresse or page.url, description or "")

    sections: dict[str, list[llms.Lien]] = {}
    for element in navigation.items:
        pages = element.children if isinstance(element, Section) else [element]
        sections[element.title or ""] = [lien(page) for page in pages if isinstance(page, Page)]
    return llms.composer(config.site_name, config.site_description or "", sections)


def on_post_build(config: MkDocsConfig) -> None:
    """Écrit `llms.txt`, et une seule fois les feuilles de style sorties des pages de carnet."""
    for nom, style in _styles_de_carnet.items():
        Path(config.site_dir, nom).write_text(style, encoding="utf-8")
    for navigation in _navigations:
        plan = plan_pour_les_modeles(config, navigation)
        Path(config.site_dir, "llms.txt").write_text(plan, encoding="utf-8")
