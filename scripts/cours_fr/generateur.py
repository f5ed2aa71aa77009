"""Le jeu d'entraînement de `cours-fr` : des conversations tirées au sort, graine fixée.

`python -m scripts.cours_fr.generateur` en montre quelques-unes.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from scripts.cours_fr import banque, echanges, prompts
from scripts.cours_fr.documents import Fait, composer, tirer_fait, tirer_faits
from scripts.cours_fr.prompts import Message, assistant, utilisateur

GRAINE = 7
# Le mélange : combien d'exemples de chaque capacité pour cent.
MELANGE = {
    "faits": 15,
    "textes": 29,
    "dossier": 9,
    "citation": 17,
    "conversation": 7,
    "scene": 5,
    "politesse": 3,
    "reformulation": 6,
    "resume": 3,
    "culture": 2,
    "anglais": 6,
}
PART_SANS_REPONSE = 0.2
PART_DE_QUESTIONS_DE_SUITE = 0.15
# Combien de questions sur les mêmes passages.
QUESTIONS = (3, 4, 5, 6, 7)
Exemple = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """Une question, sa réponse, et le rang du passage qui la donne ; aucun pour un refus."""

    texte: str
    reponse: str
    source: int | None = None

    def reponse_citee(self, noms: Sequence[str] | None) -> str:
        """La réponse, suivie de l'identifiant de sa source si `noms` en donne."""
        if noms is None or self.source is None:
            return self.reponse
        return f"{self.reponse} [{noms[self.source]}]"


@cache
def _sortes() -> tuple[banque.Sorte, ...]:
    return tuple(banque.sortes_permises())


@cache
def _textes() -> tuple[dict[str, Any], ...]:
    return tuple(banque.textes_permis())


@cache
def _dossiers() -> tuple[dict[str, Any], ...]:
    return tuple(banque.dossiers_permis())


def _refus(hasard: random.Random) -> str:
    # Une tournure revient bien plus souvent : un refus doit rester simple à apprendre.
    phrases = banque.hors_faits()["refus"]
    francs = [phrase for phrase in phrases if phrase.startswith("Je ne")]
    return str(hasard.choice(francs[:2] if hasard.random() < 0.75 else phrases))


def _poser(
    textes: list[str], suite: Sequence[Question], citer: bool, hasard: random.Random
) -> list[list[Message]]:
    """Une conversation par question, toutes sur les mêmes passages et au même format de prompt.

    L'entraînement n'en calcule qu'une fois le début commun. Plus rarement, les questions se
    suivent dans une seule conversation.
    """
    noms = prompts.identifiants(len(textes), hasard) if citer else None
    format_tire = hasard.random()
    conversations = []
    for question in suite:
        habit = random.Random(format_tire)  # le même format pour chaque question
        messages = prompts.habiller(textes, noms, question.texte, habit)
        conversations.append([*messages, assistant(question.reponse_citee(noms))])
    if hasard.random() >= PART_DE_QUESTIONS_DE_SUITE:
        return conversations
    suivie = list(conversations[0])
    for question in suite[1:]:
        suivie += [utilisateur(question.texte), assistant(question.reponse_citee(noms))]
    return [suivie]


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


def _avec_refus(
    possibles: list[Question], tentantes: Iterator[str], hasard: random.Random
) -> list[Question]:
    """Quelques questions tirées au sort, dont certaines tentantes et sans réponse."""
    suite = []
    for possible in hasard.sample(possibles, min(len(possibles), hasard.choice(QUESTIONS))):
        tentante = next(tentantes, "") if hasard.random() < PART_SANS_REPONSE else ""
        suite.append(Question(tentante, _refus(hasard)) if tentante else possible)
    return suite


def faits(hasard: random.Random, citer: bool = False) -> list[list[Message]]:
    """Quelques questions sur un à trois passages composés de faits tirés au sort."""
    passages = [_faits_du_passage(hasard) for _ in range(hasard.choice((1, 1, 1, 2, 2, 3)))]
    if citer and len(passages) == 1 and hasard.random() < 0.8:
        passages.append(_faits_du_passage(hasard))
    rendus = [composer(faits_du_passage, hasard) for faits_du_passage in passages]
    tous = [fait for faits_du_passage in passages for fait in faits_du_passage]
    possibles = [
        Question(fait.question(hasard), reponse, source)
        for source, faits_du_passage in enumerate(passages)
        for fait, reponse in zip(faits_du_passage, rendus[source].reponses, strict=True)
    ]
    tentantes = (_question_sans_reponse(tous, hasard) for _ in possibles)
    suite = _avec_refus(possibles, tentantes, hasard)
    return _poser([rendu.texte for rendu in rendus], suite, citer, hasard)


def textes(hasard: random.Random) -> list[list[Message]]:
    """Quelques questions sur un texte rédigé, parfois accompagné d'un autre."""
    choisis = hasard.sample(_textes(), hasard.choice((1, 1, 1, 2)))
    source = hasard.randrange(len(choisis))
    elu = choisis[source]
    possibles = [Question(q["q"], q["r"], source) for q in elu["questions"]]
    tentantes = iter(hasard.sample(elu["sans_reponse"], len(elu["sans_reponse"])))
    suite = _avec_refus(possibles, tentantes, hasard)
    return _poser([texte["texte"] for texte in choisis], suite, False, hasard)


def dossier(hasard: random.Random, citer: bool = False) -> list[list[Message]]:
    """Quelques questions sur deux à quatre passages courts d'un même dossier, dans le désordre."""
    elu = hasard.choice(_dossiers())
    ordre = hasard.sample(range(len(elu["passages"])), len(elu["passages"]))
    ordre = ordre[: hasard.choice((2, 3, 3, 4))]
    possibles = [
        Question(q["q"], q["r"], ordre.index(q["passage"]))
        for q in elu["questions"]
        if q["passage"] in ordre
    ]
    tentantes = iter(hasard.sample(elu["sans_reponse"], len(elu["sans_reponse"])))
    suite = _avec_refus(possibles, tentantes, hasard)
    return _poser([elu["passages"][rang] for rang in ordre], suite, citer, hasard)


def citation(hasard: random.Random) -> list[list[Message]]:
    """Des questions dont la réponse cite l'identifiant de son passage."""
    return (faits if hasard.random() < 0.3 else dossier)(hasard, citer=True)


def _seule(
    fabrique: Callable[[random.Random], list[Message]],
) -> Callable[[random.Random], list[list[Message]]]:
    return lambda hasard: [fabrique(hasard)]


CAPACITES: dict[str, Callable[[random.Random], list[list[Message]]]] = {
    "faits": faits,
    "textes": textes,
    "dossier": dossier,
    "citation": citation,
    "conversation": _seule(echanges.conversation),
    "scene": _seule(echanges.scene),
    "politesse": _seule(echanges.politesse),
    "reformulation": _seule(echanges.reformulation),
    "resume": _seule(echanges.resume),
    "culture": _seule(echanges.culture),
    "anglais": _seule(echanges.anglais),
}


def generer(combien: int, graine: int = GRAINE) -> Iterator[Exemple]:
    """`combien` exemples {"capacite", "conversations"}, les mêmes pour la même graine.

    Les conversations d'un exemple ont leurs passages en commun et ne diffèrent que par la fin.
    """
    hasard = random.Random(graine)
    noms, poids = zip(*MELANGE.items(), strict=True)
    for nom in hasard.choices(noms, poids, k=combien):
        yield {"capacite": nom, "conversations": CAPACITES[nom](hasard)}


if __name__ == "__main__":
    exemples = list(generer(2000))
    print(Counter(exemple["capacite"] for exemple in exemples))
    for exemple in exemples[:12]:
        print(json.dumps(exemple, ensure_ascii=False, indent=1))
