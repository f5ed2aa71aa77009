"""Tirer au sort les valeurs des faits (`prix 5 90` → « 24,50 euros ») et accorder les phrases."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

PRENOMS = """\
Adèle Alban Amandine Anatole Anouk Ariane Armand Aurélie Bastien Bérénice Blaise Camille
Capucine Carole Cédric Céleste Clément Colette Cyprien Damien Delphine Denis Édith Élodie Émile
Estelle Étienne Fanny Faustine Firmin Florent Gaëlle Gaspard Gilles Hector Hélène Honorine Hugo
Ingrid Irène Jasmine Joachim Jules Karim Lazare Léonie Lila Louis Lucien Maëlys Malik Manon
Marius Mathilde Mélanie Nadia Noé Octave Ondine Pascal Paulin Quentin Raphaëlle Régis Rosalie
Sabine Salomé Samir Solène Suzanne Tanguy Théo Ursule Valentin Violette Yann Yasmine
Zélie""".split()
NOMS = """\
Abadie Aubrac Barraud Beaulieu Belmont Bertin Besson Bonnefoy Bouvier Brossard Cardin Carlier
Chabrol Chastel Combes Courtois Dallier Delmas Deschamps Dufour Escoffier Fabre Ferrand Fontaine
Gaillard Garnier Gauthier Granger Grimaud Hamel Imbert Jacquet Joubert Keller Lacombe Lambert
Leroux Lestang Maillard Marchand Mercier Meunier Morel Naudin Olivier Pasquier Peyrot Pichon
Ponsard Prévost Quesnel Renard Reynaud Rigal Roche Rousselle Sabatier Savary Sorel Tardieu
Tellier Thévenot Vasseur Verdier Vialard Vidal Villiers Weber""".split()
VILLES = """\
Albi Alès Angoulême Annecy Arras Auch Autun Auxerre Avranches Bayeux Beaune Belfort Blois
Bourges Briançon Brioude Cahors Castres Chartres Cholet Cluny Cognac Colmar Dax Dieppe Digne
Dole Épinal Évreux Figeac Foix Gap Guéret Issoire Laon Laval Limoux Lisieux Lodève Lourdes Mâcon
Mende Millau Montluçon Morlaix Nantua Nevers Niort Orange Périgueux Pontarlier Privas Quimper
Redon Riom Roanne Rodez Saintes Saumur Sedan Sens Soissons Tarbes Thiers Tulle Uzès Vannes
Verdun Vesoul Vichy""".split()
RUES = """\
des Tanneurs de la Fontaine des Lilas du Moulin de la République des Cordiers du Port des
Acacias Saint-Martin de la Gare du Four des Remparts de l'Abreuvoir des Vignes du Stade
Victor-Hugo"""
VOIES = re.findall(r"(?:des|du|de la|de l'|Saint|Victor)[- ]?\S+", RUES.replace("\n", " "))
MOIS = """\
janvier février mars avril mai juin juillet août septembre octobre novembre décembre""".split()
JOURS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
SYLLABES = """\
ba bel bri ca cor da del dor fa fen flo ga gri jo la lin lor ma mel mon na nel no pa per pi ra
ren ro sa sel sol ta tel tor va ver vi zel""".split()
FINALES = "ane elle ine or is ar ette ien ol une ax eau".split()
TOUJOURS_LE_PREMIER = "1er"


def nom_invente(hasard: random.Random) -> str:
    """Un nom propre inventé : « Solvane », « Briganor »."""
    syllabes = hasard.sample(SYLLABES, hasard.choice((1, 2, 2)))
    return ("".join(syllabes) + hasard.choice("lvrndt") + hasard.choice(FINALES)).capitalize()


def _entier(nombre: int) -> str:
    """Écriture française : 12 500 plutôt que 12500 à partir de dix mille."""
    return f"{nombre:,}".replace(",", " ") if nombre >= 10_000 else str(nombre)


def _prix(hasard: random.Random, bas: str, haut: str) -> str:
    euros = hasard.randint(int(bas), int(haut))
    centimes = hasard.choice((0, 0, 50, 90, 20, 80)) if euros < 100 else 0
    return f"{euros},{centimes:02} euros" if centimes else f"{_entier(euros)} euros"


def _nombre(hasard: random.Random, bas: str, haut: str, *unite: str) -> str:
    nombre = hasard.randint(int(float(bas)), int(float(haut)))
    return " ".join([_entier(nombre), *unite])


def _decimal(hasard: random.Random, bas: str, haut: str, *unite: str) -> str:
    nombre = hasard.uniform(float(bas), float(haut))
    return " ".join([f"{nombre:.{hasard.choice((1, 2))}f}".replace(".", ","), *unite])


def _heure(hasard: random.Random) -> str:
    minutes = hasard.choice((0, 0, 15, 30, 30, 45, 10, 20, 40))
    heures = f"{hasard.randint(6, 22)} h"
    return f"{heures} {minutes:02}" if minutes else heures


def _date(hasard: random.Random) -> str:
    jour = hasard.randint(1, 28)
    return f"{TOUJOURS_LE_PREMIER if jour == 1 else jour} {hasard.choice(MOIS)}"


def _deux_jours(hasard: random.Random) -> str:
    premier, second = sorted(hasard.sample(range(7), 2))
    return f"le {JOURS[premier]} et le {JOURS[second]}"


def _email(hasard: random.Random) -> str:
    prenom = hasard.choice(PRENOMS).lower()
    sans_accent = prenom.translate(str.maketrans("éèêëàâîïôûç", "eeeeaaiiouc"))
    return f"{sans_accent}@{nom_invente(hasard).lower()}.fr"


def _code(hasard: random.Random) -> str:
    lettres = "".join(hasard.choices("ABCDEFGHJKLMNPRSTVWXZ", k=2))
    return f"{lettres}-{hasard.randint(100, 999)}"


def _telephone(hasard: random.Random) -> str:
    return " ".join(
        ["0" + hasard.choice("123459"), *(f"{hasard.randint(0, 99):02}" for _ in "1234")]
    )


TIRAGES: dict[str, Callable[..., str]] = {
    "prix": _prix,
    "nombre": _nombre,
    "decimal": _decimal,
    "pourcent": lambda hasard, bas, haut: f"{hasard.randint(int(bas), int(haut))} %",
    "annee": lambda hasard, bas, haut: str(hasard.randint(int(bas), int(haut))),
    "heure": _heure,
    "date": _date,
    "date_annee": lambda hasard: f"{_date(hasard)} {hasard.randint(1985, 2031)}",
    "mois": lambda hasard: hasard.choice(MOIS),
    "jour": lambda hasard: hasard.choice(JOURS),
    "deux_jours": _deux_jours,
    "personne": lambda hasard: f"{hasard.choice(PRENOMS)} {hasard.choice(NOMS)}",
    "prenom": lambda hasard: hasard.choice(PRENOMS),
    "ville": lambda hasard: hasard.choice(VILLES),
    "nom_invente": nom_invente,
    "code": _code,
    "telephone": _telephone,
    "email": _email,
    "adresse": lambda hasard: f"{hasard.randint(2, 98)} rue {hasard.choice(VOIES)}",
}


def tirer(sorte: str, hasard: random.Random) -> str:
    """Une valeur de la sorte demandée, bornes et unité comprises : `nombre 2 30 jours`.

    Lève `KeyError` si la sorte n'existe pas.
    """
    nom, *arguments = sorte.split()
    return TIRAGES[nom](hasard, *arguments)


ACCORDS = (
    (re.compile(r"\b([Dd])e le (?=\w)"), r"\1u "),
    (re.compile(r"\b([Dd])e les "), r"\1es "),
    (re.compile(r"\bà le "), "au "),
    (re.compile(r"\bÀ le "), "Au "),
    (re.compile(r"\bà les "), "aux "),
    (re.compile(r"\b([Dd]|[Qq]u)e (?=[AEIOUYÉÈÊÂÎÔaeiouéèêâîô])"), r"\1'"),
)


def accorder(phrase: str) -> str:
    """Contractions et élisions : « de le » → « du », « de Anouk » → « d'Anouk » ; majuscule."""
    for motif, remplacement in ACCORDS:
        phrase = motif.sub(remplacement, phrase)
    return phrase[:1].upper() + phrase[1:]
