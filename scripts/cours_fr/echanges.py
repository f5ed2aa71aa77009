"""Les capacités sans passage : conversation, reformulation, résumé, culture, anglais."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from scripts.cours_fr import banque
from scripts.cours_fr.prompts import Message, assistant, utilisateur
from scripts.cours_fr.valeurs import accorder, tirer
from scripts.socle import fichiers

ROLES = (utilisateur, assistant)


def scene(hasard: random.Random) -> list[Message]:
    """Une conversation rédigée : des choses dites, puis redemandées."""
    tours = hasard.choice(banque.conversations()["scene"])["tours"]
    return [ROLES[rang % 2](texte) for rang, texte in enumerate(tours)]


def politesse(hasard: random.Random) -> list[Message]:
    """Une formule de politesse, parfois après un échange banal, et ce que l'on y répond."""
    formule = hasard.choice(banque.conversations()["politesse"])
    tours = [utilisateur(formule["message"]), assistant(formule["reponse"])]
    if hasard.random() < 0.4:
        banal = hasard.choice(banque.hors_faits()["remplissage"])
        tours = [utilisateur(banal["question"]), assistant(banal["reponse"]), *tours]
    return tours


def conversation(hasard: random.Random) -> list[Message]:
    """Salutation, ou chose dite par l'utilisateur, tours de remplissage, puis rappel."""
    hors_faits = banque.hors_faits()
    debut = []
    salut = hasard.choice(hors_faits["salutation"])
    if hasard.random() < 0.5:
        debut = [
            utilisateur(hasard.choice(salut["messages"])),
            assistant(hasard.choice(salut["reponses"])),
        ]
    if hasard.random() < 0.25 and debut:
        return debut
    choisis = hasard.sample(hors_faits["rappel"], hasard.choice((1, 1, 2)))
    tours: list[list[Message]] = []
    rappels: list[list[Message]] = []
    for rappel in choisis:
        tirees = rappel.get("valeurs")
        valeur = hasard.choice(tirees) if tirees else tirer(rappel["valeur"], hasard)
        dire, accuser, redire = (
            accorder(hasard.choice(rappel[nom]).replace("{v}", valeur))
            for nom in ("dits", "accuses", "rappels")
        )
        tours.append([utilisateur(dire), assistant(accuser)])
        rappels.append([utilisateur(hasard.choice(rappel["demandes"])), assistant(redire)])
    for entree in hasard.sample(hors_faits["remplissage"], hasard.choice((0, 1, 1, 2, 3))):
        tours.append([utilisateur(entree["question"]), assistant(entree["reponse"])])
    hasard.shuffle(tours)
    hasard.shuffle(rappels)
    return debut + [message for tour in [*tours, *rappels] for message in tour]


def reformulation(hasard: random.Random) -> list[Message]:
    """Un échange, une suite elliptique, et la question qui se comprend seule."""
    hors_faits = banque.hors_faits()
    toutes = [*hors_faits["reformulation"], *banque.conversations()["reformulation"]]
    cas = hasard.choice(toutes)
    consigne = hasard.choice(hors_faits["consignes_reformulation"])
    if hasard.random() < 0.5:
        tours = [ROLES[rang % 2](texte) for rang, texte in enumerate(cas["historique"])]
        demande = hasard.choice((f"{consigne}\n{cas['suite']}", f"{cas['suite']}\n\n{consigne}"))
        return [*tours, utilisateur(demande), assistant(cas["autonome"])]
    voix = hasard.choice((("Utilisateur", "Assistant"), ("Moi", "Toi"), ("Client", "Conseiller")))
    lignes = [f"{voix[rang % 2]} : {texte}" for rang, texte in enumerate(cas["historique"])]
    echange = "\n".join([*lignes, f"{voix[0]} : {cas['suite']}"])
    demande = hasard.choice((f"{consigne}\n\n{echange}", f"{echange}\n\n{consigne}"))
    return [utilisateur(demande), assistant(cas["autonome"])]


def resume(hasard: random.Random) -> list[Message]:
    """Un texte court et son résumé d'une phrase."""
    cas = hasard.choice(banque.hors_faits()["resume"])
    consigne = hasard.choice(banque.hors_faits()["consignes_resume"])
    ordre = hasard.choice((f"{consigne}\n\n{cas['texte']}", f"{cas['texte']}\n\n{consigne}"))
    return [utilisateur(ordre), assistant(cas["resume"])]


def culture(hasard: random.Random) -> list[Message]:
    """Une question de culture générale en français."""
    cas = hasard.choice(banque.hors_faits()["culture"])
    return [utilisateur(cas["question"]), assistant(cas["reponse"])]


def anglais(hasard: random.Random) -> list[Message]:
    """Une question en anglais ; la réponse est celle du modèle de base, pour ne pas l'oublier."""
    cas = hasard.choice(_en_anglais())
    return [utilisateur(cas["question"]), assistant(cas["reponse"])]


@cache
def _en_anglais() -> tuple[dict[str, Any], ...]:
    return tuple(fichiers.lire_jsonl(banque.ANGLAIS))
