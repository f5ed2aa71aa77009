"""Comparer la clé d'un enregistrement à ce que le dépôt contient aujourd'hui."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from packaging.markers import Marker

from scripts.lecons import catalogue, marqueurs, modeles, syntaxe, verrous
from scripts.lecons.registre import (
    AUCUN_MODELE,
    Cle,
    Enregistrement,
    Essai,
    Registre,
    dossier_des_produits,
    garde,
)
from scripts.socle import chemins, fichiers

# `code` se vérifie à chaque rejeu, `bref` ne change que les exécutions abrégées.
HORS_DE_LA_CLE = {"code", "bref"}


@dataclass
class Contexte:
    """Ce à quoi une clé se compare : registre, versions épinglées, lanceur, marqueurs."""

    registre: Registre
    ollama: str
    moteur: str
    lanceur: int
    _empreintes: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _origines: dict[str, str] = field(default_factory=dict)

    def origine(self, modele: str) -> str:
        """Ce qui fait aujourd'hui ce modèle ; vide s'il n'est pas déclaré."""
        if modele not in self._origines:
            self._origines[modele] = modeles.origine(modele)
        return self._origines[modele]

    @cached_property
    def marqueurs(self) -> dict[str, dict[str, Any]]:
        """Programme -> arguments de son marqueur."""
        return marqueurs.par_programme()

    def empreinte(self, nature: str, nom: str) -> str | None:
        """L'empreinte actuelle d'un « code », « fichier » ou « dossier » ; None s'il n'est pas là.

        `nom` : chemin relatif à snippets/. Chacune n'est calculée qu'une fois.
        """
        if (nature, nom) not in self._empreintes:
            self._empreintes[nature, nom] = mesurer(nature, chemins.SNIPPETS / nom)
        return self._empreintes[nature, nom]


def mesurer(nature: str, chemin: Path) -> str | None:
    """SHA-256 d'un code (son arbre), d'un fichier (ses octets) ou d'un dossier (ses noms)."""
    if nature == "dossier":
        return empreinte_du_dossier(chemin) if chemin.is_dir() else None
    if not chemin.is_file():
        return None
    return syntaxe.empreinte(chemin) if nature == "code" else fichiers.empreinte(chemin)


def empreinte_du_dossier(dossier: Path) -> str:
    """Empreinte de la liste des noms d'un dossier, une barre à la fin de ceux des dossiers."""
    noms = [
        f"{element.name}/" if element.is_dir() else element.name
        for element in dossier.iterdir()
        if not catalogue.hors_lecon(PurePath(element.name))
    ]
    return hashlib.sha256("\n".join(sorted(noms)).encode()).hexdigest()


def empreinte_de_la_cle(cle: Cle) -> str:
    """Un nom court pour une clé entière : celui que gardent les programmes qui suivent."""
    return hashlib.sha256(json.dumps(cle, sort_keys=True).encode()).hexdigest()[:16]


def du_marqueur(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Ce qui compte, pour l'exécution, dans les arguments d'un marqueur."""
    return {nom: arguments[nom] for nom in sorted(arguments) if nom not in HORS_DE_LA_CLE}


def entree_de(registre: Registre, nom: str, modele: str) -> tuple[str, Enregistrement] | None:
    """L'enregistrement qui sert d'amont, et son modèle : le même, sinon le seul ou le premier."""
    entrees = registre["snippets"].get(nom, {})
    choix = (modele, AUCUN_MODELE, *sorted(entrees))
    return next(((cle, entrees[cle]) for cle in choix if cle in entrees), None)


def amont(registre: Registre, apres: list[str] | tuple[str, ...], modele: str) -> dict[str, str]:
    """Programme qui précède -> nom de sa clé ; une chaîne vide s'il n'est pas enregistré."""
    entrees = {nom: entree_de(registre, nom, modele) for nom in apres}
    return {nom: empreinte_de_la_cle(e[1]["cle"]) if e else "" for nom, e in entrees.items()}


def perime(nom: str, modele: str, entree: Enregistrement, contexte: Contexte) -> str | None:
    """Pourquoi cet enregistrement n'est plus à jour, ou None s'il l'est."""
    return next(raisons(nom, modele, entree, contexte), None)


def raisons(nom: str, modele: str, entree: Enregistrement, contexte: Contexte) -> Iterator[str]:
    """Tout ce qui a changé depuis un enregistrement, le plus parlant d'abord."""
    cle = entree["cle"]
    if contexte.empreinte("code", nom) != cle["programme"]:
        yield "son code a changé"
    yield from _lectures(cle, contexte)
    actuel = du_marqueur(contexte.marqueurs.get(nom, {}))
    for argument in sorted(actuel.keys() | cle["marqueur"].keys()):
        if actuel.get(argument) != cle["marqueur"].get(argument):
            yield f"son marqueur a changé ({argument})"
    yield from _amont(cle, modele, contexte)
    yield from _modeles(cle, contexte)
    yield from _versions(cle, modele, contexte)
    yield from _paquets(entree, contexte.registre)
    yield from _preuves(nom, modele, entree)


def essai_perime(nom: str, contexte: Contexte) -> str | None:
    """Pourquoi le verdict de cet essai ne vaut plus, ou None s'il vaut encore."""
    essai = contexte.registre["essais"].get(nom)
    if essai is None:
        return "il n'a jamais été joué"
    empreinte = marqueurs.empreinte_de_l_essai(nom)
    return next(raisons_de_l_essai(essai, empreinte, contexte), None)


def raisons_de_l_essai(essai: Essai, empreinte: str, contexte: Contexte) -> Iterator[str]:
    """Tout ce qui a changé depuis le verdict d'un essai. `empreinte` : celle de son test."""
    cle = essai["cle"]
    if empreinte != cle["programme"]:
        yield "ce test, ou ce qu'il partage avec ses voisins, a changé"
    yield from _lectures(cle, contexte)
    yield from _amont(cle, modeles.MODELE_PAR_DEFAUT, contexte)
    yield from _modeles(cle, contexte)
    yield from _versions(cle, modeles.MODELE_PAR_DEFAUT, contexte)
    yield from _paquets(essai, contexte.registre)


def _lectures(cle: Cle, contexte: Contexte) -> Iterator[str]:
    lectures: tuple[tuple[str, dict[str, str], str, str], ...] = (
        ("code", cle["codes"], "ce qu'il exécute a changé", "ce qu'il exécute n'existe plus"),
        (
            "fichier",
            cle["fichiers"],
            "ses données ont changé",
            "un fichier qu'il lit n'existe plus",
        ),
        ("dossier", cle["dossiers"], "un dossier qu'il parcourt a changé", "un dossier manque"),
    )
    for nature, connus, change, disparu in lectures:
        for chemin, empreinte in connus.items():
            actuelle = contexte.empreinte(nature, chemin)
            if actuelle != empreinte:
                yield f"{change if actuelle else disparu} ({chemin})"
    for chemin in cle["absents"]:
        if (chemins.SNIPPETS / chemin).exists():
            yield f"un fichier qu'il cherchait en vain existe maintenant ({chemin})"


def _amont(cle: Cle, modele: str, contexte: Contexte) -> Iterator[str]:
    for nom, connue in cle["amont"].items():
        trouvee = entree_de(contexte.registre, nom, modele)
        if trouvee is None:
            yield f"il suit {nom}, qui n'est pas enregistré"
        elif empreinte_de_la_cle(trouvee[1]["cle"]) != connue:
            yield f"il suit {nom}, qui a été réenregistré depuis"
        elif raison := perime(nom, *trouvee, contexte):
            yield f"il suit {nom}, qui est périmé : {raison}"


def _modeles(cle: Cle, contexte: Contexte) -> Iterator[str]:
    for nom, connue in cle["modeles"].items():
        if connue and contexte.origine(nom) != connue:
            yield f"le modèle {nom} n'est plus fait comme alors"


def _versions(cle: Cle, modele: str, contexte: Contexte) -> Iterator[str]:
    """Ollama et le moteur ne sont épinglés que pour les modèles du cours."""
    if cle["lanceur"] != contexte.lanceur:
        yield f"le lanceur est passé de la version {cle['lanceur']} à la {contexte.lanceur}"
    if modele != AUCUN_MODELE and not contexte.origine(modele):
        return
    if cle["ollama"] and cle["ollama"] != contexte.ollama:
        yield f"Ollama est passé de {cle['ollama']} à {contexte.ollama}"
    if cle["moteur"] and cle["moteur"] not in (contexte.moteur, "intégré"):
        yield f"le moteur xllamacpp est passé de {cle['moteur']} à {contexte.moteur}"


def _paquets(connu: Enregistrement | Essai, registre: Registre) -> Iterator[str]:
    """Les paquets du verrou, tel qu'il s'applique à la machine qui a enregistré."""
    environnement = connu["cle"]["environnement"]
    alors = plateforme(connu["python"], connu["machine"]["systeme"])
    verrouilles = versions_verrouillees(environnement, alors)
    lot = registre["paquets"].get(connu["cle"]["paquets"])
    if lot is None:
        yield "la liste de ses paquets manque au registre"
    for paquet, version in (lot or {}).items():
        actuelle = verrouilles.get(paquet)
        if actuelle is None:
            yield f"le paquet {paquet} n'est plus dans verrous/{environnement}.txt"
        elif actuelle != version:
            yield f"le paquet {paquet} est passé de {version} à {actuelle}"


def plateforme(python: str, systeme: str) -> dict[str, str]:
    """Les variables des marqueurs de paquets, pour la machine qui a enregistré."""
    nom, _, processeur = systeme.partition(" ")
    return {
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": {"Darwin": "darwin", "Windows": "win32"}.get(nom, nom.lower()),
        "platform_system": nom,
        "platform_machine": processeur,
        "os_name": "nt" if nom == "Windows" else "posix",
    }


_VERROUS: dict[tuple[str, int, str], dict[str, str]] = {}


def versions_verrouillees(
    environnement: str, marqueurs_pep508: dict[str, str] | None = None
) -> dict[str, str]:
    """Paquet -> version du verrou `environnement`, sur la machine décrite (celle-ci, sinon)."""
    verrou = chemins.VERROUS / f"{environnement}.txt"
    if not verrou.is_file():
        return {}
    cle = (str(verrou), verrou.stat().st_mtime_ns, str(marqueurs_pep508))
    if cle not in _VERROUS:
        _VERROUS[cle] = {
            epingle.nom: epingle.version
            for epingle in verrous.lire(verrou)
            if not epingle.condition or Marker(epingle.condition).evaluate(marqueurs_pep508)
        }
    return _VERROUS[cle]


def _preuves(nom: str, modele: str, entree: Enregistrement) -> Iterator[str]:
    sortie = entree["sortie"]
    if not _intact(sortie["fichier"], sortie["sha256"]):
        yield f"sa sortie a été modifiée ou supprimée ({sortie['fichier']})"
    for figure, empreinte in entree.get("figures", {}).items():
        if not _intact(figure, empreinte):
            yield f"sa figure a été modifiée ou supprimée ({figure})"
    if (carnet := entree.get("carnet")) and not _intact(carnet["fichier"], carnet["sha256"]):
        yield f"le carnet publié a été modifié ou supprimé ({carnet['fichier']})"
    gardes = dossier_des_produits(nom, modele)
    for produit, mesure in entree["preuve"]["produits"].items():
        garde_ = chemins.relatif(gardes / produit)
        if garde(produit, mesure["taille"]) and not _intact(garde_, mesure["sha256"]):
            yield f"une de ses preuves a été modifiée ou supprimée ({garde_})"


def _intact(nom: str, empreinte: str) -> bool:
    fichier = chemins.RACINE / nom
    return fichier.is_file() and fichiers.empreinte(fichier) == empreinte
