"""Un assistant de terminal : il garde le fil, sauve la conversation et la reprend.

Usage : python assistant.py [--modele NOM] [--reprendre FICHIER] [--delai SECONDES]
        [--reponse TOKENS] [--sans-reflexion] [--trace FICHIER] ["message" ...]
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from commandes import COMMANDES
from conversation import Conversation, lire, visible
from seance import Seance, demander
from serveur import (
    Refus,
    connecter,
    exiger_modele,
    expliquer,
    rendre_lisible,
    taire_la_sortie,
)

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
CONSIGNE = "Tu aides une personne. Réponds-lui en français, en une phrase courte."
INTERROMPU = 130
USAGE = " ".join(__doc__.partition("\n\n")[2].split())


def traiter(seance: Seance, saisie: str) -> bool:
    """Une commande ou une question ; dit si tout s'est bien passé."""
    try:
        repondre(seance, saisie)
        return True
    except BrokenPipeError:
        raise
    except Exception as erreur:
        phrase = expliquer(erreur)
        if phrase is None:
            raise
    print(phrase)
    return False


def repondre(seance: Seance, saisie: str) -> None:
    commande, _, argument = saisie.partition(" ")
    if not saisie:
        raise Refus("Message vide : écrivez une question, ou /aide.")
    if not saisie.startswith("/"):
        demander(seance, saisie)
    elif commande in COMMANDES:
        COMMANDES[commande](seance, argument)
    else:
        raise Refus(f"Commande inconnue : {commande}. Tapez /aide pour la liste.")


def saisies(messages: list[str]) -> Iterator[str]:
    """Les messages de la ligne de commande ou, s'il n'y en a pas, ceux du clavier."""
    for message in messages:
        print(f"\nVous > {message}")
        yield propre(message)
    if not messages:
        with contextlib.suppress(EOFError, RuntimeError):  # Ctrl+D, entrée fermée
            yield from iter(lambda: propre(input("\nVous > ")), "/quitter")


def propre(texte: str) -> str:
    return " ".join(visible(texte).split())


def fermer(seance: Seance) -> bool:
    """Sauve ce qui ne l'est pas ; dit si rien n'est perdu."""
    vide = not seance.conversation.messages
    return seance.sauvee or vide or traiter(seance, "/sauver")


def ouvrir(choix: argparse.Namespace) -> Seance:
    client = connecter(choix.delai)
    conversation = Conversation(modele=MODELE, systeme=CONSIGNE)
    if choix.reprendre:
        conversation = lire(choix.reprendre)
    conversation.modele = (choix.modele or conversation.modele).strip()
    exiger_modele(client, conversation.modele)
    nombre = len(conversation.messages)
    print(f"{conversation.modele}, {nombre} messages repris. /aide pour les commandes.")
    return Seance(client, conversation, choix, choix.reprendre)


def dialoguer(seance: Seance) -> int:
    """Joue les saisies ; rend le code de sortie."""
    try:
        reussis = [traiter(seance, saisie) for saisie in saisies(seance.choix.messages)]
        return 0 if all(reussis) or not seance.choix.messages else 1
    except KeyboardInterrupt:
        print("\nInterrompu.")
        return INTERROMPU
    except OSError:
        taire_la_sortie()  # plus personne ne lit : sauver, et partir
        return 1


class Analyseur(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise Refus(f"Commande incomprise ({message}). {USAGE}")


def positif(texte: str) -> int:
    if not texte.isdecimal() or not 0 < int(texte) <= 100_000:
        raise argparse.ArgumentTypeError("un nombre entier, de 1 à 100000")
    return int(texte)


def lire_la_ligne() -> argparse.Namespace:
    analyseur = Analyseur(description=__doc__.splitlines()[0])
    analyseur.add_argument("messages", nargs="*", help="joués l'un après l'autre")
    analyseur.add_argument("--modele", help="son nom, comme dans « ollama list »")
    analyseur.add_argument("--reprendre", type=Path, help="une conversation sauvée")
    delai = "attente entre deux morceaux, en secondes"
    analyseur.add_argument("--delai", type=positif, default=300, help=delai)
    analyseur.add_argument("--reponse", type=positif, default=300, help="en tokens")
    analyseur.add_argument("--sans-reflexion", action="store_true", help="think=False")
    analyseur.add_argument("--trace", type=Path, help="une ligne JSON par requête")
    return analyseur.parse_args()


def main() -> None:
    rendre_lisible()
    try:
        seance = ouvrir(lire_la_ligne())
    except KeyboardInterrupt:
        sys.exit(INTERROMPU)
    except Refus as refus:
        sys.exit(f"{refus}")
    try:
        code = dialoguer(seance)
    finally:
        sauvee = fermer(seance)  # même si le programme a un défaut
    sys.exit(code if sauvee else 1)


if __name__ == "__main__":
    main()
