"""Le jeu d'entraînement de `cours-fr` : des conversations tirées au sort, graine fixée.

`python -m scripts.cours_fr.generateur` en montre quelques-unes.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from scripts.cours_fr import banque, prompts
from scripts.cours_fr.documents import Fait, composer, tirer_fait, tirer_faits
from scripts.cours_fr.prompts import Message, assistant, utilisateur
from scripts.cours_fr.valeurs import accorder, tirer

GRAINE = 7
# Le mélange : combien d'exemples de chaque capacité pour cent.
MELANGE = {
    "faits": 36,
    "textes": 26,
    "citation": 14,
    "conversation": 8,
    "reformulation": 4,
    "resume": 4,
    "culture": 3,
    "anglais": 5,
}
PART_SANS_REPONSE = 0.15
SANS_SOURCE = -1
# Combien de questions de suite sur les mêmes passages.
TOURS = (1, 1, 2, 3, 4, 5)
Exemple = dict[str, Any]


@cache
def _sortes() -> tuple[banque.Sorte, ...]:
    return tuple(banque.sortes_permises())


@cache
def _textes() -> tuple[dict[str, Any], ...]:
    return tuple(banque.textes_permis())


def _refus(hasard: random.Random) -> str:
    # Les premières phrases reviennent plus souvent : un refus doit rester simple à apprendre.
    phrases = banque.hors_faits()["refus"]
    return str(hasard.choice(phrases[:4] if hasard.random() < 0.6 else phrases))


def _dialogue(
    textes: list[str], suite: Sequence[tuple[int, str, str]], citer: bool, hasard: random.Random
) -> list[Message]:
    """Des questions de suite sur les mêmes passages : (rang du passage, question, réponse).

    La première est habillée d'un format de prompt tiré au sort. Poser plusieurs questions coûte
    peu de tokens de plus et donne autant de réponses à apprendre.
    """
    noms = prompts.identifiants(len(textes), hasard) if citer else None
    reponses = [
        f"{reponse} [{noms[source]}]" if noms and source != SANS_SOURCE else reponse
        for source, _, reponse in suite
    ]
    _, premiere, _ = suite[0]
    tirage = hasard.random()
    if noms and tirage < 0.35:
        messages = prompts.du_cours(textes, noms, premiere)
    elif not noms and tirage < 0.15:
        messages = prompts.du_module_7(textes, premiere)
    else:
        messages = prompts.varie(textes, noms, premiere, hasard)
    messages.append(assistant(reponses[0]))
    for (_, question, _), reponse in zip(suite[1:], reponses[1:], strict=True):
        messages += [utilisateur(question), assistant(reponse)]
    return messages


def _faits_du_passage(hasard: random.Random) -> list[Fait]:
    """De deux à cinq faits d'un même domaine, avec souvent un fait jumeau (autre sujet)."""
    principale = hasard.choice(_sortes())
    jumeaux = hasard.choice((1, 2, 2, 3)) if principale.sujets else 1
    faits = tirer_faits(principale, jumeaux, hasard)
    voisines = [s for s in _sortes() if s.domaine == principale.domaine and s is not principale]
    for sorte in hasard.sample(voisines, hasard.randint(1, 4)):
        faits.append(tirer_fait(sorte, hasard))
    hasard.shuffle(faits)
    return faits


def _question_sans_reponse(presents: list[Fait], hasard: random.Random) -> str:
    """Une question qu'aucun des faits présents ne résout, souvent toute proche d'eux."""
    jumeau = hasard.choice(presents)
    sujets = set(jumeau.sorte.sujets) - {fait.sujet for fait in presents}
    if sujets and hasard.random() < 0.4:
        return tirer_fait(jumeau.sorte, hasard, hasard.choice(sorted(sujets))).question(hasard)
    # Une valeur d'une autre nature : deux « combien » voisins pourraient se répondre.
    natures = {fait.sorte.valeur.split(" ")[0] for fait in presents}
    domaine = {fait.sorte.domaine for fait in presents}
    autres = [
        s
        for s in _sortes()
        if s.domaine in domaine and (s.valeurs or s.valeur.split(" ")[0] not in natures)
    ]
    presentes = {fait.sorte for fait in presents}
    sorte = hasard.choice([s for s in autres if s not in presentes])
    return tirer_fait(sorte, hasard).question(hasard)


def faits(hasard: random.Random, citer: bool = False) -> list[Message]:
    """Quelques questions de suite sur un à trois passages composés de faits tirés au sort."""
    passages = [_faits_du_passage(hasard) for _ in range(hasard.choice((1, 1, 1, 2, 2, 3)))]
    if citer and len(passages) == 1 and hasard.random() < 0.8:
        passages.append(_faits_du_passage(hasard))
    rendus = [composer(faits_du_passage, hasard) for faits_du_passage in passages]
    tous = [fait for faits_du_passage in passages for fait in faits_du_passage]
    possibles = [
        (source, fait.question(hasard), reponse)
        for source, faits_du_passage in enumerate(passages)
        for fait, reponse in zip(faits_du_passage, rendus[source].reponses, strict=True)
    ]
    suite = []
    for possible in hasard.sample(possibles, min(len(possibles), hasard.choice(TOURS))):
        if hasard.random() < PART_SANS_REPONSE:
            suite.append((SANS_SOURCE, _question_sans_reponse(tous, hasard), _refus(hasard)))
        else:
            suite.append(possible)
    return _dialogue([rendu.texte for rendu in rendus], suite, citer, hasard)


def textes(hasard: random.Random, citer: bool = False) -> list[Message]:
    """Quelques questions de suite sur un texte rédigé, parfois accompagné d'un autre."""
    choisis = hasard.sample(_textes(), hasard.choice((1, 1, 2)) + citer)
    source = hasard.randrange(len(choisis))
    elu = choisis[source]
    sans_reponse = hasard.sample(elu["sans_reponse"], len(elu["sans_reponse"]))
    suite = []
    for question in hasard.sample(elu["questions"], hasard.choice(TOURS)):
        if sans_reponse and hasard.random() < PART_SANS_REPONSE + 0.04:
            suite.append((SANS_SOURCE, sans_reponse.pop(), _refus(hasard)))
        else:
            suite.append((source, question["q"], question["r"]))
    return _dialogue([texte["texte"] for texte in choisis], suite, citer, hasard)


def citation(hasard: random.Random) -> list[Message]:
    """Une question dont la réponse cite l'identifiant de son passage."""
    return (faits if hasard.random() < 0.5 else textes)(hasard, citer=True)


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
    cas = hasard.choice(hors_faits["reformulation"])
    consigne = hasard.choice(hors_faits["consignes_reformulation"])
    roles = ("user", "assistant")
    if hasard.random() < 0.5:
        tours = [
            {"role": roles[rang % 2], "content": texte}
            for rang, texte in enumerate(cas["historique"])
        ]
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
    return tuple(banque.lire_jsonl(banque.DOSSIER / "anglais.jsonl"))


CAPACITES: dict[str, Callable[[random.Random], list[Message]]] = {
    "faits": faits,
    "textes": textes,
    "citation": citation,
    "conversation": conversation,
    "reformulation": reformulation,
    "resume": resume,
    "culture": culture,
    "anglais": anglais,
}


def generer(combien: int, graine: int = GRAINE) -> Iterator[Exemple]:
    """`combien` exemples {"capacite", "messages"} ; toujours les mêmes pour la même graine."""
    hasard = random.Random(graine)
    noms, poids = zip(*MELANGE.items(), strict=True)
    for nom in hasard.choices(noms, poids, k=combien):
        yield {"capacite": nom, "messages": CAPACITES[nom](hasard)}


if __name__ == "__main__":
    exemples = list(generer(2000))
    print(Counter(exemple["capacite"] for exemple in exemples))
    for exemple in exemples[:12]:
        print(json.dumps(exemple, ensure_ascii=False, indent=1))
