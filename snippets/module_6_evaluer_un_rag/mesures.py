"""Ce que partagent les programmes du module 6 : lire, reconnaître un fait, un refus."""

import json
import re
from pathlib import Path

DONNEES = Path(__file__).parents[1] / "donnees"
CITATION = re.compile(r"\[([^\]]+)\]")
REFUS = re.compile(
    r"\bje ne (peux|sais|trouve)\b|\bn'en parl|\baucun\w* (passage|extrait|information)"
    r"|\bne (répond|dit|disent|précise)\w* (pas|rien)\b"
    r"|\bn'est pas (indiqué|précisé|mentionné)"
)


def lire(fichier: Path) -> list[dict]:
    lignes = fichier.read_text("utf-8").splitlines() if fichier.exists() else []
    return [json.loads(ligne) for ligne in lignes]


def normaliser(texte: str) -> str:
    return " ".join(texte.casefold().replace("’", "'").split())


def contient(texte: str, fait: str) -> bool:
    """Le fait est-il dans ce texte, par mots entiers ?"""
    motif = rf"(?<!\w){re.escape(normaliser(fait))}(?!\w)"
    return re.search(motif, normaliser(texte)) is not None


def refuse(reponse: str) -> bool:
    """Cette réponse avoue-t-elle que rien n'a été trouvé ?"""
    return REFUS.search(normaliser(reponse)) is not None
