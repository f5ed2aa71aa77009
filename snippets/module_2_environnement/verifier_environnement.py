"""Vérifie l'environnement du cours : [OK] ou [ÉCHEC] par point, et le remède."""

import argparse
import importlib
import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

MODELE = os.environ.get("COURS_MODELE", "llama3.2")


def exiger(condition, constat):
    if not condition:
        raise RuntimeError(constat)
    return constat


def client():
    return importlib.import_module("ollama").Client(timeout=120)


def python_recent(_):
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return exiger(tuple(sys.version_info) >= (3, 11), version)


def disque_libre(besoins):
    libre = shutil.disk_usage(Path.home()).free // 10**9
    return exiger(libre >= besoins.disque, f"{libre} Go libres")


def memoire_totale(besoins):
    if not hasattr(os, "sysconf"):
        return "non mesurée sur ce système"
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return exiger(total >= besoins.memoire, f"{total:.0f} Go en tout")


def paquet_ollama(_):
    importlib.import_module("ollama")
    return metadata.version("ollama")


def serveur_joignable(_):
    client().list()
    return "il répond"


def serveur_recent(_):
    version = client()._client.get("/api/version").json()["version"]
    numeros = [int(morceau) for morceau in version.split("-")[0].split(".")]
    return exiger(numeros >= [0, 30], version)


def modele_present(_):
    client().show(MODELE)
    return MODELE


def modele_repond(_):
    options = {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 5}
    reponse = client().generate(MODELE, "Bonjour", options=options)
    return exiger(reponse.eval_count, f"{reponse.eval_count} tokens produits")


MACHINE = [
    ("Python 3.11 ou plus", python_recent, "installez un Python plus récent"),
    ("place sur le disque", disque_libre, "libérez-en, ou changez OLLAMA_MODELS"),
    ("mémoire", memoire_totale, "choisissez un modèle plus petit : COURS_MODELE"),
]
OLLAMA = [
    ("paquet ollama", paquet_ollama, "python -m pip install ollama"),
    ("serveur Ollama", serveur_joignable, "ollama serve, puis vérifiez OLLAMA_HOST"),
    ("Ollama 0.30 ou plus", serveur_recent, "mettez Ollama à jour"),
    ("modèle", modele_present, f"ollama pull {MODELE}"),
    ("réponse du modèle", modele_repond, "voyez le dépannage du module 2"),
]


def controler(nom, verifier, remede, besoins):
    try:
        print(f"[OK]    {nom} : {verifier(besoins)}")
    except Exception as erreur:
        print(f"[ÉCHEC] {nom} : {erreur}\n        → {remede}")
        return False
    return True


analyseur = argparse.ArgumentParser(description=__doc__)
analyseur.add_argument("--disque", type=float, default=5, help="Go libres exigés")
analyseur.add_argument("--memoire", type=float, default=7, help="Go de mémoire exigés")
besoins = analyseur.parse_args()
machine = [controler(*point, besoins) for point in MACHINE]
ollama = all(controler(*point, besoins) for point in OLLAMA)
sys.exit(0 if all(machine) and ollama else 1)
