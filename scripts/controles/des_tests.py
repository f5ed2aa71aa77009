"""Chaque programme est dans un test."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.controles.probleme import Probleme, _relatif
from scripts.lecons import catalogue
from scripts.socle import chemins


def snippets_testes() -> Iterator[Probleme]:
    """Chaque snippet est dans un test, et chaque test nomme un snippet qui existe."""
    testes = {nom: test for test in _fichiers_de_test() for nom in _snippets_du_test(test)}
    existants = set(catalogue.noms_des_snippets())
    for nom in sorted(existants - set(testes)):
        module = nom.split("/")[0]
        yield Probleme(
            f"snippets/{nom}",
            "ce snippet n'est dans aucun test",
            f"Ajoutez à tests/lecons/test_{module}.py un test marqué "
            f'@pytest.mark.snippet("{nom}").',
        )
    for nom in sorted(set(testes) - existants):
        yield Probleme(
            _relatif(testes[nom]),
            f"ce test nomme snippets/{nom}, qui n'existe pas",
            "Corrigez le nom, ou supprimez le test.",
        )


def _fichiers_de_test() -> list[Path]:
    return sorted((chemins.RACINE / "tests" / "lecons").glob("test_module_*.py"))


def _snippets_du_test(test: Path) -> Iterator[str]:
    """Premier argument de chaque `pytest.mark.snippet(...)` : chaîne, ou f-chaîne de constantes."""
    arbre = ast.parse(test.read_text(encoding="utf-8"))
    constantes: dict[str, object] = {}
    for ligne in arbre.body:
        if isinstance(ligne, ast.Assign) and isinstance(ligne.value, ast.Constant | ast.JoinedStr):
            noms = [cible.id for cible in ligne.targets if isinstance(cible, ast.Name)]
            constantes |= dict.fromkeys(noms, _texte_constant(ligne.value, constantes))
    for noeud in ast.walk(arbre):
        if (
            isinstance(noeud, ast.Call)
            and isinstance(noeud.func, ast.Attribute)
            and noeud.func.attr == "snippet"
            and noeud.args
        ):
            yield _texte_constant(noeud.args[0], constantes)


def _texte_constant(noeud: ast.AST, constantes: Mapping[str, object]) -> str:
    """La valeur d'une chaîne, ou d'une f-chaîne qui ne contient que des constantes du fichier."""
    if isinstance(noeud, ast.JoinedStr):
        return "".join(_texte_constant(morceau, constantes) for morceau in noeud.values)
    if isinstance(noeud, ast.FormattedValue):
        return _texte_constant(noeud.value, constantes)
    if isinstance(noeud, ast.Name):
        return str(constantes.get(noeud.id, f"{{{noeud.id}}}"))
    return str(noeud.value) if isinstance(noeud, ast.Constant) else ast.unparse(noeud)
