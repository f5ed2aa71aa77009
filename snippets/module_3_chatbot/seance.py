"""Une séance de l'assistant : ce qu'il envoie au modèle, et ce qu'il en garde."""

import argparse
import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from conversation import Conversation, elaguer, poids, suivre
from formes import RendezVous, valider
from serveur import Refus

LECTURE, PAR_TOKEN = 1700, 2  # tokens, octets : un compte prudent


@dataclass
class Seance:
    client: Any
    conversation: Conversation
    choix: argparse.Namespace
    fichier: Path | None = None
    sauvee: bool = True


# --8<-- [start:tour]
def choisir(conversation: Conversation, question: dict) -> list[dict]:
    """La consigne, les tours récents qui tiennent dans la fenêtre, la question."""
    consigne = {"role": "system", "content": conversation.systeme}
    systeme = [consigne] if conversation.systeme else []
    place = LECTURE * PAR_TOKEN - poids([*systeme, question])
    if place < 0:
        raise Refus("Message trop long pour la fenêtre du modèle : raccourcissez-le.")
    gardes = elaguer(conversation.messages, place)
    if oublies := len(conversation.messages) - len(gardes):
        print(f"(Hors de la fenêtre : les {oublies // 2} premiers échanges.)")
    return [*systeme, *gardes, question]


def envoyer(seance: Seance, messages: list[dict], forme: dict | None) -> Iterator[Any]:
    """Le flux d'une réponse."""
    longueur = seance.choix.reponse
    options = {"num_ctx": LECTURE + longueur, "num_predict": longueur}
    return seance.client.chat(
        seance.conversation.modele,
        messages,
        stream=True,
        options={"temperature": 0, "seed": 7, **options},
        think=False if seance.choix.sans_reflexion else None,
        format=forme,
    )


def demander(seance: Seance, saisie: str) -> None:
    """Affiche la réponse au fil de l'eau ; garde le tour s'il est entier."""
    question = {"role": "user", "content": saisie}
    messages = choisir(seance.conversation, question)
    with tracer(seance, messages) as trace:
        try:
            texte, fin = suivre(envoyer(seance, messages, None), montrer)
        finally:
            print()
        trace |= compter(fin)
    if fin.done_reason == "length":
        print(f"[…] (réponse coupée à {fin.eval_count} tokens : voyez --reponse)")
    garder(seance, question, texte)


def demander_du_json(seance: Seance, saisie: str) -> None:
    """[texte] extrait un rendez-vous du texte, en JSON validé"""
    if not saisie:
        raise Refus("Écrivez le texte à lire : /json Dentiste mardi à 15 h.")
    question = {"role": "user", "content": f"Note ce rendez-vous en JSON : {saisie}"}
    messages = choisir(seance.conversation, question)
    with tracer(seance, messages) as trace:
        flux = envoyer(seance, messages, RendezVous.model_json_schema())
        texte, fin = suivre(flux, bool)  # rien n'est montré avant d'être validé
        trace |= compter(fin)
        rendez_vous = valider(texte)
    print(rendez_vous.model_dump_json(indent=1))
    garder(seance, question, texte)


def garder(seance: Seance, question: dict, texte: str) -> None:
    seance.conversation.messages += [question, {"role": "assistant", "content": texte}]
    seance.sauvee = False


def montrer(morceau: str) -> None:
    print(morceau, end="", flush=True)


# --8<-- [end:tour]
# --8<-- [start:trace]
@contextlib.contextmanager
def tracer(seance: Seance, messages: list[dict]) -> Iterator[dict]:
    """Une ligne JSON par requête dans --trace, pannes comprises, sans aucun texte."""
    ligne = {"date": f"{datetime.now():%Y-%m-%dT%H:%M:%S}", "messages": len(messages)}
    ligne |= {"modele": seance.conversation.modele, "fin": "panne"}
    debut = time.perf_counter()
    try:
        yield ligne
    except KeyboardInterrupt:
        ligne["fin"] = "interrompue"
        raise Refus("Réponse interrompue ; la conversation reste intacte.") from None
    finally:
        ligne["secondes"] = round(time.perf_counter() - debut, 2)
        if seance.choix.trace:
            with seance.choix.trace.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(ligne, ensure_ascii=False) + "\n")


def compter(fin: Any) -> dict:
    comptes = {"lus": fin.prompt_eval_count, "produits": fin.eval_count}
    return {"fin": fin.done_reason, **comptes}


# --8<-- [end:trace]
