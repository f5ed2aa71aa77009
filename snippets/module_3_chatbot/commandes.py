"""Les commandes de l'assistant : chacune sa fonction, dont la docstring est l'aide."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from conversation import ecrire
from seance import LECTURE, Seance, demander_du_json
from serveur import Refus, exiger_modele, installes


def aide(seance: Seance, argument: str) -> None:
    """montre cette liste"""
    for nom, fonction in COMMANDES.items():
        print(f"  {nom:9} {fonction.__doc__}")
    print("  /quitter  sauve ce qui ne l'est pas, puis termine (ou Ctrl+D)")


def modele(seance: Seance, nom: str) -> None:
    """[nom] change de modèle ; sans nom, liste les modèles installés"""
    if nom:
        exiger_modele(seance.client, nom)
        seance.conversation.modele, seance.sauvee = nom, False
    print(f"Modèle : {seance.conversation.modele}")
    if not nom:
        print("Installés :", ", ".join(installes(seance.client)))


def systeme(seance: Seance, texte: str) -> None:
    """[texte] fixe la consigne ; sans texte, montre celle en place"""
    if len(texte.encode()) > LECTURE:
        raise Refus("Consigne trop longue : elle prendrait la moitié de la fenêtre.")
    if texte:
        seance.conversation.systeme, seance.sauvee = texte, False
    print(f"Consigne : {seance.conversation.systeme or 'aucune'}")


def sauver(seance: Seance, nom: str) -> None:
    """[nom] écrit la conversation dans nom.json"""
    if not seance.conversation.messages:
        raise Refus("Rien à sauver : la conversation est vide.")
    date = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
    fichier = seance.fichier or Path(f"conversation-{date}.json")
    if nom:
        if not re.fullmatch(r"[\w-]{1,60}", nom):
            raise Refus("Un nom : lettres, chiffres et tirets, 60 au plus.")
        fichier = Path(f"{nom}.json")
        if fichier.exists() and fichier != seance.fichier:
            raise Refus(f"« {fichier} » existe déjà : choisissez un autre nom.")
    ecrire(fichier, seance.conversation)
    seance.fichier, seance.sauvee = fichier, True
    print(f"{len(seance.conversation.messages)} messages sauvés dans {fichier}.")


def oublier(seance: Seance, argument: str) -> None:
    """repart d'une conversation vide ; la consigne et les fichiers restent"""
    nombre = len(seance.conversation.messages)
    seance.conversation.messages, seance.fichier, seance.sauvee = [], None, True
    print(f"{nombre} messages oubliés.")


COMMANDES: dict[str, Callable[[Seance, str], None]] = {
    "/aide": aide,
    "/modele": modele,
    "/systeme": systeme,
    "/json": demander_du_json,
    "/sauver": sauver,
    "/oublier": oublier,
}
