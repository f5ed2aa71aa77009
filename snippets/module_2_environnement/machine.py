"""Ce que le cours demande à la machine : Python, disque, mémoire, paquet ollama."""

import os
import shutil
import sys
from importlib import metadata, util
from pathlib import Path

from constats import refuser_si


def python_recent(_):
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    trop_vieux = tuple(sys.version_info) < (3, 11)
    refuser_si(trop_vieux, version, "installez un Python plus récent")
    return version


def disque_libre(besoins):
    dossier = Path(os.environ.get("OLLAMA_MODELS") or Path.home()).absolute()
    existant = next(parent for parent in (dossier, *dossier.parents) if parent.is_dir())
    libre = shutil.disk_usage(existant).free // 10**9
    remede = "libérez-en, ou changez OLLAMA_MODELS"
    refuser_si(libre < besoins.disque, f"{libre} Go libres", remede)
    return f"{libre} Go libres"


def memoire_totale(besoins):
    if not hasattr(os, "sysconf"):
        return "non mesurée sur ce système"
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    remede = "prenez un modèle plus petit : COURS_MODELE=smollm2:135m"
    refuser_si(total < besoins.memoire, f"{total:.0f} Go en tout", remede)
    return f"{total:.0f} Go en tout"


def paquet_ollama(_):
    absent = util.find_spec("ollama") is None
    refuser_si(absent, "il n'est pas installé", "python -m pip install ollama")
    return metadata.version("ollama")
