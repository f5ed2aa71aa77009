"""Un assistant de terminal : il garde le fil, sauve la conversation et la reprend.

Usage : python assistant.py [--modele NOM] [--reprendre FICHIER] [--delai SECONDES] ["message" ...]
"""

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import httpx
import ollama
from pydantic import BaseModel, ConfigDict, model_validator
from rich.console import Console
from rich.table import Table

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
FENETRE, REPONSE, PAR_TOKEN = 2048, 300, 2  # tokens, tokens, caractères (compte prudent)
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": FENETRE, "num_predict": REPONSE}
# Une réponse peut contenir « [red] » : Rich n'y voit aucune consigne de style.
console = Console(markup=False, emoji=False, highlight=False)


class Refus(Exception):
    """Ce que l'on ne fera pas ; le message, une phrase, est montré tel quel."""


class Message(BaseModel):
    role: Literal["user", "assistant"]
    content: str


class Conversation(BaseModel):
    """Ce qui est sauvé : rien d'autre n'est nécessaire pour reprendre."""

    model_config = ConfigDict(extra="forbid")
    modele: str
    systeme: str = ""
    messages: list[Message] = []

    @model_validator(mode="after")
    def verifier_les_tours(self) -> "Conversation":
        if [m.role for m in self.messages] != ["user", "assistant"] * (len(self.messages) // 2):
            raise ValueError("les rôles ne se suivent pas")
        return self


@dataclass
class Seance:
    client: ollama.Client
    conversation: Conversation
    fichier: Path | None = None
    sauvee: bool = True


def visible(texte: str) -> str:
    """Sans caractère de contrôle ni moitié de caractère : rien n'y commande le terminal."""
    entier = texte.encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", entier)


def propre(texte: str) -> str:
    return " ".join(visible(texte).split())


# --- Les fichiers : entiers, ou rien ---


def ecrire(fichier: Path, conversation: Conversation) -> None:
    provisoire = fichier.with_name(f".{fichier.name}.{os.getpid()}")
    try:
        with provisoire.open("w", encoding="utf-8") as neuf:
            neuf.write(conversation.model_dump_json(indent=1))
            neuf.flush()
            os.fsync(neuf.fileno())  # sur le disque avant de prendre le nom définitif
        provisoire.replace(fichier)
    finally:
        provisoire.unlink(missing_ok=True)


def relire(fichier: Path) -> Conversation:
    try:
        return Conversation.model_validate_json(fichier.read_bytes())
    except OSError as erreur:
        raise Refus(f"« {fichier} » ne se lit pas ({erreur.strerror}).") from None
    except ValueError:
        raise Refus(f"« {fichier} » n'est pas une conversation sauvée ; il reste intact.") from None


# --- Le modèle ---


def installes(client: ollama.Client) -> list[str]:
    return sorted(f"{modele.model}".removesuffix(":latest") for modele in client.list().models)


def exiger(client: ollama.Client, nom: str) -> None:
    if nom.removesuffix(":latest") not in (noms := installes(client)):
        presents = ", ".join(noms) or "aucun"
        raise Refus(f"Modèle absent. Tapez : ollama pull {nom} (installés : {presents}).")


def choisir(conversation: Conversation, question: str) -> list[Message]:
    """Les tours récents qui tiennent dans la fenêtre avec la consigne, la question, la réponse."""
    place = (FENETRE - REPONSE) * PAR_TOKEN - len(conversation.systeme) - len(question)
    if place < 0:
        raise Refus("Message trop long pour la fenêtre du modèle : raccourcissez-le.")
    gardes: list[Message] = []
    for debut in range(len(conversation.messages) - 2, -1, -2):
        paire = conversation.messages[debut : debut + 2]
        place -= sum(len(message.content) + 20 for message in paire)
        if place < 0:
            break
        gardes = paire + gardes
    return gardes


def attendre(flux: Iterator[ollama.ChatResponse]) -> Iterator[ollama.ChatResponse]:
    """Le même flux, avec un signe de vie jusqu'au premier mot."""
    with console.status("Le modèle lit la conversation…"):
        premier = next(flux, None)
    yield from (premier,) if premier else ()
    yield from flux


def demander(seance: Seance, saisie: str) -> None:
    """Affiche la réponse au fil de l'eau ; ne garde le tour que s'il est allé jusqu'au bout."""
    conversation = seance.conversation
    question, gardes = Message(role="user", content=saisie), choisir(conversation, saisie)
    if oublies := len(conversation.messages) - len(gardes):
        console.print(f"(Les {oublies // 2} premiers échanges ne tiennent plus dans la fenêtre.)")
    systeme = [{"role": "system", "content": conversation.systeme}] * bool(conversation.systeme)
    messages = [*systeme, *(m.model_dump() for m in [*gardes, question])]
    texte, fin = "", None
    flux = seance.client.chat(conversation.modele, messages, stream=True, options=OPTIONS)
    try:
        for fin in attendre(flux):
            morceau = visible(fin.message.content or "")
            texte += morceau
            console.out(morceau, end="")
    except KeyboardInterrupt:
        flux.close()
        raise Refus("Réponse interrompue ; la conversation reste comme avant.") from None
    finally:
        console.print(" […] (réponse coupée)" if fin and fin.done_reason == "length" else "")
    if not texte.strip() or not fin.done:
        raise Refus("Réponse vide ou inachevée, pas gardée. Posez la question à nouveau.")
    conversation.messages += [question, Message(role="assistant", content=texte)]
    seance.sauvee = False


# --- Les commandes ---


def aide(seance: Seance, argument: str) -> None:
    """montre cette liste"""
    tableau = Table(show_header=False, box=None)
    for nom, fonction in COMMANDES.items():
        tableau.add_row(nom, fonction.__doc__)
    tableau.add_row("/quitter", "sauve ce qui ne l'est pas, puis termine (ou Ctrl+D)")
    console.print(tableau)


def modele(seance: Seance, nom: str) -> None:
    """[nom] change de modèle ; sans nom, liste les modèles installés"""
    if not nom:
        for installe in installes(seance.client):
            console.print(f"{'*' if installe == seance.conversation.modele else ' '} {installe}")
        return
    exiger(seance.client, nom)
    seance.conversation.modele, seance.sauvee = nom.removesuffix(":latest"), False
    console.print(f"Modèle : {nom}. La conversation continue avec lui.")


def systeme(seance: Seance, texte: str) -> None:
    """[texte] fixe la consigne ; sans texte, montre celle en place"""
    if len(texte) > 2000:
        raise Refus("Consigne trop longue : 2 000 caractères au plus.")
    if texte:
        seance.conversation.systeme, seance.sauvee = texte, False
    console.print(f"Consigne : {seance.conversation.systeme or 'aucune'}")


def sauver(seance: Seance, nom: str) -> None:
    """[nom] écrit la conversation dans nom.json"""
    if not seance.conversation.messages:
        raise Refus("Rien à sauver : la conversation est vide.")
    fichier = seance.fichier or Path(f"conversation-{datetime.now():%Y%m%d-%H%M%S-%f}.json")
    if nom:
        if not re.fullmatch(r"[\w-]{1,60}", nom):
            raise Refus("Un nom de conversation : lettres, chiffres, tirets, 60 au plus.")
        fichier = Path(f"{nom}.json")
        if fichier.exists() and fichier != seance.fichier:
            raise Refus(f"« {fichier} » existe déjà : choisissez un autre nom.")
    ecrire(fichier, seance.conversation)
    seance.fichier, seance.sauvee = fichier, True
    console.print(f"{len(seance.conversation.messages)} messages sauvés dans {fichier}.")


def oublier(seance: Seance, argument: str) -> None:
    """repart d'une conversation vide ; la consigne et les fichiers restent"""
    nombre = len(seance.conversation.messages)
    seance.conversation.messages, seance.fichier, seance.sauvee = [], None, True
    console.print(f"{nombre} messages oubliés.")


COMMANDES: dict[str, Callable[[Seance, str], None]] = {
    "/aide": aide,
    "/modele": modele,
    "/systeme": systeme,
    "/sauver": sauver,
    "/oublier": oublier,
}


# --- La séance ---


def expliquer(erreur: Exception, seance: Seance) -> str:
    """Une phrase pour une erreur que l'on sait survivre."""
    if isinstance(erreur, Refus):
        return f"{erreur}"
    if isinstance(erreur, httpx.TimeoutException):
        return "Ollama ne dit plus rien : délai dépassé. La conversation est intacte."
    if isinstance(erreur, ConnectionError | httpx.HTTPError):
        return "Ollama ne répond pas : lancez « ollama serve ». La conversation est intacte."
    if isinstance(erreur, ollama.ResponseError) and erreur.status_code == 404:
        return f"Modèle absent. Tapez : ollama pull {seance.conversation.modele}"
    if isinstance(erreur, OSError):
        return f"Écriture impossible ({erreur.strerror}). La conversation reste en mémoire."
    return f"Ollama refuse, ou ce n'est pas lui qui répond : {erreur}."


ERREURS = (Refus, httpx.HTTPError, ollama.ResponseError, OSError, ValueError)


def traiter(seance: Seance, saisie: str) -> bool:
    """Une commande ou une question ; dit si tout s'est bien passé."""
    commande, _, argument = saisie.partition(" ")
    try:
        if not saisie:
            raise Refus("Message vide : écrivez une question, ou /aide.")
        if not saisie.startswith("/"):
            demander(seance, saisie)
        elif commande in COMMANDES:
            COMMANDES[commande](seance, argument)
        else:
            raise Refus(f"Commande inconnue : {commande}. Tapez /aide pour la liste.")
    except ERREURS as erreur:
        console.print(expliquer(erreur, seance))
        return False
    return True


def saisies(messages: list[str]) -> Iterator[str]:
    """Les messages de la ligne de commande ou, s'il n'y en a pas, ceux du clavier."""
    for message in messages:
        console.print(f"\nVous > {message}")
        yield propre(message)
    if not messages:
        yield from iter(lambda: propre(console.input("\nVous > ")), "/quitter")


def fermer(seance: Seance) -> bool:
    return seance.sauvee or not seance.conversation.messages or traiter(seance, "/sauver")


def ouvrir(choix: argparse.Namespace) -> Seance:
    client = ollama.Client(timeout=choix.delai)
    conversation = relire(choix.reprendre) if choix.reprendre else Conversation(modele=MODELE)
    conversation.modele = choix.modele or conversation.modele
    seance = Seance(client, conversation, choix.reprendre)
    try:
        exiger(client, conversation.modele)
    except ERREURS as erreur:
        raise Refus(expliquer(erreur, seance)) from None
    nombre = len(conversation.messages)
    console.print(f"{conversation.modele}, {nombre} messages repris. /aide pour les commandes.")
    return seance


class Analyseur(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        sys.exit(f"Commande incomprise. {__doc__.strip().splitlines()[-1]}")


def main() -> None:
    analyseur = Analyseur(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    analyseur.add_argument("messages", nargs="*", help="joués l'un après l'autre, sans dialogue")
    analyseur.add_argument("--modele")
    analyseur.add_argument("--reprendre", type=Path)
    analyseur.add_argument("--delai", type=float, default=120, help="secondes entre deux morceaux")
    choix = analyseur.parse_args()
    seance, reussi = None, True
    try:
        seance = ouvrir(choix)
        with contextlib.suppress(EOFError):
            for saisie in saisies(choix.messages):
                reussi &= traiter(seance, saisie)
    except Refus as refus:
        sys.exit(f"{refus}")
    except KeyboardInterrupt:
        console.print("\nInterrompu.")
        sys.exit(130 if seance is None or fermer(seance) else 1)
    sys.exit(0 if fermer(seance) and (reussi or not choix.messages) else 1)


if __name__ == "__main__":
    main()
