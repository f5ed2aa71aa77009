"""Écrire du français sur n'importe quel affichage, et dans n'importe quel fichier."""

import codecs
import sys
import unicodedata

EQUIVALENTS = {"→": "->", "’": "'", "…": "...", "«": '"', "»": '"', "œ": "oe"}


def sans_accent(signe):
    lettres = unicodedata.normalize("NFKD", signe).encode("ascii", "ignore").decode()
    return lettres or "?"


def approcher(erreur):
    refuses = erreur.object[erreur.start : erreur.end]
    proches = (EQUIVALENTS.get(signe) or sans_accent(signe) for signe in refuses)
    return "".join(proches), erreur.end


def accepter_tous_les_signes():
    """Un signe que l'affichage ne connaît pas est remplacé, et n'arrête plus rien."""
    codecs.register_error("approcher", approcher)
    for flux in (sys.stdout, sys.stderr):
        flux.reconfigure(errors="approcher")
