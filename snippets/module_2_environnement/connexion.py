"""Joindre Ollama, ou s'arrêter sur une phrase qui dit quoi faire."""

import os
import sys

from adresse import lire_adresse
from affichage import accepter_tous_les_signes
from constats import Echec
from mandataires import mandataire


def preparer():
    """L'adresse du serveur, vérifiée ; l'affichage, lui, ne refuse plus aucun signe."""
    accepter_tous_les_signes()
    try:
        adresse = lire_adresse(os.environ.get("OLLAMA_HOST"))
        mandataire(adresse)
    except Echec as echec:
        sys.exit(f"{echec}\n→ {echec.remede}")
    return adresse


def importer_ollama():
    preparer()
    import ollama  # lui aussi lit OLLAMA_HOST, dès son import

    return ollama


def ouvrir(modele):
    adresse, ollama = preparer(), importer_ollama()
    client = ollama.Client(host=adresse)
    try:
        client.show(modele)
    except ConnectionError:
        sys.exit("Aucun serveur ne répond\n→ ouvrez Ollama, ou lancez « ollama serve »")
    except (ollama.ResponseError, ValueError) as erreur:
        detail = str(erreur).splitlines()[0]
        sys.exit(f"{detail}\n→ ollama pull {modele}, ou corrigez COURS_MODELE")
    return client
