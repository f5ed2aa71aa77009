"""La boucle d'outils écrite à la main : le modèle demande, le programme contrôle et exécute."""

import ast
import csv
import datetime
import json
import operator
import os
from pathlib import Path

import ollama

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


# --8<-- [start:boucle]
MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 80}
OUTILS["répondre"] = str  # l'argument est la réponse : la boucle s'arrête
SCHEMA = {
    "type": "object",
    "properties": {
        "outil": {"type": "string", "enum": list(OUTILS)},
        "argument": {"type": "string", "maxLength": 40},
    },
    "required": ["outil", "argument"],
    "additionalProperties": False,
}
CONSIGNE = f"""Réponds par un appel d'outil, en JSON : {json.dumps(SCHEMA, ensure_ascii=False)}
calculer prend une opération, date un nombre de jours à venir, prix un nom de produit.
Quand tu connais le résultat, appelle répondre."""
EXEMPLES = [
    ("Combien coûte la Pétrelle ?", "prix", "Pétrelle", "24,50 euros"),
    ("Combien font 6 fois 3 ?", "calculer", "6 * 3", "18"),
    ("Quelle date serons-nous dans 2 jours ?", "date", "2", "2026-05-14"),
]
QUESTIONS = [
    ("Quel est le prix de la Galapiat ?", "prix", "58,00 euros"),
    ("Combien coûte la Veillombre ?", "prix", "96,00 euros"),
    ("Quel est le tarif de l'Orbelin ?", "prix", "47,00 euros"),
    ("Combien font 12 fois 7 ?", "calculer", "84"),
    ("Combien font 240 divisé par 8 ?", "calculer", "30"),
    ("Combien font 39 plus 58 ?", "calculer", "97"),
    ("Quelle date sommes-nous ?", "date", date("0")),
    ("Quelle date serons-nous dans 9 jours ?", "date", date("9")),
    ("Quelle date serons-nous dans 45 jours ?", "date", date("45")),
]


def ecrire(outil: str, argument: str) -> dict:
    appel = {"outil": outil, "argument": argument}
    return {"role": "assistant", "content": json.dumps(appel, ensure_ascii=False)}


def resultat(texte: str) -> dict:
    return {"role": "user", "content": f"Résultat : {texte}"}


def preparer(question: str) -> list[dict]:
    messages = [{"role": "system", "content": CONSIGNE}]
    for demande, outil, argument, reponse in EXEMPLES:
        messages.append({"role": "user", "content": demande})
        messages += [ecrire(outil, argument), resultat(reponse), ecrire("répondre", reponse)]
    return [*messages, {"role": "user", "content": question}]


def demander(messages: list[dict]) -> str:
    return ollama.chat(MODELE, messages, format=SCHEMA, options=OPTIONS).message.content


def dialoguer(question: str, maximum: int = 3) -> str:
    messages = preparer(question)
    for _ in range(maximum):
        appel = demander(messages)
        outil, rendu = essayer(appel)
        print(f"  {appel}\n    -> {rendu}")
        if outil == "répondre":
            return rendu
        messages += [{"role": "assistant", "content": appel}, resultat(rendu)]
    return f"pas de réponse après {maximum} appels"


appels = [essayer(demander(preparer(question))) for question, *_ in QUESTIONS]
paires = list(zip(appels, QUESTIONS, strict=True))
bons_outils = sum(outil == attendu for (outil, _), (_, attendu, _) in paires)
bons_resultats = sum(rendu == attendu for (_, rendu), (*_, attendu) in paires)
print(f"bon outil au premier appel : {bons_outils}/{len(QUESTIONS)}")
print(f"appels refusés             : {[outil for outil, _ in appels].count('refus')}")
print(f"bon résultat               : {bons_resultats}/{len(QUESTIONS)}")

for question in ("Quel est le prix de la Galapiat ?", "Combien font 12 fois 7 ?"):
    print(f"\n{question}")
    print(f"  réponse : {dialoguer(question)}")
# --8<-- [end:boucle]
