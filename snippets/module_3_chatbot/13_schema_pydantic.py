"""Contrôle une sortie structurée avec pydantic, et laisse au modèle une seconde chance."""

import json
import os
from pathlib import Path
from typing import Literal

import ollama
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40}
lignes = Path(__file__).with_name("messages.jsonl").read_text("utf-8").splitlines()
CAS = [json.loads(ligne) for ligne in lignes][:12]


class Demande(BaseModel):
    model_config = ConfigDict(extra="forbid")
    service: Literal["livraison", "réparation", "facture"]
    commande: str = Field(pattern=r"^[0-9]{4}$")

    @field_validator("commande")
    @classmethod
    def verifier_la_source(cls, numero: str, infos: ValidationInfo) -> str:
        if numero not in infos.context:
            raise ValueError(f"le numéro {numero} n'est pas dans le message")
        return numero


SCHEMA = Demande.model_json_schema()
TEXTE_DU_SCHEMA = json.dumps(SCHEMA, ensure_ascii=False)
CONSIGNE = f"Range ce message. Réponds en JSON selon ce schéma : {TEXTE_DU_SCHEMA}"


def controler(reponse: str, texte: str) -> Demande | str:
    """La demande lue, ou la liste de ses défauts."""
    try:
        return Demande.model_validate_json(reponse, context=texte)
    except ValidationError as erreur:
        defauts = erreur.errors(include_url=False)
        return " ; ".join(f"{d['loc'][0] if d['loc'] else 'réponse'} : {d['msg']}" for d in defauts)


def extraire(texte: str) -> tuple[Demande | str, int]:
    messages = [{"role": "user", "content": f"{CONSIGNE}\n\n<message>{texte}</message>"}]
    resultat, essais = "", 0
    while essais < 2 and isinstance(resultat, str):
        reponse = ollama.chat(MODELE, messages, format=SCHEMA, options=OPTIONS).message.content
        resultat, essais = controler(reponse, texte), essais + 1
        messages.append({"role": "assistant", "content": reponse})
        messages.append({"role": "user", "content": f"Refusé : {resultat}. Corrige ce JSON."})
    return resultat, essais


for fausse in ('{"service": "cadeau"}', '{"service": "facture", "commande": "9999"}', "Voici"):
    print(f"{fausse}\n  -> {controler(fausse, CAS[0]['texte'])}")

rendus = [extraire(cas["texte"]) for cas in CAS]
paires = zip(rendus, CAS, strict=True)
acceptes = [(d, essais, cas) for (d, essais), cas in paires if isinstance(d, Demande)]
premiers = sum(essais == 1 for _, essais, _ in acceptes)
print(f"\nacceptées au premier essai  : {premiers}/{len(CAS)}")
print(f"acceptées au second essai   : {len(acceptes) - premiers}/{len(CAS)}")
print(f"refusées deux fois          : {len(CAS) - len(acceptes)}/{len(CAS)}")
commandes = sum(demande.commande == cas["commande"] for demande, _, cas in acceptes)
services = sum(demande.service == cas["service"] for demande, _, cas in acceptes)
print(f"parmi {len(acceptes)} acceptées : {commandes} bons numéros, {services} bons services")
