"""Les trois outils du module, leur déclaration, leur appel contrôlé, la boucle."""

import ast
import csv
import datetime
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError, validate_call

TARIFS = Path(__file__).parents[1] / "donnees" / "documents" / "tarifs.csv"
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
Texte = Annotated[str, Field(max_length=60, description="un calcul, comme 2 * (3 + 4)")]
Jours = Annotated[int, Field(ge=0, le=365, description="jours à ajouter, de 0 à 365")]
Quantite = Annotated[int, Field(ge=1, le=99, description="combien, de 1 à 99")]
Produit = Annotated[str, Field(max_length=40, description="le nom du produit")]


class Refus(Exception):
    """L'appel n'est pas exécuté ; le message dit pourquoi."""


# --8<-- [start:calcul]
def evaluer(noeud: ast.AST) -> float:
    """La valeur d'une expression lue par `ast.parse`, sans jamais l'exécuter."""
    if isinstance(noeud, ast.Constant) and type(noeud.value) in (int, float):
        return noeud.value
    if isinstance(noeud, ast.BinOp) and type(noeud.op) in OPERATIONS:
        return OPERATIONS[type(noeud.op)](evaluer(noeud.left), evaluer(noeud.right))
    raise Refus("seuls les nombres, les parenthèses et + - * / sont permis")


def calcul(expression: Texte) -> str:
    """Calcule une expression avec des nombres."""
    lisible = expression.replace(",", ".").replace("×", "*")
    try:
        resultat = evaluer(ast.parse(lisible.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError):
        raise Refus(f"ce calcul est impossible : {expression}") from None
    if not abs(resultat) < 1e12:
        raise Refus("le résultat dépasse mille milliards")
    return f"{resultat:.2f}".removesuffix(".00")


# --8<-- [end:calcul]
# --8<-- [start:outils]
def date(jours: Jours) -> str:
    """Donne la date d'aujourd'hui (0 jour), ou celle d'un jour à venir."""
    return (datetime.date.today() + datetime.timedelta(days=jours)).isoformat()


def prix(produit: Produit) -> str:
    """Donne le prix d'un produit d'Orvelune."""
    with TARIFS.open(encoding="utf-8", newline="") as flux:
        lignes = list(csv.DictReader(flux, delimiter=";"))
    tarifs = {ligne["produit"].casefold(): ligne["prix_euros"] for ligne in lignes}
    if produit.strip().casefold() not in tarifs:
        raise Refus(f"aucun produit ne s'appelle {produit}")
    return f"{tarifs[produit.strip().casefold()]} euros"


OUTILS = {outil.__name__: outil for outil in (calcul, date, prix)}


def declarer(outil: Callable) -> dict:
    """Ce que le modèle saura de l'outil : un nom, une phrase, ses arguments."""
    schema = TypeAdapter(outil).json_schema()
    fonction = {"name": outil.__name__, "description": outil.__doc__}
    return {"type": "function", "function": {**fonction, "parameters": schema}}


CATALOGUE = [declarer(outil) for outil in OUTILS.values()]


# --8<-- [end:outils]
# --8<-- [start:appeler]
def appeler(nom: str, arguments: dict) -> str:
    """Lève `Refus` si l'outil n'existe pas, ou si un argument est irrecevable."""
    if nom not in OUTILS:
        raise Refus(f"aucun outil ne s'appelle {nom}")
    if not isinstance(arguments, dict):
        raise Refus("les arguments doivent être un objet JSON")
    try:
        return validate_call(OUTILS[nom])(**arguments)
    except ValidationError:
        attendus = declarer(OUTILS[nom])["function"]["parameters"]["properties"]
        attente = [f"{cle} ({un['description']})" for cle, un in attendus.items()]
        raise Refus(f"{nom} attend {', '.join(attente)}") from None


def essayer(nom: str, arguments: dict) -> str:
    """Le résultat de l'outil, ou la phrase du refus : c'est ce que lira le modèle."""
    try:
        return appeler(nom, arguments)
    except Refus as refus:
        return f"refusé : {refus}"


# --8<-- [end:appeler]
# --8<-- [start:boucle]
def preparer(question: str) -> list:
    consigne = "Appelle un outil pour un prix, un calcul ou une date. Sinon, réponds."
    roles = {"system": consigne, "user": question}
    return [{"role": role, "content": texte} for role, texte in roles.items()]


def dialoguer(demander: Callable, messages: list, executer: Callable = essayer) -> str:
    """La réponse finale ; `messages` reçoit les appels et leurs résultats."""
    for _ in range(4):
        message = demander(messages)
        messages.append(message)
        if not message.tool_calls:
            return message.content
        for appel in message.tool_calls:
            nom, arguments = appel.function.name, dict(appel.function.arguments)
            rendu = executer(nom, arguments)
            messages.append({"role": "tool", "tool_name": nom, "content": rendu})
    return "pas de réponse en quatre tours"


# --8<-- [end:boucle]
