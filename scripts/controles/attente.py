"""Les marques d'un texte inachevé, et les renvois que le site n'a pas compris.

Ce module reçoit ce que le lecteur voit, jamais le Markdown : le gras, les entités et les retours à
la ligne n'y cachent donc rien. `CODE` y tient la place de chaque code en ligne.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

# Des signes d'usage privé, qu'aucune page n'emploie : un code en ligne, une accolade échappée.
CODE = "\ue002"
ACCOLADE = "\ue003"

_MAJUSCULES = (
    "FAIRE|COMPL[ÉE]TER|MESURER|VENIR|D[ÉE]FINIR|PR[ÉE]CISER|INS[ÉE]RER|CONFIRMER|REVOIR|RELIRE"
    "|[ÉE]CRIRE|TESTER|CORRIGER|AJOUTER|SUPPRIMER|REMPLIR|R[ÉE]DIGER|V[ÉE]RIFIER|TRADUIRE|FINIR"
)
_MINUSCULES = _MAJUSCULES.lower()
# Ce qui ne se dit que d'un texte : « à faire » ou « à venir » se disent aussi du reste.
_D_UN_TEXTE = "compl[ée]ter|remplir|r[ée]diger|ins[ée]rer|pr[ée]ciser|d[ée]finir|confirmer"
_A = r"(?<!\w)[ÀA][ _-]"
INACHEVE = re.compile(
    rf"\[[^\[\]]*{_A}(?:{_MAJUSCULES})\b[^\[\]]*\]"
    rf"|{_A}(?:{_MAJUSCULES})\b(?!-)"
    rf"|\[ ?[àÀA][ -](?:{_MINUSCULES})\b[^\[\]]*\]|< ?à (?:{_MINUSCULES})\b[^<>]*>"
    rf"|\( ?à (?:{_D_UN_TEXTE}) ?\)|« ?à (?:{_D_UN_TEXTE}) ?»"
    r"|(?<![\w./#@-])(?i:todo|fixme|tbd|lorem ipsum)(?:_\d+)?(?![\w-]|\.\w)"
    r"|\b(?:TBC|WIP|PLACEHOLDER|TKTK|XX+|xxx+)\b|\bINS[ÉE]RER ICI\b|\[ins[ée]rer\b[^\[\]]*\]"
    r"|(?<![\w…])(?:X|_{2,}|nan|NaN|None|\?{2,}|…|\.{3}) %|\?{3,}|\b_{2,}[A-Z]+_{2,}"
    r"|\[(?i:chiffre|nombre|valeur|score)s?\b[^\[\]]*\]|<[A-ZÀ-Ý_]{3,}>"
    r"|%\(\w+\)[a-z]?|\$\{\w+\}|\$[A-Z_]{2,}\b|@@\w+@@|\{\{[^}]*\}\}|\{%[^}]*%\}|\{#[^}]*#\}"
)
# `{clé}` ou `{bras.mesure, précision}` : un trou que rien n'a rempli.
TROU = re.compile(r"\{ ?(?:[\w-]+(?::\.?\w+)?|[\w-]+\.[\w-]+(?:[,:][^{}]*)?) ?\}|\{\}")
MESURE = re.compile(rf"\[?{_A}MESURER\b[^\[\]]*\]?")
SEULE = re.compile(rf"à (?:{_D_UN_TEXTE})")
EN_COMMENTAIRE = re.compile(rf"[àÀ] (?:{_MINUSCULES})\b.*")
ADRESSE = re.compile(r"\b[a-z]+://\S+|\bwww\.\S+")
RENVOI = re.compile(
    rf"(?<![\w\]{CODE}])!?\[[^\[\]]+\]\[[^\[\]]*\](?!\[)|\[\^[\w-]+\]"
    r"|\[[^\[\]]+\] ?\((?:https?:|[\w./-]+\.(?:md|html|ipynb|py|sh|json|svg|png|zip|toml)\b)"
    r"[^()]*\)"
)


def normaliser(texte: str) -> str:
    """Le texte en NFC, chaque suite de blancs, insécables compris, réduite à une espace."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(texte)).split())


def du_texte(texte: str) -> Iterator[str]:
    """Les marques d'attente d'un paragraphe, d'un titre, d'une légende ou d'un attribut."""
    nu = ADRESSE.sub("", normaliser(texte))
    yield from (trouve[0] for trouve in INACHEVE.finditer(nu))
    yield from (trouve[0] for trouve in TROU.finditer(INACHEVE.sub("", nu)))


def du_code(texte: str) -> Iterator[str]:
    """La seule marque qu'un code en ligne ne peut pas citer : celle d'une mesure à venir."""
    yield from (trouve[0] for trouve in MESURE.finditer(normaliser(texte)))


def du_gras(texte: str) -> Iterator[str]:
    """« à compléter », si c'est tout ce qui est en gras ou en italique."""
    if SEULE.fullmatch(normaliser(texte)):
        yield normaliser(texte)


def du_commentaire(texte: str) -> Iterator[str]:
    """Les marques d'attente d'un commentaire, où une accolade ne dit rien."""
    nu = ADRESSE.sub("", normaliser(texte))
    if EN_COMMENTAIRE.fullmatch(nu):
        yield nu
        return
    yield from (trouve[0] for trouve in INACHEVE.finditer(nu))


def renvois_incompris(texte: str) -> Iterator[str]:
    """Les liens et les notes qui s'affichent avec leurs crochets, faute de cible."""
    yield from (trouve[0] for trouve in RENVOI.finditer(normaliser(texte)))
