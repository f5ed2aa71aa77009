"""Parler au modèle : une réponse, ou une phrase qui dit ce qui manque."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048}
GABARIT = Path(__file__).with_name("gabarits") / "outils.tmpl"
DELAI = 120.0  # secondes


# --8<-- [start:interroger]
def interroger(messages: list, maximum: int, modele: str = MODELE, **reglages):
    """Le message du modèle ; `reglages` : tools ou format, ceux d'`ollama.chat`."""
    sys.stdout.reconfigure(errors="replace")  # « ? » sur une console étroite
    options = {**OPTIONS, "num_predict": maximum}
    with client_ou_phrase(modele) as client:
        return client.chat(modele, messages, options=options, **reglages).message


# --8<-- [end:interroger]
@contextmanager
def client_ou_phrase(modele: str = MODELE) -> Iterator:
    """Un client d'Ollama ; une panne arrête tout par une phrase, avec le code 1."""
    try:
        import ollama  # pas en tête : un OLLAMA_HOST mal écrit le ferait échouer

        yield ollama.Client(timeout=DELAI)
    except (ConnectionError, httpx.HTTPError, ValueError) as erreur:
        sys.exit(expliquer(erreur))
    except ollama.ResponseError as erreur:
        absent = f"{modele} n'est pas installé. Lancez : ollama pull {modele}"
        refus = f"Ollama a refusé la demande : {erreur.error}"
        sys.exit(absent if erreur.status_code == 404 else refus)


def expliquer(erreur: Exception) -> str:
    """Ce qui s'est passé, et quoi faire."""
    if isinstance(erreur, httpx.TimeoutException):
        return f"Rien en {DELAI:.0f} secondes. Essayez un modèle plus petit."
    if isinstance(erreur, ValueError):
        return "OLLAMA_HOST est mal écrit, ou n'est pas Ollama (127.0.0.1:11434)."
    return "Ollama ne répond pas. Lancez-le (ollama serve), ou corrigez OLLAMA_HOST."


# --8<-- [start:outille]
@contextmanager
def modele_outille(nom: str = "cours-outils") -> Iterator[str]:
    """Le nom d'un modèle identique, sous un autre gabarit, le temps d'un `with`."""
    with client_ou_phrase() as client:
        client.create(model=nom, from_=MODELE, template=GABARIT.read_text("utf-8"))
    try:
        yield nom
    finally:
        with client_ou_phrase() as client:
            client.delete(nom)


# --8<-- [end:outille]
