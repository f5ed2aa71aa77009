"""La typographie française des pages : espaces insécables, guillemets, tirets, unités…

Chaque règle est une expression qui ne trouve que des fautes : ce qu'elle laisse passer n'est pas
garanti juste, ce qu'elle signale est à corriger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.controles import prose
from scripts.controles.probleme import Probleme
from scripts.controles.prose import MASQUE
from scripts.lecons import pages

INSECABLES = "\u00a0\u202f"
_LETTRE = r"[^\W\d_]"
_UNITES = r"(?:[kMGT]i?o|k?W|k?Wh|[µm]?s|min|h|%|€|°C|[kMG]?Hz|px|tokens/s)"
_APRES_A = r"(?:la|le|les|l’|un|une|cette?|ces|chaque|partir|propos|quoi|vous|nous|noter|retenir)"


@dataclass(frozen=True)
class Regle:
    """Une faute, ce qu'on en dit et ce qu'il faut écrire."""

    motif: re.Pattern[str]
    constat: str
    remede: str


def _regle(motif: str, constat: str, remede: str) -> Regle:
    return Regle(re.compile(motif), constat, remede)


REGLES = (
    _regle(
        r"(?<=\S) +(?:[;?!»](?!\[)|:(?=\s|$|\*))",
        "une espace ordinaire précède un signe double",
        "Mettez une espace insécable (U+00A0).",
    ),
    _regle("« ", "une espace ordinaire suit « ", "Mettez une espace insécable (U+00A0)."),
    _regle(
        rf"(?:{_LETTRE}|[\d)\]])[;?!»](?=\s|[*_]|$)|{_LETTRE}\*{{0,2}}:(?=\s|$)|«(?=\w)",
        "il manque une espace devant ou derrière un signe double",
        "Mettez une espace insécable (U+00A0).",
    ),
    _regle(
        rf"(?<={_LETTRE})'(?={_LETTRE}|[{MASQUE}*_«])",
        "l'apostrophe est droite",
        "Écrivez ’ (U+2019).",
    ),
    _regle(
        r'(?<![\w=])"(?=\w)|(?<=\w)"(?!\w)|“|”',
        "des guillemets ne sont pas français",
        "Écrivez « … », avec des espaces insécables.",
    ),
    _regle(
        rf"(?:^[ >#*\d.-]*|[.?!…] )A (?={_APRES_A}\b)|\bCa (?=[a-zé])|"
        r"\bE(?:tat|tape|cri[rt]|valu|vite|nergie|tant|tude|quipe|chec|chelle|cole|cran|change|gal)",
        "une majuscule a perdu son accent ou sa cédille",
        "Écrivez À, É ou Ç.",
    ),
    _regle(
        rf"(?<=[\w{MASQUE})»] )-{{1,3}}(?= [\w{MASQUE}(«])|(?<=\w)--(?=\w)",
        "un trait d'union sert de tiret",
        "Écrivez un tiret — (U+2014), ou − (U+2212) pour une soustraction.",
    ),
    _regle(r"\.\.\.", "trois points se suivent", "Écrivez … (U+2026)."),
    _regle(
        r"\betc(?:\.?…|\.{2,}|(?![.\w]))|[^,] etc\.",
        "« etc. » est mal écrit",
        "Écrivez « , etc. » : une virgule avant, un seul point, jamais de points de suspension.",
    ),
    _regle(
        rf"(?<=\d) {_UNITES}(?![\w’/-])|(?<=\d){_UNITES}(?<!\ds)(?<!\dh)(?![\w’/-])",
        "un nombre et son unité ne sont pas liés",
        "Séparez-les par une espace insécable (U+00A0).",
    ),
    _regle(
        r"(?<![\d.,])\d{1,3} \d{3}(?!\d)",
        "les milliers sont séparés par une espace ordinaire",
        "Mettez une espace insécable (U+00A0).",
    ),
    _regle(
        rf"(?<![\d.])\d+\.\d+[ {INSECABLES}]{_UNITES}(?![\w’/-])",
        "le séparateur décimal est un point",
        "Écrivez une virgule.",
    ),
    _regle(r"\d[ \u00a0]?[KMG]B\b", "une unité est anglaise", "Écrivez Ko, Mo ou Go."),
    _regle(
        r"\b1(?:ère|ere|ier)s?\b|\b\d+(?:ème|eme|ième)s?\b",
        "un ordinal est mal abrégé",
        "Écrivez 1er, 1re, 2e.",
    ),
)


def fautes(texte: str) -> Iterator[tuple[Regle, str]]:
    """Les fautes d'une ligne masquée, chacune avec quelques caractères de son contexte."""
    for regle in REGLES:
        for faute in regle.motif.finditer(texte):
            contexte = texte[max(0, faute.start() - 15) : faute.end() + 15]
            yield regle, re.sub(f"{MASQUE}+", "▮", contexte).strip()


def controler() -> list[Probleme]:
    """Les fautes de typographie des pages.

    Les carnets attendent : corriger leur texte oblige à les réexécuter.
    """
    return [
        Probleme(f"{ligne.fichier}:{ligne.numero}", f"{regle.constat} (« {ou} »)", regle.remede)
        for page in pages.toutes()
        for ligne in prose.du_markdown(page)
        for regle, ou in fautes(ligne.texte)
    ]
