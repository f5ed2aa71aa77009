"""Le modèle qu'un programme nomme de lui-même, sans `COURS_MODELE`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from scripts.lecons import catalogue
from scripts.socle import chemins

VARIABLE = "COURS_MODELE"
EMBEDDING = "COURS_MODELE_EMBEDDING"
LECTURES = {"os.environ.get", "environ.get", "os.getenv", "getenv"}


def de(nom: str, variable: str = VARIABLE) -> set[str]:
    """Les modèles que ce programme (relatif à snippets/) nomme quand la variable manque.

    Ceux des fichiers réunis qu'il importe en sont.
    """
    return {
        defaut
        for fichier in (nom, *sorted(catalogue.reunis_de(nom)))
        for defaut in du_fichier(chemins.SNIPPETS / fichier, variable)
    }


def du_fichier(fichier: Path, variable: str = VARIABLE) -> set[str]:
    """Les valeurs par défaut de cette variable, dans un `.py` ou un `.sh`."""
    date = fichier.stat()
    return set(_du_fichier(fichier, variable, date.st_mtime_ns, date.st_size))


@lru_cache(maxsize=1024)
def _du_fichier(fichier: Path, variable: str, _date: int, _taille: int) -> frozenset[str]:
    texte = fichier.read_text(encoding="utf-8", errors="replace")
    if variable not in texte:
        return frozenset()
    if fichier.suffix == ".sh":
        return frozenset(re.findall(rf"\$\{{{variable}:?-([^}}]+)\}}", texte))
    try:
        return frozenset(_en_python(ast.parse(texte), variable))
    except SyntaxError:
        return frozenset()  # un autre contrôle le dit


def _en_python(arbre: ast.Module, variable: str) -> Iterator[str]:
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Call) and ast.unparse(noeud.func) in LECTURES:
            valeurs = [a.value if isinstance(a, ast.Constant) else None for a in noeud.args]
            if len(valeurs) == 2 and valeurs[0] == variable and isinstance(valeurs[1], str):
                yield valeurs[1]
