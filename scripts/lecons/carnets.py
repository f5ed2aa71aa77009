"""Les carnets : un `.py` au format « percent » sous snippets/, un `.ipynb` exécuté sous docs/.

À côté du carnet publié, sa page : le HTML qu'en donne mkdocs-jupyter, gardé à l'enregistrement.
Construire le site ne convertit donc rien, et n'importe ni `nbconvert` ni IPython.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from scripts.lecons.catalogue import destination
from scripts.socle import chemins, fichiers
from scripts.socle.erreurs import ErreurCours

# Le texte des cellules et leurs sorties, tels quels ; rien que le navigateur aille chercher.
RENDU = {"allow_errors": False, "no_prompt": True, "custom_mathjax_url": ""}
DEBUT_DE_CARNET = '<div class="jupyter-wrapper">'
STYLE = re.compile(r"<style[^>]*>.*?</style>", re.S)
SCRIPT_DE_COPIE = re.compile(r"<script>(?:(?!</script>).)*clipboard.*?</script>", re.S)
RETOUCHES = {
    '<clipboard-copy ,="" aria-label="Copy to Clipboard"': '<clipboard-copy aria-label="Copier"',
    ">Copied!<": ">Copié<",
    'class="zeroclipboard-container"': 'class="zeroclipboard-container" data-search-exclude',
    'class="clipboard-copy-txt"': 'class="clipboard-copy-txt" data-search-exclude',
}


def cellules(carnet: Any) -> list[tuple[str, str]]:
    """(type, texte) de chaque cellule d'un carnet nbformat."""
    return [(cellule.cell_type, cellule.source.strip()) for cellule in carnet.cells]


def description(publie: Path) -> str:
    """Le premier paragraphe sous le titre du carnet, sur une ligne et sans balises."""
    cellule = json.loads(publie.read_text(encoding="utf-8"))["cells"][0]
    blocs = re.split(r"\n{2,}", "".join(cellule["source"]).strip())
    return re.sub(r"[*_`]", "", blocs[1].replace("\n", " ")) if len(blocs) > 1 else ""


def desaccord(nom: str) -> str | None:
    """Pourquoi le carnet publié ne correspond plus à sa source, ou None s'il lui correspond."""
    # Importés ici : 0,8 s, que ne paie pas une construction du site.
    import jupytext
    import nbformat

    publie = destination(nom)
    if not publie.is_file():
        return "le carnet n'a pas encore été exécuté"
    source = jupytext.read(chemins.SNIPPETS / nom)
    if cellules(source) != cellules(nbformat.read(publie, as_version=4)):
        return "ses cellules ne sont plus celles de sa source"
    return None


def page_de(publie: Path) -> Path:
    """`docs/jour-3/7_carnet_mesures.ipynb` -> sa page, `7_carnet_mesures.html`, à côté de lui."""
    return publie.with_suffix(".html")


def rendre(publie: Path) -> str:
    """La page d'un carnet publié, par mkdocs-jupyter ; sa première ligne dit de quel carnet.

    mkdocs-jupyter place avant le carnet un demi-mégaoctet de styles, un script de copie, et les
    appels à MathJax et à Mermaid d'un serveur tiers : on ne garde que la copie. Les styles, les
    mêmes pour tous, sont dans `publication.pages_de_carnet`.
    """
    # Importé ici : 1,0 s et 30 Mio, que ne paie pas une construction du site.
    from mkdocs_jupyter import convert

    preambule, debut, corps = convert.nb2html(str(publie), **RENDU).partition(DEBUT_DE_CARNET)
    corps = STYLE.sub("", corps)
    for avant, apres in RETOUCHES.items():
        corps = corps.replace(avant, apres)
    copie = "".join(SCRIPT_DE_COPIE.findall(preambule))
    return f"{_marque(publie)}\n{copie}{debut}{corps.rstrip()}\n"


def ecrire_la_page(publie: Path) -> bool:
    """Rend le carnet et garde sa page ; renvoie False si elle était déjà celle-là."""
    return fichiers.ecrire(page_de(publie), rendre(publie))


def lire_la_page(publie: Path) -> str:
    """Le HTML gardé pour ce carnet. Lève `ErreurCours` s'il manque ou s'il est celui d'un autre."""
    if raison := page_perimee(publie):
        raise ErreurCours(f"{publie.name} : {raison}. Lancez « make enregistrer ».")
    return page_de(publie).read_text(encoding="utf-8").partition("\n")[2]


def page_perimee(publie: Path) -> str | None:
    """Pourquoi la page gardée n'est pas celle de ce carnet, ou None si elle l'est."""
    page = page_de(publie)
    if not page.is_file():
        return "sa page n'a pas été rendue"
    if page.read_text(encoding="utf-8").partition("\n")[0] != _marque(publie):
        return "sa page a été rendue d'après un autre carnet"
    return None


def _marque(publie: Path) -> str:
    return f"<!-- carnet {fichiers.empreinte(publie)} -->"
