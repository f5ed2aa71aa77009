"""Le registre : ce que chaque snippet a imprimé la dernière fois, avec quoi, et si c'est à jour.

`snippets/registre.json` associe à chaque snippet (chemin relatif à snippets/) un enregistrement
par modèle. Un snippet qui n'appelle aucun modèle a l'unique clé `aucun`.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.lecons.modeles import MODELE_D_EMBEDDING, MODELE_DE_REFERENCE, MODELE_DU_COURS
from scripts.socle import chemins, fichiers

if TYPE_CHECKING:  # pour construire le site, il ne faut ni Ollama ni son client
    pass

AUCUN_MODELE = "aucun"
LIGNE_DE_VERROU = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)

Enregistrement = dict[str, Any]
Registre = dict[str, Any]


def lire(chemin: Path | None = None) -> Registre:
    """Le registre ; vide s'il n'existe pas encore. Lève `ErreurCours` s'il est illisible."""
    return fichiers.lire_json(
        chemin or chemins.REGISTRE,
        {"version": 1, "snippets": {}, "diagrammes": {}},
        "Reprenez la version de git : git checkout snippets/registre.json.",
    )


def ecrire(registre: Registre, chemin: Path | None = None) -> None:
    """Écrit le registre d'un seul coup, clés triées, une donnée par ligne."""
    texte = json.dumps(registre, ensure_ascii=False, indent=2, sort_keys=True)
    fichiers.ecrire(chemin or chemins.REGISTRE, texte + "\n")


def fichier_de_sortie(nom: str, modele: str) -> str:
    """Chemin de la sortie, relatif à snippets/ : `sorties/<snippet>.txt`.

    Un autre modèle que ceux de référence ajoute son nom : `sorties/<snippet>.llama3.2.txt`.
    """
    snippet = Path(nom)
    references = (AUCUN_MODELE, MODELE_DE_REFERENCE, MODELE_D_EMBEDDING)
    ajout = "" if modele in references else f".{modele.replace(':', '-')}"
    return (snippet.parent / "sorties" / f"{snippet.stem}{ajout}.txt").as_posix()


def paquets_importes(code: str) -> set[str]:
    """Noms (côté import) des modules de premier niveau qu'un programme Python importe."""
    noms: set[str] = set()
    for noeud in ast.walk(ast.parse(code)):
        if isinstance(noeud, ast.Import):
            noms |= {alias.name.split(".")[0] for alias in noeud.names}
        elif isinstance(noeud, ast.ImportFrom) and noeud.module and not noeud.level:
            noms.add(noeud.module.split(".")[0])
    return noms - sys.stdlib_module_names


@cache
def versions_verrouillees() -> dict[str, str]:
    """Paquet -> version, d'après les verrous ; celui de `dev` l'emporte."""
    versions: dict[str, str] = {}
    for nom in ("entrainement", "dev"):
        verrou = chemins.VERROUS / f"{nom}.txt"
        if verrou.is_file():
            versions |= dict(LIGNE_DE_VERROU.findall(verrou.read_text(encoding="utf-8")))
    return versions


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Module importable -> paquets installés qui le fournissent."""
    return metadata.packages_distributions()


def paquets_verrouilles(snippet: Path) -> dict[str, str]:
    """Version verrouillée de chaque paquet que le programme importe directement."""
    if snippet.suffix != ".py":
        return {}
    distributions = _distributions()
    paquets: dict[str, str] = {}
    for nom in sorted(paquets_importes(snippet.read_text(encoding="utf-8"))):
        distribution = distributions.get(nom, [nom])[0].lower().replace("_", "-")
        paquets[distribution] = versions_verrouillees().get(distribution, "non verrouillée")
    return paquets


def perime(nom: str, entree: Enregistrement) -> str | None:
    """Pourquoi cet enregistrement n'est plus à jour, ou None s'il l'est."""
    snippet = chemins.SNIPPETS / nom
    if fichiers.empreinte(snippet) != entree["code"]:
        return "son code a changé"
    for donnee, empreinte in entree["donnees"].items():
        chemin = chemins.SNIPPETS / donnee
        if not chemin.is_file() or fichiers.empreinte(chemin) != empreinte:
            return f"ses données ont changé ({donnee})"
    for paquet, version in entree["paquets"].items():
        actuelle = versions_verrouillees().get(paquet, "non verrouillée")
        if actuelle != version:
            return f"le paquet {paquet} est passé de {version} à {actuelle}"
    sortie = chemins.RACINE / entree["sortie"]["fichier"]
    if not sortie.is_file() or fichiers.empreinte(sortie) != entree["sortie"]["sha256"]:
        return f"sa sortie a été modifiée ou supprimée ({entree['sortie']['fichier']})"
    for nom_de_figure, empreinte in entree.get("figures", {}).items():
        figure = chemins.RACINE / nom_de_figure
        if not figure.is_file() or fichiers.empreinte(figure) != empreinte:
            return f"sa figure a été modifiée ou supprimée ({nom_de_figure})"
    return None


def a_enregistrer(snippets: list[str], modele: str | None) -> dict[str, str]:
    """Parmi `snippets`, ceux qu'il faut réenregistrer avec `modele`, et pourquoi.

    Sans modèle nommé, chacun a le sien : celui de référence, ou cours-fr si son test le demande.
    """
    connus = lire()["snippets"]
    raisons: dict[str, str] = {}
    for nom in snippets:
        entrees = connus.get(nom, {})
        nommes = [modele] if modele else [MODELE_DE_REFERENCE, MODELE_DU_COURS]
        cles = (AUCUN_MODELE, MODELE_D_EMBEDDING, *nommes)
        entree = next((entrees[cle] for cle in cles if cle in entrees), None)
        raison = perime(nom, entree) if entree else "il n'a jamais été enregistré"
        if raison:
            raisons[nom] = raison
    return raisons
