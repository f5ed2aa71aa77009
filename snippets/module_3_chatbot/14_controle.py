"""Contrôle une fiche avec pydantic, et donne au modèle une seconde chance."""

import sys
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from mesure import demander, lire_cas


class Demande(BaseModel):
    service: Literal["livraison", "réparation", "facture"]
    commande: str = Field(pattern=r"^[0-9]{4}$")


def defaut(reponse: str, texte: str) -> str:
    """Ce qui cloche dans la réponse, en une phrase ; rien si elle est acceptée."""
    try:
        commande = Demande.model_validate_json(reponse).commande
    except ValidationError as erreur:
        lieux = {str(d["loc"][0]) if d["loc"] else "JSON" for d in erreur.errors()}
        return f"mal formé : {', '.join(sorted(lieux))}"
    return "" if commande in texte else f"le message ne contient pas {commande}"


def corriger(texte: str, reponse: str) -> str:
    messages = [{"role": "user", "content": f"Service et commande, en JSON : {texte}"}]
    messages.append({"role": "assistant", "content": reponse})
    refus = f"Refusé : {defaut(reponse, texte)}. Corrige."
    messages.append({"role": "user", "content": refus})
    return demander(messages, 40, Demande.model_json_schema())


FAUSSE = '{"service": "facture", "commande": "9999"}'
sys.stdout.reconfigure(errors="replace")
for fausse in ('{"service": "cadeau"}', FAUSSE, "Voici : 4821"):
    print(f"{fausse}\n  -> {defaut(fausse, lire_cas()[0]['texte'])}")
for cas in lire_cas()[:12]:
    seconde = corriger(cas["texte"], FAUSSE)
    print(cas["commande"], ": oui" if cas["commande"] in seconde else ": non", seconde)
