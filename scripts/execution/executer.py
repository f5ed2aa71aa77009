"""Exécuter un snippet comme un lecteur : un processus, un dossier vide, un vrai Ollama."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scripts.execution import couverture
from scripts.execution.relais import Relais
from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import memoire_mio

OBSERVATION = Path(__file__).parent / "observation"
DELAI_MAX_S = 1800.0
PERIODE_S = 0.1
# Compter la mémoire coûte quelques centièmes de seconde, pris au moteur qui calcule à côté.
PERIODE_MEMOIRE_S = 1.0
# Tout ce qu'un snippet hérite de l'environnement, pour se comporter partout de la même façon.
VARIABLES_HERITEES = ("PATH", "LANG", "TMPDIR", *couverture.ENVIRONNEMENT)


def executer(
    nom: str,
    serveur: Serveur,
    *,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    dossier: Path | None = None,
    entree: str = "",
    source: Path | None = None,
    python: Path | None = None,
) -> Execution:
    """Lance `snippets/<nom>` (.py ou .sh) dans un dossier vide, ou dans `dossier`.

    `env` complète ou remplace l'environnement ; `source` est un fichier à lancer à la place de
    celui du dépôt, `python` l'interpréteur (celui d'une commande `python`, aussi). Lève
    `ServeurArrete` dès que le serveur privé meurt, `ErreurCours` si le programme dépasse une
    demi-heure.
    """
    fichier = source or chemins.SNIPPETS / nom
    if not fichier.is_file():
        raise ErreurCours(f"snippets/{nom} n'existe pas : corrigez le nom dans le test.")
    lanceur = [python or sys.executable] if fichier.suffix == ".py" else ["bash", "-eu"]
    with (
        tempfile.TemporaryDirectory() as vide,
        tempfile.TemporaryDirectory() as maison,
        tempfile.NamedTemporaryFile("r", suffix=".json") as rapport,
        Relais(serveur.adresse) as relais,
    ):
        environnement = _environnement(serveur, relais.adresse, rapport.name)
        environnement |= {"HOME": maison, **(env or {})}
        if python is not None:
            dossiers = [str(python.parent), environnement.get("PATH", "")]
            environnement["PATH"] = os.pathsep.join(dossiers)
        figures_avant = _figures(dossier or Path(vide))
        debut = time.monotonic()
        with tempfile.TemporaryFile("w+b") as sortie, tempfile.TemporaryFile("w+b") as erreurs:
            processus = subprocess.Popen(
                [*lanceur, fichier, *args],
                cwd=dossier or vide,
                env=environnement,
                stdin=subprocess.PIPE,
                stdout=sortie,
                stderr=erreurs,
            )
            _donner(processus, entree)
            memoires = _attendre(processus, serveur, nom)
            duree = time.monotonic() - debut
            textes = (_relire(sortie), _relire(erreurs))
        observe = _lire_rapport(rapport.name, fichier)
        figures = _figures(dossier or Path(vide))
        return Execution(
            nom,
            processus.returncode,
            *textes,
            duree,
            relais.compteur,
            max(observe.memoire_mio, memoires[0]),
            memoires[1],
            observe.lus,
            {nom: svg for nom, svg in figures.items() if figures_avant.get(nom) != svg},
        )


def _figures(dossier: Path) -> dict[str, bytes]:
    """Les images SVG du sous-dossier `figures/`, nom -> contenu."""
    return {svg.name: svg.read_bytes() for svg in dossier.glob("figures/*.svg")}


def _environnement(serveur: Serveur, adresse: str, rapport: str) -> dict[str, str]:
    environnement = {nom: os.environ[nom] for nom in VARIABLES_HERITEES if nom in os.environ}
    if serveur.executable is not None:
        dossiers = [str(serveur.executable.parent), environnement.get("PATH", "")]
        environnement["PATH"] = os.pathsep.join(dossiers)
    environnement |= {
        "OLLAMA_HOST": adresse,
        "COURS_MODELE": serveur.modele,
        "COURS_MODELE_EMBEDDING": modeles.MODELE_D_EMBEDDING,
        "COURS_OBSERVATION": rapport,
        "COURS_OBSERVATION_RACINE": f"{chemins.SNIPPETS}{os.sep}",
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(OBSERVATION),
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "COLUMNS": "88",
    }
    return environnement


def _donner(processus: subprocess.Popen[bytes], entree: str) -> None:
    """Écrit `entree` sur l'entrée standard du programme, puis la ferme."""
    assert processus.stdin is not None
    try:
        processus.stdin.write(entree.encode())
        processus.stdin.close()
    except BrokenPipeError:
        pass  # le programme n'a rien lu


def _attendre(
    processus: subprocess.Popen[bytes], serveur: Serveur, nom: str
) -> tuple[float, float]:
    """Attend la fin. Renvoie les pics de mémoire du programme et du serveur, en Mio."""
    pics = (0.0, 0.0)
    limite = time.monotonic() + DELAI_MAX_S
    prochaine_mesure = 0.0
    try:
        while True:
            try:
                processus.wait(timeout=PERIODE_S)
                return pics
            except subprocess.TimeoutExpired:
                pass
            finally:
                # Aussi quand le programme s'est terminé : il a pu échouer parce que le serveur
                # est mort, et les suivants échoueraient de même.
                serveur.verifier_vivant()
            if time.monotonic() > prochaine_mesure:
                prochaine_mesure = time.monotonic() + PERIODE_MEMOIRE_S
                mesures = (memoire_mio(processus.pid), serveur.memoire_mio())
                pics = (max(pics[0], mesures[0]), max(pics[1], mesures[1]))
            if time.monotonic() > limite:
                raise ErreurCours(f"snippets/{nom} ne se termine pas en {DELAI_MAX_S:.0f} s.")
    finally:
        if processus.poll() is None:
            processus.kill()
            processus.wait()


def _relire(flux: IO[bytes]) -> str:
    flux.seek(0)
    return flux.read().decode("utf-8", errors="replace")


@dataclass(frozen=True)
class _Observation:
    """Ce qu'a noté `observation/sitecustomize.py` ; vide pour un programme qui n'est pas Python."""

    memoire_mio: float = 0.0
    lus: tuple[str, ...] = ()


def _lire_rapport(rapport: str, fichier: Path) -> _Observation:
    texte = Path(rapport).read_text(encoding="utf-8")
    if not texte:
        return _Observation()
    contenu = json.loads(texte)
    lus = [Path(lu) for lu in contenu["lus"] if Path(lu).is_file() and Path(lu) != fichier]
    relatifs = tuple(lu.relative_to(chemins.SNIPPETS).as_posix() for lu in lus)
    return _Observation(contenu["memoire_mio"], relatifs)
