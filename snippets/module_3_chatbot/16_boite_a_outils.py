"""Trois outils et leur garde : un appel mal formé ou hors bornes est refusé, jamais exécuté."""

import ast
import csv
import datetime
import json
import operator
from pathlib import Path

TARIFS = Path(__file__).parents[1] / "donnees" / "documents" / "tarifs.csv"
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Refus(Exception):
    """L'appel n'est pas exécuté ; le message dit pourquoi, au modèle comme à l'humain."""


def evaluer(noeud: ast.AST) -> float:
    if isinstance(noeud, ast.Constant) and type(noeud.value) in (int, float):
        if noeud.value > 1e9:
            raise Refus("un nombre dépasse le milliard")
        return noeud.value
    if isinstance(noeud, ast.BinOp) and type(noeud.op) in OPERATIONS:
        return OPERATIONS[type(noeud.op)](evaluer(noeud.left), evaluer(noeud.right))
    raise Refus("seuls les nombres, les parenthèses et + - * / sont permis")


def calculer(expression: str) -> str:
    try:
        resultat = evaluer(ast.parse(expression.replace(",", "."), mode="eval").body)
        return f"{resultat:.2f}".removesuffix(".00")
    except (SyntaxError, ValueError, ArithmeticError) as erreur:
        raise Refus(f"calcul impossible ({type(erreur).__name__})") from None


def date(jours: str) -> str:
    """La date d'aujourd'hui, plus un nombre de jours entre 0 et 365."""
    if not jours.isdecimal() or int(jours) > 365:
        raise Refus("il faut un nombre de jours entre 0 et 365")
    return (datetime.date.today() + datetime.timedelta(days=int(jours))).isoformat()


def prix(produit: str) -> str:
    with TARIFS.open(encoding="utf-8", newline="") as flux:
        lignes = csv.DictReader(flux, delimiter=";")
        tarifs = {ligne["produit"].casefold(): ligne["prix_euros"] for ligne in lignes}
    if produit.strip().casefold() not in tarifs:
        raise Refus(f"« {produit} » n'est pas dans la liste de prix")
    return f"{tarifs[produit.strip().casefold()]} euros"


OUTILS = {"calculer": calculer, "date": date, "prix": prix}


def analyser(appel: str) -> tuple[str, str]:
    """L'outil et l'argument de `{"outil": …, "argument": …}`. Lève `Refus`, ne devine rien."""
    try:
        demande = json.loads(appel)
    except ValueError:
        raise Refus("ce n'est pas du JSON") from None
    if not isinstance(demande, dict) or set(demande) != {"outil", "argument"}:
        raise Refus("il faut exactement les clés outil et argument")
    outil, argument = demande["outil"], demande["argument"]
    if not isinstance(outil, str) or outil not in OUTILS:
        raise Refus(f"aucun outil ne s'appelle {outil!r}")
    if not isinstance(argument, str) or len(argument) > 40:
        raise Refus("l'argument doit être un texte de 40 caractères au plus")
    return outil, argument


def essayer(appel: str) -> tuple[str, str]:
    """L'outil et son résultat ; ou « refus » et sa raison."""
    try:
        outil, argument = analyser(appel)
        return outil, OUTILS[outil](argument)
    except Refus as refus:
        return "refus", str(refus)


APPELS = """\
{"outil": "prix", "argument": "galapiat"}
{"outil": "calculer", "argument": "2 * 58 + 6,40"}
{"outil": "date", "argument": "9"}
{"outil": "prix", "argument": "Lune de poche"}
{"outil": "calculer", "argument": "__import__('os').getcwd()"}
{"outil": "calculer", "argument": "9**9**9"}
{"outil": "calculer", "argument": "99999999999 * 2"}
{"outil": "calculer", "argument": "1 / 0"}
{"outil": "calculer", "argument": "2 +"}
{"outil": "date", "argument": "100000"}
{"outil": "effacer", "argument": "tarifs.csv"}
{"outil": "prix", "argument": 58}
{"outil": "prix"}
Je vais chercher le prix."""
for appel in APPELS.splitlines():
    print(f"{appel}\n  -> {' : '.join(essayer(appel))}")
