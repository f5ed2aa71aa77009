"""Exécuter un programme comme un lecteur : un processus, une copie des leçons, un vrai Ollama."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.execution import couverture
from scripts.execution.copie import Copie, copier
from scripts.execution.observer import observer
from scripts.execution.ouvertures import suivre
from scripts.execution.relais import Relais
from scripts.execution.resultat import Execution
from scripts.lecons import modeles, registre
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, processus
from scripts.socle.erreurs import ErreurCours

OBSERVATION = Path(__file__).parent / "observation"
LIMITE_S = 1800.0
PERIODE_S = 0.1
# Compter la mémoire coûte quelques centièmes de seconde, pris au moteur qui calcule à côté.
PERIODE_MEMOIRE_S = 1.0
# Tout ce qu'un programme hérite de l'environnement, pour se comporter partout de la même façon.
VARIABLES_HERITEES = ("PATH", "LANG", "TMPDIR")


@dataclass(frozen=True)
class Reglages:
    """Comment lancer un programme, en plus de son nom et du serveur.

    `env` complète ou remplace l'environnement ; `source` est un fichier à lancer à la place de
    celui du dépôt ; `python`, l'interpréteur (celui d'une commande `python`, aussi) ; `dossier`, le
    dossier courant (vide et provisoire par défaut) ; `limite_s`, la durée permise. `ici` lance le
    programme dans son propre dossier, comme un carnet ; `mesurer` suit les lignes exécutées.
    """

    args: Sequence[str] = ()
    env: Mapping[str, str] | None = None
    dossier: Path | None = None
    entree: str = ""
    source: Path | None = None
    python: Path | None = None
    limite_s: float = LIMITE_S
    ici: bool = False
    mesurer: bool = False


def executer(nom: str, serveur: Serveur, reglages: Reglages | None = None) -> Execution:
    """Lance `snippets/<nom>` (.py ou .sh) dans une copie de snippets/, et observe ce qu'il fait.

    Lève `ServeurArrete` dès que le serveur privé meurt, `ErreurCours` si le programme dépasse sa
    limite ou n'existe pas.
    """
    reglages = reglages or Reglages()
    if not (reglages.source or chemins.SNIPPETS / nom).is_file():
        raise ErreurCours(f"snippets/{nom} n'existe pas : corrigez le nom dans le test.")
    with contextlib.ExitStack() as pile:
        copie = pile.enter_context(copier())
        maison, rapports, mesures, vide = (
            Path(pile.enter_context(tempfile.TemporaryDirectory())).resolve() for _ in range(4)
        )
        relais = pile.enter_context(Relais(serveur.adresse, reglages.limite_s))
        env = _environnement(serveur, relais.adresse, copie, rapports)
        env |= {"HOME": str(maison), **_mesure(mesures, reglages, copie)}
        env |= {cle: copie.traduire(valeur) for cle, valeur in (reglages.env or {}).items()}
        if reglages.python is not None:
            env["PATH"] = os.pathsep.join([str(reglages.python.parent), env.get("PATH", "")])
        courant = copie.racine / Path(nom).parent if reglages.ici else reglages.dossier or vide
        figures_avant, fichiers_avant = _figures(courant), _fichiers(courant)
        commande = _commande(nom, copie, reglages)
        with suivre(copie.racine) as vues:
            code, sortie, erreurs, duree, memoires = _lancer(
                commande, courant, env, reglages, serveur, nom
            )
        observation = observer(nom, rapports, vues, copie, reglages.python or Path(sys.executable))
        compteur = relais.compteur
        return Execution(
            nom,
            code,
            sortie,
            erreurs,
            max(0.0, duree - observation.outils_s),
            compteur,
            modele_enregistre(compteur.requetes, compteur.modeles, env["COURS_MODELE"]),
            max(observation.memoire_mio, memoires[0]),
            memoires[1],
            observation,
            couverture.lignes(mesures, copie) if reglages.mesurer else {},
            {n: svg for n, svg in _figures(courant).items() if figures_avant.get(n) != svg},
            {n: courant / n for n, d in _fichiers(courant).items() if fichiers_avant.get(n) != d},
        )


def modele_enregistre(requetes: int, calcules: set[str], interroge: str) -> str:
    """Le modèle sous lequel s'enregistre une exécution : celui d'embedding s'il calcule seul."""
    if not requetes:
        return registre.AUCUN_MODELE
    if calcules == {modeles.MODELE_D_EMBEDDING}:
        return modeles.MODELE_D_EMBEDDING
    return interroge


def _commande(nom: str, copie: Copie, reglages: Reglages) -> list[str]:
    fichier = reglages.source or copie.racine / nom
    python = str(reglages.python or sys.executable)
    lanceur = [python] if fichier.suffix == ".py" else ["bash", "-eu"]
    return [*lanceur, str(fichier), *map(copie.traduire, reglages.args)]


def _figures(dossier: Path) -> dict[str, bytes]:
    """Les images SVG du sous-dossier `figures/`, nom -> contenu."""
    return {svg.name: svg.read_bytes() for svg in dossier.glob("figures/*.svg")}


def _fichiers(dossier: Path) -> dict[str, tuple[int, int]]:
    """Chaque fichier du dossier, nom relatif -> (date de modification, taille)."""
    return {
        fichier.relative_to(dossier).as_posix(): (
            fichier.stat().st_mtime_ns,
            fichier.stat().st_size,
        )
        for fichier in dossier.rglob("*")
        if fichier.is_file()
    }


def _environnement(serveur: Serveur, adresse: str, copie: Copie, rapports: Path) -> dict[str, str]:
    environnement = {nom: os.environ[nom] for nom in VARIABLES_HERITEES if nom in os.environ}
    if serveur.executable is not None:
        dossiers = [str(serveur.executable.parent), environnement.get("PATH", "")]
        environnement["PATH"] = os.pathsep.join(dossiers)
    return environnement | {
        "OLLAMA_HOST": adresse,
        "COURS_MODELE": serveur.modele,
        "COURS_MODELE_EMBEDDING": modeles.MODELE_D_EMBEDDING,
        "COURS_OBSERVATION": str(rapports),
        "COURS_OBSERVATION_RACINE": f"{copie.racine}{os.sep}",
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(OBSERVATION),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "COLUMNS": "88",
    }


def _mesure(mesures: Path, reglages: Reglages, copie: Copie) -> dict[str, str]:
    return couverture.environnement(mesures, copie) if reglages.mesurer else {}


def _lancer(
    commande: list[str],
    courant: Path,
    env: Mapping[str, str],
    reglages: Reglages,
    serveur: Serveur,
    nom: str,
) -> tuple[int, str, str, float, tuple[float, float]]:
    """Lance la commande et attend : code, sortie, erreurs, durée (s), pics de mémoire (Mio)."""
    debut = time.monotonic()
    # Des fichiers, et non des tubes : personne n'attend qu'un programme lise ou écrive.
    with (
        tempfile.TemporaryFile("w+b") as entree,
        tempfile.TemporaryFile("w+b") as sortie,
        tempfile.TemporaryFile("w+b") as erreurs,
    ):
        entree.write(reglages.entree.encode())
        entree.seek(0)
        programme = subprocess.Popen(
            commande,
            cwd=courant,
            env=env,
            stdin=entree,
            stdout=sortie,
            stderr=erreurs,
            start_new_session=True,
        )
        with _tue_en_sortant(programme):
            memoires = _attendre(programme, serveur, nom, reglages.limite_s)
            duree = time.monotonic() - debut
        textes = processus.relire(sortie), processus.relire(erreurs)
    return programme.returncode, *textes, duree, memoires


def _attendre(
    programme: subprocess.Popen[bytes], serveur: Serveur, nom: str, limite_s: float
) -> tuple[float, float]:
    """Attend la fin. Renvoie les pics de mémoire du programme et du serveur, en Mio."""
    pics = (0.0, 0.0)
    limite = time.monotonic() + limite_s
    prochaine_mesure = 0.0
    while True:
        try:
            programme.wait(timeout=PERIODE_S)
            return pics
        except subprocess.TimeoutExpired:
            pass
        finally:
            # Aussi quand le programme s'est terminé : il a pu échouer parce que le serveur
            # est mort, et les suivants échoueraient de même.
            serveur.verifier_vivant()
        if time.monotonic() > prochaine_mesure:
            prochaine_mesure = time.monotonic() + PERIODE_MEMOIRE_S
            mesures = (processus.memoire_mio(programme.pid), serveur.memoire_mio())
            pics = (max(pics[0], mesures[0]), max(pics[1], mesures[1]))
        if time.monotonic() > limite:
            raise ErreurCours(
                f"snippets/{nom} ne se termine pas en {limite_s:.0f} s, bien plus que lors de "
                "son enregistrement : arrêté. Relancez sur une machine libre, ou corrigez-le."
            )


@contextlib.contextmanager
def _tue_en_sortant(programme: subprocess.Popen[bytes]) -> Iterator[None]:
    """À la fin du bloc, le programme et ceux qu'il a lancés sont terminés, quoi qu'il arrive."""
    try:
        yield
    finally:
        if programme.poll() is None:
            processus.arreter(programme)
        else:
            processus.tuer_le_groupe(programme.pid)
