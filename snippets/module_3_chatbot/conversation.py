"""Une conversation : un tour entier, un budget de lecture, un fichier sûr."""

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from typing_extensions import TypedDict

from serveur import Refus

# --8<-- [start:tour]
REFLECHIR = "augmentez num_predict, ou passez think=False"


def entiere(texte: str, fin: Any, pensee: str = "") -> str:
    """Ce texte, si sa réponse est finie ; sinon un Refus, avec son remède."""
    if fin is None or not fin.done:
        raise Refus("Réponse inachevée, pas gardée : reposez la question.")
    if texte.strip():
        return visible(texte)
    if pensee:
        raise Refus(f"Le modèle a réfléchi sans répondre : {REFLECHIR}.")
    raise Refus("Réponse vide, pas gardée : reformulez, ou changez de modèle.")


def texte_de(reponse: Any) -> str:
    """Le texte d'une réponse reçue d'un bloc."""
    message = reponse.message
    return entiere(message.content or "", reponse, message.thinking or "")


def suivre(flux: Iterator[Any], montrer: Callable[[str], Any]) -> tuple[str, Any]:
    """Montre une réponse au fil de l'eau ; rend son texte et son dernier message."""
    texte, pensee, partie = "", "", None
    with contextlib.closing(flux):  # Ctrl+C compris : le serveur cesse de calculer
        for partie in flux:
            texte += partie.message.content or ""
            pensee += partie.message.thinking or ""
            montrer(visible(partie.message.content or ""))
    return entiere(texte, partie, pensee), partie


def visible(texte: str) -> str:
    """Sans caractère de contrôle : rien n'y commande le terminal."""
    net = texte.encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", net)


# --8<-- [end:tour]
# --8<-- [start:elaguer]
BALISES = 20  # octets comptés en plus pour chaque message : son rôle et ses séparateurs


def poids(messages: list) -> int:
    """Ce que le modèle aura à lire, en octets."""
    return sum(len(message["content"].encode()) + BALISES for message in messages)


def elaguer(messages: list, place: float) -> list:
    """Les tours les plus récents, entiers, qui tiennent dans cette place (octets)."""
    debut = len(messages)
    while debut and poids(messages[debut - 2 :]) <= place:
        debut -= 2
    return messages[debut:]


# --8<-- [end:elaguer]
# --8<-- [start:forme]
class Message(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: str


class Conversation(BaseModel, extra="forbid"):
    """Ce qui est sauvé : rien d'autre n'est nécessaire pour reprendre."""

    modele: str
    systeme: str = ""
    messages: list[Message] = []

    @model_validator(mode="after")
    def verifier_les_tours(self) -> "Conversation":
        roles = [message["role"] for message in self.messages]
        if roles != ["user", "assistant"] * (len(roles) // 2):
            raise ValueError("les rôles ne se suivent pas")
        return self


# --8<-- [end:forme]
# --8<-- [start:fichier]
def ecrire(fichier: Path, conversation: Conversation) -> None:
    """Écrit à côté, puis renomme : l'ancien fichier entier, ou le nouveau entier."""
    fichier = fichier.resolve()  # d'un lien, on remplace ce qu'il désigne
    provisoire = fichier.with_name(f".{fichier.name}.{os.getpid()}")
    try:
        with provisoire.open("w", encoding="utf-8") as neuf:
            neuf.write(conversation.model_dump_json(indent=1))
            neuf.flush()
            os.fsync(neuf.fileno())  # sur le disque avant de prendre le nom définitif
        provisoire.replace(fichier)
    finally:
        provisoire.unlink(missing_ok=True)


def lire(fichier: Path) -> Conversation:
    """La conversation d'un fichier ; un Refus s'il n'est pas entier et bien formé."""
    try:
        contenu = json.loads(fichier.read_bytes())  # UTF-8 ou UTF-16, avec ou sans BOM
        octets = json.dumps(contenu, ensure_ascii=False).encode()
        return Conversation.model_validate_json(octets)
    except OSError as erreur:
        raise Refus(f"« {fichier} » ne se lit pas ({erreur.strerror}).") from None
    except (ValueError, RecursionError) as erreur:
        raise Refus(
            f"« {fichier} » : {defaut(erreur)}. Il reste intact ; rangez-le ailleurs."
        ) from None


def defaut(erreur: Exception) -> str:
    """Où le fichier cesse d'être une conversation."""
    if isinstance(erreur, UnicodeError):
        return "il n'est pas en UTF-8"
    if isinstance(erreur, ValidationError):
        ou = ".".join(map(str, erreur.errors()[0]["loc"]))
        return f"« {ou} » ne convient pas" if ou else "ce n'est pas une conversation"
    return "il est coupé, ou ce n'est pas du JSON"


# --8<-- [end:fichier]
