"""Le même appel d'outils par le paramètre `tools` d'Ollama, pour les modèles qui l'ont appris."""

import csv
import datetime
import os
from pathlib import Path
from typing import Annotated

import ollama
from pydantic import Field, ValidationError, validate_call

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 80}
TARIFS = Path(__file__).parents[1] / "donnees" / "documents" / "tarifs.csv"


def prix(produit: str) -> str:
    """Donne le prix d'un produit d'Orvelune.

    Args:
        produit: le nom du produit, par exemple Pétrelle
    """
    with TARIFS.open(encoding="utf-8", newline="") as flux:
        tarifs = {ligne["produit"]: ligne for ligne in csv.DictReader(flux, delimiter=";")}
    return f"{tarifs[produit]['prix_euros']} euros" if produit in tarifs else "produit inconnu"


def date(jours: Annotated[int, Field(ge=0, le=365)]) -> str:
    """Donne la date dans quelques jours.

    Args:
        jours: le nombre de jours à partir d'aujourd'hui, de 0 à 365
    """
    return (datetime.date.today() + datetime.timedelta(days=jours)).isoformat()


OUTILS = {"prix": prix, "date": date}


def executer(nom: str, arguments: dict) -> str:
    if nom not in OUTILS:
        return f"refusé : aucun outil ne s'appelle {nom}"
    try:
        return validate_call(OUTILS[nom])(**arguments)
    except ValidationError as erreur:
        return f"refusé : {erreur.errors()[0]['msg']}"


messages = [{"role": "user", "content": "Quel est le prix de la Galapiat ?"}]
try:
    reponse = ollama.chat(MODELE, messages, tools=list(OUTILS.values()), options=OPTIONS)
    messages.append(reponse.message)
    for appel in reponse.message.tool_calls or []:
        nom, arguments = appel.function.name, dict(appel.function.arguments)
        rendu = executer(nom, arguments)
        print(f"{nom}({arguments}) -> {rendu}")
        messages.append({"role": "tool", "tool_name": nom, "content": rendu})
    print(ollama.chat(MODELE, messages, options=OPTIONS).message.content)
except ollama.ResponseError as erreur:
    print(f"{MODELE} ne sait pas appeler d'outils : {erreur.error}")
