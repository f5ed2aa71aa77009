"""Composer des passages : quelques faits tirés au sort, mis en prose, liste, tableau, courriel…"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.cours_fr.banque import Sorte
from scripts.cours_fr.valeurs import JOURS, accorder, nom_invente, tirer

ORGANISATIONS = """\
la société {n}
la coopérative {n}
l'association {n}
la mairie de {n}
le club {n}
la maison {n}
l'atelier {n}
l'école {n}
le centre {n}
l'hôtel {n}
le domaine de {n}
la ferme de {n}
le groupe {n}
la fondation {n}
le musée {n}
le laboratoire {n}
l'entreprise {n}
la régie de {n}
le comité {n}""".splitlines()
LIAISONS = (", et ", " ; ", ", tandis que ", ", mais ")


@dataclass(frozen=True)
class Fait:
    """Un fait tiré au sort : sa sorte, son sujet et sa valeur."""

    sorte: Sorte
    sujet: str
    valeur: str

    def phrase(self, hasard: random.Random) -> str:
        """Une phrase de document qui énonce le fait."""
        return self._remplir(hasard.choice(self.sorte.phrases))

    def question(self, hasard: random.Random) -> str:
        """Une question dont ce fait est la réponse."""
        return self._remplir(hasard.choice(self.sorte.questions))

    def intitule(self) -> str:
        """Le nom du fait dans une liste : « Prix de la Torvane », sans sa valeur."""
        cle = f"{self.sorte.cle}, {self.sujet}" if self.sujet else self.sorte.cle
        return cle[:1].upper() + cle[1:]

    def _remplir(self, gabarit: str) -> str:
        return accorder(gabarit.replace("{s}", self.sujet).replace("{v}", self.valeur))


def tirer_fait(sorte: Sorte, hasard: random.Random, sujet: str | None = None) -> Fait:
    """Un fait de cette sorte ; `sujet` l'impose, sinon il est tiré au sort."""
    if sujet is None:
        sujet = hasard.choice(sorte.sujets) if sorte.sujets else ""
    valeur = hasard.choice(sorte.valeurs) if sorte.valeurs else tirer(sorte.valeur, hasard)
    return Fait(sorte, sujet, valeur)


def tirer_faits(sorte: Sorte, combien: int, hasard: random.Random) -> list[Fait]:
    """Des faits de la même sorte, aux sujets et aux valeurs tous différents."""
    sujets = hasard.sample(sorte.sujets, min(combien, len(sorte.sujets))) or [""]
    faits: list[Fait] = []
    for sujet in sujets:
        for _ in range(20):
            fait = tirer_fait(sorte, hasard, sujet)
            if fait.valeur not in {autre.valeur for autre in faits}:
                faits.append(fait)
                break
    return faits


@dataclass(frozen=True)
class Passage:
    """Un passage et, pour chaque fait dans l'ordre, la phrase qui y répond."""

    texte: str
    reponses: tuple[str, ...]


def organisation(hasard: random.Random) -> str:
    """Une organisation inventée, avec son article."""
    return hasard.choice(ORGANISATIONS).replace("{n}", nom_invente(hasard))


def prose(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Un paragraphe ; parfois, deux faits dans la même phrase."""
    phrases = [fait.phrase(hasard) for fait in faits]
    morceaux = list(phrases)
    if len(morceaux) > 2 and hasard.random() < 0.4:
        rang = hasard.randrange(len(morceaux) - 1)
        suite = morceaux[rang + 1]
        lie = suite if faits[rang + 1].valeur[:1].isupper() else suite[:1].lower() + suite[1:]
        morceaux[rang : rang + 2] = [morceaux[rang].rstrip(".") + hasard.choice(LIAISONS) + lie]
    if hasard.random() < 0.3:
        morceaux.insert(0, accorder(f"{organisation(hasard)} vous informe."))
    return Passage(" ".join(morceaux), tuple(phrases))


def liste(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Une liste à puces « intitulé : valeur »."""
    puce = hasard.choice(("- ", "* ", "• ", ""))
    reponses = tuple(f"{fait.intitule()} : {fait.valeur}." for fait in faits)
    titre = hasard.choice((accorder(organisation(hasard)) + "\n", "En bref :\n", ""))
    return Passage(titre + "\n".join(puce + r.rstrip(".") for r in reponses), reponses)


def tableau(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Un tableau Markdown ou CSV à deux ou trois colonnes."""
    lignes = [(fait.intitule(), fait.valeur) for fait in faits]
    reponses = tuple(f"{intitule} : {valeur}." for intitule, valeur in lignes)
    entete = hasard.choice((("Rubrique", "Valeur"), ("Objet", "Information"), ("Point", "Détail")))
    if hasard.random() < 0.5:
        texte = "\n".join([";".join(entete), *(f"{a};{b}" for a, b in lignes)])
    else:
        rangs = [f"| {a} | {b} |" for a, b in [entete, ("---", "---"), *lignes]]
        texte = "\n".join(rangs)
    return Passage(texte, reponses)


def courriel(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Un courriel, avec objet et signature."""
    corps = prose(faits, hasard)
    signature = tirer("personne", hasard)
    debut = hasard.choice(("Bonjour à tous,", "Bonjour,", f"Chère {tirer('prenom', hasard)},"))
    objet = f"Objet : {faits[0].sorte.cle}\n" if hasard.random() < 0.5 else ""
    fin = hasard.choice(("Bien à vous,", "Cordialement,", "À bientôt,"))
    return Passage(f"{objet}{debut}\n{corps.texte}\n{fin}\n{signature}", corps.reponses)


def dialogue(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Deux personnes qui s'échangent les faits."""
    noms = hasard.sample([tirer("prenom", hasard) for _ in range(6)], 2)
    phrases = tuple(fait.phrase(hasard) for fait in faits)
    repliques = [f"{noms[rang % 2]} : {phrase}" for rang, phrase in enumerate(phrases)]
    return Passage("\n".join(repliques), phrases)


def faq(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Des questions fréquentes et leurs réponses."""
    phrases = tuple(fait.phrase(hasard) for fait in faits)
    paires = zip(faits, phrases, strict=True)
    blocs = [f"{fait.question(hasard)}\n{phrase}" for fait, phrase in paires]
    return Passage("\n".join(blocs), phrases)


def compte_rendu(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Un compte rendu ou une notice, point par point."""
    phrases = tuple(fait.phrase(hasard) for fait in faits)
    titre = hasard.choice(("Compte rendu", "Note de service", "Notice", "Règlement", "Procédure"))
    marque = hasard.choice(("{n}. ", "Article {n}. ", "{n}) ", "{jour} : "))
    lignes = [
        marque.format(n=rang + 1, jour=JOURS[rang % 7].capitalize()) + phrase
        for rang, phrase in enumerate(phrases)
    ]
    return Passage("\n".join([f"{titre}, {organisation(hasard)}", *lignes]), phrases)


MISES_EN_FORME: tuple[tuple[Callable[[Sequence[Fait], random.Random], Passage], int], ...] = (
    (prose, 8),
    (courriel, 2),
    (liste, 2),
    (tableau, 2),
    (dialogue, 1),
    (faq, 1),
    (compte_rendu, 2),
)


def composer(faits: Sequence[Fait], hasard: random.Random) -> Passage:
    """Un passage qui contient ces faits, dans une forme tirée au sort."""
    formes = [forme for forme, _ in MISES_EN_FORME]
    poids = [poids for _, poids in MISES_EN_FORME]
    return hasard.choices(formes, poids)[0](faits, hasard)
