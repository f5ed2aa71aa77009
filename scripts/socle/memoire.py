"""Ce que les contrôles gardent d'une fois à l'autre, sous `.cache/verifier/`, pour ne rien refaire.

Une valeur n'est reprise que si la clé dont elle dépend est la même et si le fichier est intact ; un
fichier absent, abîmé ou d'une autre clé est ignoré, et la valeur recalculée.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from scripts.socle import chemins, fichiers

# Les pièces de scripts/ qu'aucun contrôle n'importe, de près ou de loin.
HORS_DES_CONTROLES = {"bench", "enregistrement", "outillage", "produits", "veille"}
# Ce que les contrôles importent ou font importer : Markdown et ses extensions, carnets, schémas.
PAQUETS = (
    *("jsonschema", "jupytext", "markdown", "mkdocs", "mkdocs-jupyter", "nbformat", "pathspec"),
    *("packaging", "pygments", "pymdown-extensions", "pyyaml"),
)


def empreinte_de(*morceaux: str | bytes) -> str:
    """Une empreinte de ces textes, dans cet ordre et ainsi découpés."""
    somme = hashlib.sha256()
    for morceau in morceaux:
        octets = morceau.encode("utf-8", "surrogatepass") if isinstance(morceau, str) else morceau
        somme.update(b"%d:" % len(octets) + octets)
    return somme.hexdigest()


def empreinte_des_fichiers(noms: Iterable[Path]) -> str:
    """Une empreinte des chemins et des contenus de ces fichiers, absences comprises."""
    morceaux: list[str | bytes] = []
    for nom in noms:
        morceaux += [str(nom), nom.read_bytes() if nom.is_file() else b"absent"]
    return empreinte_de(*morceaux)


@cache
def version_du_code() -> str:
    """Ce dont dépend toute valeur gardée : le code, Python et les paquets qu'un contrôle atteint.

    Lire ce code prend un centième de seconde.
    """
    scripts = chemins.RACINE_DU_CODE / "scripts"
    sources = [
        source
        for dossier in sorted(scripts.iterdir())
        if dossier.name not in HORS_DES_CONTROLES
        for source in sorted(dossier.rglob("*.py"))
    ]
    return empreinte_de(empreinte_des_fichiers(sources), sys.version, *map(_version, PAQUETS))


def _version(paquet: str) -> str:
    try:
        return metadata.version(paquet)
    except metadata.PackageNotFoundError:
        return "absent"


def reprendre(nom: str) -> dict[str, Any]:
    """Les valeurs gardées sous ce nom, par clé ; aucune si le fichier manque ou n'est pas sain."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        somme, _, corps = _fichier(nom).read_text(encoding="utf-8").partition("\n")
        if somme == empreinte_de(version_du_code(), corps):
            valeurs: dict[str, Any] = json.loads(corps)
            return valeurs
    return {}


def garder(nom: str, valeurs: dict[str, Any]) -> None:
    """Garde ces valeurs, si le disque le permet : les contrôles se passent de mémoire."""
    corps = json.dumps(valeurs, ensure_ascii=False, separators=(",", ":"))
    with contextlib.suppress(OSError, ValueError):
        fichiers.ecrire(_fichier(nom), f"{empreinte_de(version_du_code(), corps)}\n{corps}")


class Souvenirs:
    """Des textes déjà calculés, gardés sous `nom` ; ceux qui ne servent plus sont oubliés."""

    def __init__(self, nom: str) -> None:
        self._nom = nom
        self._anciens: dict[str, str] | None = None
        self._actuels: dict[str, str] = {}

    def de(self, cle: str, calculer: Callable[[], str]) -> str:
        """Le texte de cette clé : celui d'une fois précédente, sinon celui que rend `calculer`."""
        if self._anciens is None:
            self._anciens = reprendre(self._nom)
        if cle not in self._actuels:
            self._actuels[cle] = self._anciens.get(cle) or calculer()
        return self._actuels[cle]

    def garder(self) -> None:
        """Garde ce qui a servi, si c'est autre chose que la fois précédente."""
        if self._actuels != self._anciens:
            garder(self._nom, self._actuels)


def _fichier(nom: str) -> Path:
    return chemins.RACINE / ".cache" / "verifier" / f"{nom}.json"
