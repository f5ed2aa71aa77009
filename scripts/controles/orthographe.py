"""L'orthographe de tout ce qu'on lit : Hunspell, le dictionnaire français et la liste du cours.

Le moteur est le vrai Hunspell (paquet Python `chunspell`), le dictionnaire celui de Dicollecte
(paquet npm `dictionary-fr`). `docs/mots.txt` contient les mots du cours, un par ligne : en
minuscules, un mot est admis aussi avec une majuscule ; avec une majuscule, seulement ainsi.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from scripts.controles import prose
from scripts.controles.probleme import Probleme
from scripts.controles.prose import Ligne
from scripts.outillage import frontal
from scripts.socle import chemins, fichiers
from scripts.socle.erreurs import ErreurCours

DICTIONNAIRE = frontal.NODE_MODULES / "dictionary-fr"
LISTE = "docs/mots.txt"
SUGGESTIONS = 3
# Hunspell met un dixième de seconde à proposer : au-delà, les mots sont donnés sans proposition.
MOTS_AVEC_SUGGESTIONS = 40
_JETON = re.compile(r"[\w'’.:/@_-]+")
_MOT = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)'", re.IGNORECASE)


class Correcteur(Protocol):
    """Ce qu'il faut de Hunspell."""

    def spell(self, mot: str) -> bool:
        """Vrai si le dictionnaire connaît `mot`."""

    def suggest(self, mot: str) -> Sequence[str]:
        """Les mots proches, du plus probable au moins probable."""


@cache
def hunspell() -> Correcteur:
    """Hunspell et le dictionnaire français. Lève `ErreurCours` si l'un des deux manque."""
    try:
        from hunspell import Hunspell
    except ImportError as erreur:
        raise ErreurCours("Le paquet chunspell manque. Lancez « make lint ».") from erreur
    if not (DICTIONNAIRE / "index.dic").is_file():
        raise ErreurCours("Le paquet npm dictionary-fr manque. Lancez « make lint ».")
    correcteur: Correcteur = Hunspell("index", hunspell_data_dir=str(DICTIONNAIRE))
    return correcteur


def mots(texte: str) -> Iterator[str]:
    """Les mots d'une ligne masquée, apostrophes droites.

    Ni les sigles, ni ce qui porte un chiffre, un point, une majuscule intérieure : ce sont des noms
    de fichiers, d'options ou de produits.
    """
    for jeton in _JETON.findall(texte):
        mot = jeton.replace("’", "'").strip("'.:/-_")
        if _MOT.fullmatch(mot) and len(mot) > 1 and not re.search(r"\w[A-ZÀ-Ý]", mot):
            yield mot


class Lexique:
    """Les mots que connaît le dictionnaire, ou que le cours admet."""

    def __init__(self, correcteur: Correcteur, admis: Iterable[str]) -> None:
        self.correcteur = correcteur
        self.admis = frozenset(admis)
        self.utiles: set[str] = set()
        self._verdicts: dict[str, bool] = {}

    def connait(self, mot: str) -> bool:
        """Vrai si `mot` est juste, tel quel, sans son élision, ou trait d'union par trait d'union.

        Note au passage quels mots admis ont servi.
        """
        if mot not in self._verdicts:
            self._verdicts[mot] = self._connait(mot)
        return self._verdicts[mot]

    def _connait(self, mot: str) -> bool:
        nu = _ELISION.sub("", mot)
        for forme in dict.fromkeys((mot, nu)):
            if self.correcteur.spell(forme):
                return True
            if admise := {forme, forme[:1].lower() + forme[1:]} & self.admis:
                self.utiles |= admise
                return True
        morceaux = [morceau for morceau in nu.split("-") if len(morceau) > 1]
        return "-" in nu and all(map(self.connait, morceaux))


def inconnus(lignes: Iterable[Ligne], lexique: Lexique) -> dict[str, list[Ligne]]:
    """Chaque mot inconnu et les lignes où il se trouve."""
    trouves: dict[str, list[Ligne]] = {}
    for ligne in lignes:
        for mot in mots(ligne.texte):
            if not lexique.connait(mot):
                trouves.setdefault(_ELISION.sub("", mot), []).append(ligne)
    return trouves


def fichier_des_mots() -> Path:
    """La liste des mots du cours."""
    return chemins.RACINE / LISTE


def lire_la_liste() -> list[str]:
    """Les mots du cours, dans l'ordre du fichier ; aucun s'il n'existe pas."""
    fichier = fichier_des_mots()
    return fichier.read_text(encoding="utf-8").split() if fichier.is_file() else []


def trier(liste: Iterable[str]) -> list[str]:
    """L'ordre de la liste : sans doublon, casse ignorée."""
    return sorted(set(liste), key=lambda mot: (mot.casefold(), mot))


def controler(correcteur: Correcteur | None = None) -> list[Probleme]:
    """Les mots inconnus du dépôt, puis ce qui ne va pas dans la liste."""
    correcteur = correcteur or hunspell()
    liste = lire_la_liste()
    lexique = Lexique(correcteur, liste)
    trouves = inconnus(prose.toute(), lexique)
    problemes = [
        _probleme(mot, lignes, correcteur if rang < MOTS_AVEC_SUGGESTIONS else None)
        for rang, (mot, lignes) in enumerate(sorted(trouves.items()))
    ]
    return [*problemes, *_defauts_de_la_liste(liste, lexique)]


def _probleme(mot: str, lignes: list[Ligne], correcteur: Correcteur | None) -> Probleme:
    ailleurs = len(lignes) - 1
    constat = f"mot inconnu « {mot} »" + (f", et {ailleurs} fois ailleurs" if ailleurs else "")
    proches = ", ".join(correcteur.suggest(mot)[:SUGGESTIONS]) if correcteur else ""
    remede = f"Corrigez-le, ou ajoutez-le à {LISTE}."
    if proches:
        remede = f"Vouliez-vous écrire {proches} ? {remede}"
    return Probleme(f"{lignes[0].fichier}:{lignes[0].numero}", constat, remede)


def _defauts_de_la_liste(liste: list[str], lexique: Lexique) -> Iterator[Probleme]:
    if liste != trier(liste):
        remede = "Lancez « .venv/bin/python -m scripts mots », qui la trie."
        yield Probleme(LISTE, "la liste n'est pas triée, ou se répète", remede)
    for mot in sorted(set(liste) - lexique.utiles):
        yield Probleme(LISTE, f"« {mot} » ne sert pas", "Retirez-le de la liste.")


def completer(correcteur: Correcteur | None = None) -> tuple[list[str], list[str]]:
    """Remet la liste d'aplomb : triée, sans mot inutile, avec les mots inconnus.

    Rend les mots ajoutés, qu'une personne doit relire, et les mots retirés.
    """
    ancienne = set(lire_la_liste())
    lexique = Lexique(correcteur or hunspell(), ancienne)
    ajoutes = set(inconnus(prose.toute(), lexique))
    nouvelle = trier(lexique.utiles | ajoutes)
    fichiers.ecrire(fichier_des_mots(), "".join(f"{mot}\n" for mot in nouvelle))
    return trier(ajoutes), trier(ancienne - lexique.utiles)
