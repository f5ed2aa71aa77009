"""Reconnaître une instruction Python dans un code en ligne, sans l'exécuter."""

from __future__ import annotations

import ast
import re
import warnings

INVITE = re.compile(r"\s*(?:>>> \S|#!py|:::py)")
# Tout code qui agit commence ainsi, ou contient un « = » : le reste n'est pas analysé.
PEUT_AGIR = re.compile(
    r"\s*(?:import|from|def|class|for|while|with|try|async|await|print|exec)\b|.*="
)
ACTIONS = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.AugAssign),
)


def agit(code: str) -> bool:
    """Vrai pour un import, une définition, un appel à `print`, une affectation calculée, `>>>`.

    `temperature=0` ou `client.chat()` se citent comme une option ou un nom : ils n'agissent pas.
    """
    return INVITE.match(code) is not None or any(map(_agit, _instructions(code)))


def est_un_programme(code: str) -> bool:
    """Vrai pour une session, un langage annoncé, ou plusieurs instructions dont une agit."""
    if INVITE.match(code):
        return True
    trouvees = _instructions(code) if ";" in code else []
    return len(trouvees) > 1 and any(map(_agit, trouvees))


def _instructions(code: str) -> list[ast.stmt]:
    if not PEUT_AGIR.match(code):
        return []
    complet = f"{code} pass" if code.rstrip().endswith(":") else code
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(complet.strip()).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []


def _agit(instruction: ast.stmt) -> bool:
    if isinstance(instruction, ast.Assign):
        return any(isinstance(n, (ast.Call, ast.BinOp)) for n in ast.walk(instruction.value))
    if isinstance(instruction, ast.Expr):
        valeur = instruction.value
        appelee = valeur.func if isinstance(valeur, ast.Call) else None
        return isinstance(valeur, ast.Await) or (
            isinstance(appelee, ast.Name) and appelee.id in {"print", "exec"}
        )
    return isinstance(instruction, ACTIONS)
