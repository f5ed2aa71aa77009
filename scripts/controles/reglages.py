"""Ce que mkdocs.yml règle et dont les contrôles ont besoin : extensions, exclusions, navigation."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

from scripts.socle import chemins

# mkdocs les ajoute à celles du fichier.
EXTENSIONS_DE_MKDOCS = ("toc", "tables", "fenced_code")
EXCLUS_PAR_MKDOCS = (".*", "/templates/")
# Les inclusions sont déjà remplacées par des repères quand la page est rendue.
INCLUSIONS = "pymdownx.snippets"


class NomPython(str):
    """Une valeur `!!python/name:…` de mkdocs.yml, importée seulement si le rendu en a besoin."""


def fichier() -> Path:
    """Le mkdocs.yml du dépôt contrôlé, sinon celui du cours : un dépôt d'essai n'en a pas."""
    du_depot = chemins.RACINE / "mkdocs.yml"
    return du_depot if du_depot.is_file() else chemins.RACINE_DU_CODE / "mkdocs.yml"


def lire_yaml(texte: str) -> Any:
    """Le contenu d'un YAML, balises de mkdocs comprises. Lève `yaml.YAMLError`."""
    import yaml

    class Lecteur(yaml.SafeLoader):
        """Les balises de mkdocs : une variable d'environnement, un nom Python."""

    Lecteur.add_constructor("!ENV", lambda _lecteur, _noeud: None)
    Lecteur.add_multi_constructor(
        "tag:yaml.org,2002:python/name:", lambda _lecteur, nom, _noeud: NomPython(nom)
    )
    return yaml.load(texte, Lecteur)


def lire() -> dict[str, Any]:
    """Le contenu de mkdocs.yml."""
    return _lire(fichier().read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _lire(texte: str) -> dict[str, Any]:
    contenu = lire_yaml(texte)
    return contenu if isinstance(contenu, dict) else {}


def extensions() -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Les extensions Markdown du site, dans l'ordre, et leurs réglages, sauf les inclusions."""
    noms, regles = list(EXTENSIONS_DE_MKDOCS), dict[str, dict[str, Any]]()
    for declaree in lire().get("markdown_extensions") or []:
        nom = next(iter(declaree)) if isinstance(declaree, dict) else declaree
        if nom == INCLUSIONS:
            continue
        regles[nom] = importes(declaree)
        if nom not in noms:
            noms.append(nom)
    return noms, regles


def importes(declaree: str | dict[str, Any]) -> dict[str, Any]:
    """Les réglages d'une extension telle qu'elle est déclarée, leurs noms Python importés.

    Lève `ImportError` ou `AttributeError` si l'un n'existe pas, `ValueError` s'il est mal écrit.
    """
    reglage = next(iter(declaree.values())) if isinstance(declaree, dict) else {}
    importe: dict[str, Any] = _importer(reglage or {})
    return importe


def _importer(valeur: Any) -> Any:
    """La valeur, ses noms Python importés."""
    if isinstance(valeur, dict):
        return {cle: _importer(element) for cle, element in valeur.items()}
    if isinstance(valeur, list):
        return [_importer(element) for element in valeur]
    if isinstance(valeur, NomPython):
        module, _, nom = valeur.rpartition(".")
        return getattr(importlib.import_module(module), nom)
    return valeur


def pages_de_la_navigation() -> Iterator[str]:
    """Les pages que nomme la navigation, telles qu'elles y sont écrites."""
    yield from _feuilles(lire().get("nav") or [])


def fichiers_nommes() -> Iterator[str]:
    """Les feuilles de style, les scripts et les images que nomme mkdocs.yml."""
    reglage = lire()
    for nomme in [*(reglage.get("extra_css") or []), *(reglage.get("extra_javascript") or [])]:
        yield str(nomme.get("path") or "") if isinstance(nomme, dict) else str(nomme)
    theme = reglage.get("theme")
    images = theme if isinstance(theme, dict) else {}
    yield from (str(images[cle]) for cle in ("logo", "favicon") if images.get(cle))


def _feuilles(branche: Any) -> Iterator[str]:
    if isinstance(branche, str):
        yield branche
    elif isinstance(branche, list):
        for element in branche:
            yield from _feuilles(element)
    elif isinstance(branche, dict):
        for element in branche.values():
            yield from _feuilles(element)


def publies(noms: Iterable[str]) -> set[str]:
    """Parmi ces fichiers, relatifs à docs/, ceux que le site publie.

    `exclude_docs` est une suite de motifs de `.gitignore`, que mkdocs ajoute aux siens. Lève
    `ValueError` si ce n'est pas cela.
    """
    noms, motifs = set(noms), lire().get("exclude_docs") or ""
    if not isinstance(motifs, str):
        raise ValueError("« exclude_docs » n'est pas un texte d'un motif par ligne")
    exclus = GitIgnoreSpec.from_lines([*EXCLUS_PAR_MKDOCS, *motifs.splitlines()])
    return noms - set(exclus.match_files(noms))
