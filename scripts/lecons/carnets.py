"""Les carnets : un `.py` au format « percent » sous snippets/, un `.ipynb` exécuté sous docs/."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.lecons.catalogue import destination
from scripts.socle import chemins

if TYPE_CHECKING:
    pass


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
    import jupytext
    import nbformat

    publie = destination(nom)
    if not publie.is_file():
        return "le carnet n'a pas encore été exécuté"
    source = jupytext.read(chemins.SNIPPETS / nom)
    if cellules(source) != cellules(nbformat.read(publie, as_version=4)):
        return "ses cellules ne sont plus celles de sa source"
    return None
