"""Alléger le HTML des pages sans rien changer à ce que l'on voit."""

from __future__ import annotations

import re

ABREVIATION = re.compile(r'<abbr title="([^"]*)">(.*?)</abbr>', re.S)
SANS_ABREVIATION = re.compile(r"<(h[1-6]|a|summary|dt)\b.*?</\1>", re.S)
JETON_SANS_COULEUR = re.compile(r'<span class="[nopw]">([^<]*)</span>|<span></span>')
JETONS_JUMEAUX = re.compile(r'(<span class="(\w+)">)[^<]*</span>(?:<span class="\2">[^<]*</span>)+')
QUESTIONS_DU_QUIZ = re.compile(r'\s*<nav class="md-nav" aria-label="Quiz">.*?</nav>', re.S)
TEL_QUEL = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.S)


def definir_une_fois(html: str) -> str:
    """Ne garde la définition d'un terme qu'à sa première apparition dans le texte courant."""
    html = SANS_ABREVIATION.sub(lambda bloc: sans_definition(bloc[0]), html)
    definis: set[str] = set()

    def garder(abreviation: re.Match[str]) -> str:
        nouveau = abreviation[1] not in definis
        definis.add(abreviation[1])
        return abreviation[0] if nouveau else abreviation[2]

    return ABREVIATION.sub(garder, html)


def sans_definition(html: str) -> str:
    """Les termes sans leur infobulle."""
    return ABREVIATION.sub(r"\2", html)


def alleger_code(html: str) -> str:
    """Retire du code colorié les balises qui ne changent rien à l'affichage."""

    def unir(jumeaux: re.Match[str]) -> str:
        return f"{jumeaux[1]}{re.sub('<[^>]*>', '', jumeaux[0])}</span>"

    return JETONS_JUMEAUX.sub(unir, JETON_SANS_COULEUR.sub(r"\1", html))


def sans_indentation(page: str) -> str:
    """La page sans l'indentation ni les lignes vides du gabarit, code excepté."""
    morceaux = TEL_QUEL.split(page)
    del morceaux[2::3]  # le nom de la balise, capturé par l'expression
    morceaux[::2] = [re.sub(r"\n\s+", "\n", morceau) for morceau in morceaux[::2]]
    return "".join(morceaux)


def sans_questions_du_quiz(page: str) -> str:
    """La page dont la table des matières mène au quiz, sans en dire les questions."""
    return QUESTIONS_DU_QUIZ.sub("", page)
