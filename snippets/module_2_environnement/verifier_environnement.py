"""Vérifie l'environnement du cours : [OK] ou [ÉCHEC] par point, et le remède."""

import argparse
import os
import sys

import machine
import modele
from adresse import lire_adresse
from affichage import accepter_tous_les_signes
from constats import controler
from mandataires import mandataire
from serveur import version

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
POSTE = {
    "Python 3.11 ou plus": machine.python_recent,
    "place sur le disque": machine.disque_libre,
    "mémoire": machine.memoire_totale,
}
OLLAMA = {
    "adresse du serveur": lambda besoins: lire_adresse(besoins.hote),
    "paquet ollama": machine.paquet_ollama,
    "mandataire (proxy)": lambda besoins: mandataire(lire_adresse(besoins.hote)),
    "serveur, Ollama 0.30 ou plus": lambda besoins: version(lire_adresse(besoins.hote)),
    "modèle": modele.present,
    "réponse du modèle": modele.repond,
}

accepter_tous_les_signes()
analyseur = argparse.ArgumentParser(description=__doc__)
analyseur.add_argument("--disque", type=float, default=5, help="Go libres exigés")
analyseur.add_argument("--memoire", type=float, default=7, help="Go de mémoire exigés")
analyseur.add_argument("--delai", type=float, default=300, help="secondes d'attente")
analyseur.set_defaults(hote=os.environ.get("OLLAMA_HOST"), modele=MODELE)
besoins = analyseur.parse_args()
du_poste = [controler(*point, besoins) for point in POSTE.items()]
ollama_pret = all(controler(*point, besoins) for point in OLLAMA.items())
sys.exit(0 if all(du_poste) and ollama_pret else 1)
