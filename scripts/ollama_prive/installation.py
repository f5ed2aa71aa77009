"""Trouver un exécutable Ollama, ou en installer un depuis son module Go.

Deux choix, dans l'ordre : `ollama` sur le PATH ; sinon le module Go, avec le serveur de llama.cpp
que contient le paquet `xllamacpp`. (`OLLAMA_HOST`, qui passe avant, ne demande aucun exécutable.)
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.lecons import verrous
from scripts.socle import chemins, fichiers, pannes
from scripts.socle.commandes import lancer
from scripts.socle.erreurs import ErreurCours

VERSION_OLLAMA = "0.34.2"
GO_MINIMAL = (1, 26)
MOTEUR = Path(__file__).with_name("moteur_llama.py")
VERROU_DU_MOTEUR = chemins.RACINE_DU_CODE / "verrous" / "moteur.txt"
ESPACE_NECESSAIRE_GIO = 2.0


def trouver_ou_installer() -> Path:
    """Chemin de l'exécutable `ollama`. Lève `ErreurCours` si l'on ne peut pas en obtenir un."""
    deja_la = _celui_de_la_machine()
    if deja_la:
        return deja_la
    with pannes.dites():
        return _installer_depuis_go(_prefixe())


def version_du_moteur() -> str:
    """La version épinglée de xllamacpp si le moteur est le nôtre, sinon « intégré ».

    Un Ollama installé sur la machine, ou désigné par `OLLAMA_HOST`, a son propre moteur.
    """
    if os.environ.get("OLLAMA_HOST") or _celui_de_la_machine():
        return "intégré"
    versions = {epingle.nom: epingle.version for epingle in verrous.lire(VERROU_DU_MOTEUR)}
    if "xllamacpp" not in versions:
        raise ErreurCours("verrous/moteur.txt n'épingle pas xllamacpp : lancez « make verrous ».")
    return versions["xllamacpp"]


def _prefixe() -> Path:
    return chemins.cache() / f"ollama-{VERSION_OLLAMA}"


def _celui_de_la_machine() -> Path | None:
    """L'`ollama` du PATH ; le nôtre n'en est pas un, même si `make ollama` l'y a fait mettre."""
    sur_le_path = shutil.which("ollama")
    if sur_le_path is None or Path(sur_le_path).resolve().is_relative_to(chemins.cache()):
        return None
    return Path(sur_le_path)


def _installer_depuis_go(prefixe: Path) -> Path:
    executable = prefixe / "bin" / "ollama"
    if not executable.is_file():
        _verifier_go()
        _verifier_espace(prefixe)
        lancer(
            [
                "go",
                "install",
                "-ldflags",
                f"-X=github.com/ollama/ollama/version.Version={VERSION_OLLAMA}",
                f"github.com/ollama/ollama@v{VERSION_OLLAMA}",
            ],
            etape=f"Compilation d'Ollama {VERSION_OLLAMA} (une fois, une à deux minutes)",
            si_echec="Ollama n'a pas pu être compilé : vérifiez la connexion à internet, "
            "puis relancez la même commande.",
            env={"GOBIN": str(executable.parent)},
        )
    _installer_le_moteur(prefixe)
    return executable


def _verifier_go() -> None:
    """Lève `ErreurCours` si Go manque ou s'il est plus vieux que `GO_MINIMAL`."""
    remede = (
        "Installez Ollama (https://ollama.com/download), ou Go "
        f"{'.'.join(map(str, GO_MINIMAL))} ou plus récent, puis relancez."
    )
    if not shutil.which("go"):
        raise ErreurCours(f"Ni Ollama ni Go ne sont installés. {remede}")
    annonce = subprocess.run(["go", "version"], capture_output=True, text=True, check=False).stdout
    lue = re.search(r"go(\d+)\.(\d+)", annonce)
    if lue is None or (int(lue[1]), int(lue[2])) < GO_MINIMAL:
        trouvee = lue[0] if lue else "illisible"
        raise ErreurCours(f"Ollama est absent et la version de Go est {trouvee}. {remede}")


def _verifier_espace(prefixe: Path) -> None:
    """Lève `ErreurCours` si le disque du cache n'a pas la place d'une compilation."""
    existant = next(dossier for dossier in [prefixe, *prefixe.parents] if dossier.exists())
    libre_gio = shutil.disk_usage(existant).free / 2**30
    if libre_gio < ESPACE_NECESSAIRE_GIO:
        raise ErreurCours(
            f"Il reste {libre_gio:.1f} Gio sur le disque de {existant} et compiler Ollama en "
            f"demande {ESPACE_NECESSAIRE_GIO:.0f}. Libérez de la place, ou choisissez un autre "
            "dossier avec la variable COURS_CACHE."
        )


def _installer_le_moteur(prefixe: Path) -> None:
    """Pose `lib/ollama/llama-server`, exécuté par un environnement Python qui n'est qu'à lui."""
    python = prefixe / "moteur" / "bin" / "python"
    temoin = prefixe / "moteur" / "installe"
    attendu = fichiers.empreinte(VERROU_DU_MOTEUR)
    # Une mise à jour de Python emporte l'interpréteur auquel l'environnement renvoie.
    if not python.is_file() or not temoin.is_file() or temoin.read_text() != attendu:
        si_echec = (
            "Le moteur de calcul (paquet xllamacpp) n'a pas pu être installé : vérifiez la "
            "connexion à internet, puis relancez la même commande."
        )
        uv = Path(sys.executable).with_name("uv")
        creer = [uv, "venv", "--clear", "--python", sys.executable, python.parents[1]]
        lancer(creer, etape="Environnement du moteur", si_echec=si_echec)
        lancer(
            [uv, "pip", "install", "--python", python, "--require-hashes", "-r", VERROU_DU_MOTEUR],
            etape="Installation du moteur de calcul xllamacpp",
            si_echec=si_echec,
        )
        fichiers.ecrire(temoin, attendu)
    _poser_llama_server(prefixe / "lib" / "ollama", python)


def _poser_llama_server(dossier: Path, python: Path) -> None:
    """Écrit dans `dossier` le programme du moteur, et l'exécutable qui le lance avec `python`.

    Un script shell : un `#!` n'accepte ni espace ni plus de 127 octets.
    """
    moteur = dossier / MOTEUR.name
    fichiers.ecrire(moteur, MOTEUR.read_text(encoding="utf-8"))
    commande = shlex.join([str(python), str(moteur)])
    fichiers.ecrire(dossier / "llama-server", f'#!/bin/sh\nexec {commande} "$@"\n', mode=0o755)
