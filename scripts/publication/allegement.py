"""Alléger le HTML des pages sans rien changer à ce que l'on voit."""

from __future__ import annotations

import hashlib
import re

from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

DEBUT_DE_CARNET = '<div class="jupyter-wrapper">'


STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.S)


SCRIPT_DE_COPIE = re.compile(r"<script>(?:(?!</script>).)*clipboard.*?</script>", re.S)


ABREVIATION = re.compile(r'<abbr title="([^"]*)">(.*?)</abbr>', re.S)


SANS_ABREVIATION = re.compile(r"<(h[1-6]|a|summary|dt)\b.*?</\1>", re.S)


JETON_SANS_COULEUR = re.compile(r'<span class="[nopw]">([^<]*)</span>|<span></span>')


JETONS_JUMEAUX = re.compile(r'(<span class="(\w+)">)[^<]*</span>(?:<span class="\2">[^<]*</span>)+')


RETOUCHES_DU_CARNET = {
    '<clipboard-copy ,="" aria-label="Copy to Clipboard"': '<clipboard-copy aria-label="Copier"',
    ">Copied!<": ">Copié<",
    'class="zeroclipboard-container"': 'class="zeroclipboard-container" data-search-exclude',
    'class="clipboard-copy-txt"': 'class="clipboard-copy-txt" data-search-exclude',
}


_styles_de_carnet: dict[str, str] = {}


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
