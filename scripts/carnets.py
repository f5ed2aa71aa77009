"""Les carnets : un `.py` au format « percent » sous snippets/, un `.ipynb` exécuté sous docs/."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts import chemins
from scripts.erreurs import ErreurCours

if TYPE_CHECKING:
    from scripts.serveur import Serveur

MARQUE = "# %%"
EXECUTER = Path(__file__).with_name("executer_carnet.py")


def est_carnet(snippet: Path) -> bool:
    """Vrai si ce programme Python est la source d'un carnet (cellules `# %%`)."""
    if snippet.suffix != ".py" or not snippet.is_file():
        return False
    texte = snippet.read_text(encoding="utf-8")
    return any(ligne.startswith(MARQUE) for ligne in texte.splitlines())


def destination(nom: str) -> Path:
    """`module_7_…/carnet_mesures.py` -> `docs/jour-3/7_carnet_mesures.ipynb`.

    Le jour est celui de la page du même module. Lève `ErreurCours` si cette page n'existe pas.
    """
    snippet = Path(nom)
    numero = re.match(r"module_(\d+)_", snippet.parent.name)
    pages = sorted(chemins.DOCS.glob(f"jour-*/{numero[1]}_*.md")) if numero else []
    if not numero or not pages:
        raise ErreurCours(
            f"snippets/{nom} est un carnet sans page : créez docs/jour-N/N_….md pour son module."
        )
    return pages[0].parent / f"{numero[1]}_{snippet.stem}.ipynb"


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


def enregistrer_carnet(nom: str, serveur: Serveur, options: Mapping[str, Any]) -> str:
    """Exécute le carnet contre Ollama ; renvoie son chemin relatif au dépôt.

    `options` : où et avec quel environnement `executer` doit lancer le carnet.

    Lève `ErreurCours` si une cellule échoue : le carnet précédent reste en place.
    """
    from scripts.execution import executer

    publie = destination(nom)
    environnement = {
        **options["env"],
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # la figure va dans le carnet
    }
    arguments = [str(chemins.SNIPPETS / nom), str(publie)]
    resultat = executer(
        nom, serveur, source=EXECUTER, args=arguments, **{**options, "env": environnement}
    )
    if resultat.code:
        raise ErreurCours(f"Le carnet snippets/{nom} a échoué :\n{resultat.erreurs[-2000:]}")
    return publie.relative_to(chemins.RACINE).as_posix()
