"""Un calcul entre valeurs : le lire comme un arbre, l'évaluer nœud par nœud, jamais `eval`."""

from __future__ import annotations

import ast
import math
import operator
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

# Ce qu'une liste de cas donne comme nombre. « part » en est un entre 0 et 1.
AGREGATS: dict[str, Callable[[Sequence[float]], float]] = {
    "somme": math.fsum,
    "cas": len,
    "part": statistics.fmean,
    "moyenne": statistics.fmean,
    "mediane": statistics.median,
    "min": min,
    "max": max,
}
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
# Le « | » lie plus que « * » dans un calcul, moins que « + » en Python : on le remplace d'abord.
AGREGEE = re.compile(r"\b([A-Za-z]\w*)\s*\|\s*([A-Za-z]\w*)", re.ASCII)


class CalculIllisible(ValueError):
    """Ce calcul n'est pas fait de valeurs, de nombres, de + - * / et de parenthèses."""


@dataclass(frozen=True)
class Terme:
    """Une valeur dans un calcul, et ce qu'on en prend : un agrégat, ou elle-même."""

    nom: str
    agregat: str = ""

    def __str__(self) -> str:
        return f"{self.nom}|{self.agregat}" if self.agregat else self.nom


@dataclass(frozen=True)
class Calcul:
    """Un calcul lu : son texte, son arbre, et le terme que chaque nom y désigne."""

    texte: str
    arbre: ast.expr
    termes: dict[str, Terme]

    def evaluer(self, nombre_de: Callable[[Terme], float]) -> float:
        """Le résultat. Lève `ZeroDivisionError` ou `OverflowError` s'il n'y en a pas."""
        resultat = _evaluer(self.arbre, lambda nom: nombre_de(self.termes[nom]))
        if not math.isfinite(resultat):
            raise OverflowError
        return resultat

    def valeur_seule(self) -> str | None:
        """Le nom de la valeur, si le calcul n'est que cela."""
        terme = self.termes[self.arbre.id] if isinstance(self.arbre, ast.Name) else None
        return terme.nom if terme and not terme.agregat else None


def lire(texte: str) -> Calcul:
    """Le calcul qu'écrit ce texte. Lève `CalculIllisible`."""
    termes: dict[str, Terme] = {}

    def retenir(trouve: re.Match[str]) -> str:
        nom = f"_{len(termes)}"
        termes[nom] = Terme(trouve[1], trouve[2])
        return nom

    remplace = AGREGEE.sub(retenir, texte)
    try:
        arbre = ast.parse(remplace.strip(), mode="eval").body
        noms = list(_noms(arbre))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as erreur:
        raise CalculIllisible(texte) from erreur
    return Calcul(texte, arbre, {nom: termes.get(nom) or Terme(nom) for nom in noms})


def _noms(noeud: ast.expr) -> Iterator[str]:
    """Les noms de cet arbre. Lève `CalculIllisible` s'il contient autre chose qu'un calcul."""
    match noeud:
        case ast.BinOp(left=gauche, op=operation, right=droite) if type(operation) in OPERATIONS:
            yield from _noms(gauche)
            yield from _noms(droite)
        case ast.UnaryOp(op=ast.USub(), operand=interieur):
            yield from _noms(interieur)
        case ast.Name(id=nom):
            yield nom
        case ast.Constant(value=nombre) if type(nombre) in (int, float):
            return
        case _:
            raise CalculIllisible


def _evaluer(noeud: ast.expr, nombre_de: Callable[[str], float]) -> float:
    match noeud:
        case ast.BinOp(left=gauche, op=operation, right=droite):
            calculer = OPERATIONS[type(operation)]
            return calculer(_evaluer(gauche, nombre_de), _evaluer(droite, nombre_de))
        case ast.UnaryOp(operand=interieur):
            return -_evaluer(interieur, nombre_de)
        case ast.Name(id=nom):
            return nombre_de(nom)
        case ast.Constant(value=int() | float() as nombre):
            return float(nombre)
    raise CalculIllisible
