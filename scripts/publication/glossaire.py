"""Le glossaire, en infobulles."""

from __future__ import annotations

import re

from scripts.socle import chemins

TERME = re.compile(
    r"^(?P<terme>[^\s:#].*)\n(?:\n)?:\s+(?P<definition>.+(?:\n[ \t]+\S.*)*)", re.MULTILINE
)


def abreviations() -> str:
    """Une infobulle par terme du glossaire : sa première phrase."""
    glossaire = chemins.DOCS / "annexes" / "glossaire.md"
    if not glossaire.is_file():
        return ""
    termes = TERME.finditer(glossaire.read_text(encoding="utf-8"))
    return "".join(
        f"*[{_sans_balises(terme['terme'])}]: {_premiere_phrase(terme['definition'])}\n"
        for terme in termes
    )


def _premiere_phrase(definition: str) -> str:
    texte = _sans_balises(definition.replace("\n", " "))
    texte = re.sub(r"\s{2,}", " ", texte)
    return re.split(r"(?<=[.!?])\s", texte, maxsplit=1)[0]


def _sans_balises(texte: str) -> str:
    """Retire liens, emphases, code et attributs Markdown d'un texte court."""
    texte = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", texte)
    texte = re.sub(r"\{[^}]*\}", "", texte)
    return re.sub(r"[*_`]", "", texte).strip()
