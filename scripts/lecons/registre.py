"""Le registre : pour chaque programme et chaque modèle, la clé de son exécution et ses preuves.

`snippets/registre.json` associe à chaque programme (chemin relatif à snippets/) un enregistrement
par modèle. Un programme qui n'appelle aucun modèle a l'unique clé `aucun`. Les types de ce fichier
en sont le schéma : `registre.schema.json` en est tiré (`python -m scripts schema`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired

from typing_extensions import TypedDict

from scripts.lecons.modeles import MODELE_D_EMBEDDING, MODELE_PAR_DEFAUT, declares
from scripts.socle import chemins, fichiers, objets
from scripts.socle.erreurs import ErreurCours
from scripts.socle.machine import Machine

AUCUN_MODELE = "aucun"
VERSION = 2
# En octets, ce que l'on garde d'un fichier laissé dans l'atelier.
CONTENU_GARDE, TEXTE_GARDE = 1 << 18, 1 << 20

Empreintes = dict[str, str]


class Cle(TypedDict):
    """Tout ce dont une exécution dépend. Les chemins sont relatifs à snippets/.

    `programme` et `codes` sont des empreintes d'arbres syntaxiques, `fichiers` de contenus,
    `dossiers` de listes de noms ; `absents`, des fichiers cherchés en vain. `amont` donne la clé
    de chaque programme qui doit précéder, `modeles` ce qui fait chaque modèle appelé. `ollama` et
    `moteur` sont vides si rien n'est demandé au serveur. `paquets` nomme un lot du registre, tel
    qu'installé dans `environnement` (le nom d'un verrou).
    """

    programme: str
    codes: Empreintes
    fichiers: Empreintes
    dossiers: Empreintes
    absents: list[str]
    amont: Empreintes
    marqueur: dict[str, Any]
    modeles: Empreintes
    ollama: str
    moteur: str
    environnement: str
    paquets: str
    lanceur: int


class Compte(TypedDict):
    """Ce qu'Ollama a annoncé pendant l'exécution."""

    requetes: int
    tokens_entree: int
    tokens_sortie: int
    duree_s: float
    modeles: list[str]


class Produit(TypedDict):
    """Un fichier laissé dans l'atelier ; s'il est petit, son contenu est gardé à côté."""

    sha256: str
    taille: int


class Preuve(TypedDict):
    """Tout ce qu'un test peut regarder, hors la sortie et les figures, qui ont leurs fichiers.

    `lignes` : programme -> rangs des instructions exécutées, « 0-4,6 ».
    """

    code: int
    erreurs: str
    compte: Compte
    lignes: dict[str, str]
    produits: dict[str, Produit]


class Fichier(TypedDict):
    """Un fichier du dépôt et son empreinte."""

    fichier: str
    sha256: str


class Memoire(TypedDict):
    """Pics de mémoire, en Mio."""

    programme: int
    serveur: int


class Enregistrement(TypedDict):
    """Une exécution enregistrée. `digests` : empreinte de chaque modèle dans Ollama.

    `carnet` : le carnet publié. `impose` : le modèle que le test a choisi, donc le premier onglet.
    `constante` : deux exécutions ont donné les mêmes octets.
    """

    cle: Cle
    preuve: Preuve
    sortie: Fichier
    carnet: NotRequired[Fichier]
    figures: NotRequired[Empreintes]
    digests: Empreintes
    ollama: str
    python: str
    machine: Machine
    date: str
    duree_s: float
    memoire_mio: Memoire
    impose: NotRequired[bool]
    constante: NotRequired[bool]


class Essai(TypedDict):
    """Un test qui exécute lui-même : son verdict, toujours favorable, et ce dont il dépend."""

    cle: Cle
    lignes: dict[str, str]
    python: str
    machine: Machine
    date: str
    duree_s: float


class Diagramme(TypedDict):
    """Un diagramme dessiné : empreintes de sa source et de ses images, version de Mermaid."""

    source: str
    images: Empreintes
    mermaid: str


class Registre(TypedDict):
    """Le registre entier. `paquets` : lots de versions installées, par leur empreinte."""

    version: int
    paquets: dict[str, dict[str, str]]
    snippets: dict[str, dict[str, Enregistrement]]
    essais: dict[str, Essai]
    diagrammes: dict[str, Diagramme]


def est_du_cours(modele: str) -> bool:
    """Vrai d'un modèle déclaré et de l'absence de modèle ; un autre, un lecteur l'a choisi."""
    return modele in ("", AUCUN_MODELE) or modele in declares()


def onglets(entrees: Mapping[str, Enregistrement]) -> list[str]:
    """Les modèles avec lesquels un programme est enregistré, dans l'ordre des onglets.

    Le premier est celui que commente la page : celui que le test a choisi, sinon celui par défaut.
    """
    choisi = next((m for m in entrees if entrees[m].get("impose")), MODELE_PAR_DEFAUT)
    return sorted(entrees, key=lambda modele: (modele != choisi, modele))


def vide() -> Registre:
    """Un registre sans aucun enregistrement."""
    return {"version": VERSION, "paquets": {}, "snippets": {}, "essais": {}, "diagrammes": {}}


def lire(chemin: Path | None = None) -> Registre:
    """Le registre ; vide s'il n'existe pas. Lève `ErreurCours` s'il ne se lit pas ici."""
    contenu: Any = objets.lire(
        chemin or chemins.REGISTRE,
        {},
        "Reprenez la version de git : git checkout snippets/registre.json.",
    )
    if (version := contenu.get("version", VERSION)) != VERSION:
        raise ErreurCours(
            f"registre.json est au format {version}, et ces outils lisent le {VERSION}. Prenez les "
            "outils et le registre du même commit."
        )
    return {**vide(), **contenu}


def ecrire(registre: Registre, chemin: Path | None = None) -> None:
    """Écrit le registre d'un seul coup, clés triées, sans les lots de paquets devenus inutiles."""
    entrees: list[Any] = [e for par in registre["snippets"].values() for e in par.values()]
    utiles = {entree["cle"]["paquets"] for entree in [*entrees, *registre["essais"].values()]}
    lots = {nom: lot for nom, lot in registre["paquets"].items() if nom in utiles}
    texte = json.dumps({**registre, "paquets": lots}, ensure_ascii=False, indent=1, sort_keys=True)
    fichiers.ecrire(chemin or chemins.REGISTRE, texte + "\n")


def nommer_un_lot(registre: Registre, paquets: dict[str, str]) -> str:
    """Range ce lot de versions dans le registre, s'il n'y est pas ; rend son nom."""
    texte = json.dumps(paquets, sort_keys=True)
    nom = hashlib.sha256(texte.encode()).hexdigest()[:12]
    registre["paquets"][nom] = paquets
    return nom


def fichier_de_sortie(nom: str, modele: str) -> str:
    """Chemin de la sortie, relatif à snippets/ : `sorties/<snippet>.txt`.

    Un autre modèle que ceux de référence ajoute son nom : `sorties/<snippet>.llama3.2.txt`.
    """
    snippet = Path(nom)
    references = (AUCUN_MODELE, MODELE_PAR_DEFAUT, MODELE_D_EMBEDDING)
    ajout = "" if modele in references else f".{modele.replace(':', '-')}"
    return (snippet.parent / "sorties" / f"{snippet.stem}{ajout}.txt").as_posix()


def dossier_des_produits(nom: str, modele: str) -> Path:
    """Où sont gardés les petits fichiers qu'un programme de l'atelier a laissés."""
    sortie = chemins.SNIPPETS / fichier_de_sortie(nom, modele)
    return sortie.parents[1] / "preuves" / sortie.stem


def garde(nom: str, taille: int) -> bool:
    """Le contenu de ce produit de l'atelier est-il gardé ? Sinon, sa taille et son empreinte."""
    return taille <= (TEXTE_GARDE if nom.endswith(".jsonl") else CONTENU_GARDE)
