"""Les modules et leurs programmes : ce qui existe, ce qui est un carnet, quelle page l'explique.

Un **fichier réuni** est un `.py` sans numéro qu'un programme du même dossier importe, lui-même ou
par un autre fichier réuni (`from conversation import demander`). Il garde ce que plusieurs leçons
partagent. Une page de son module le montre, en entier ou par sections ; il n'a ni test, ni sortie,
ni enregistrement : ceux des programmes qui l'importent le couvrent, et leur clé le contient.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path, PurePath

from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

MARQUE = "# %%"
EXTENSIONS = (".py", ".sh")
# Ce que seules les pages lisent, à côté des programmes.
FICHIERS_DES_PAGES = {"phrases.toml", "verdicts.json"}
# Ce que les programmes ont écrit, ce dont on tire figures et phrases : un lecteur n'en reçoit rien,
# la copie où un programme tourne non plus, et la clé l'ignore.
DOSSIERS_HORS_LECON = {
    *("sorties", "preuves", "diagrammes", "experience", "__pycache__"),
    *FICHIERS_DES_PAGES,
}
# Une leçon, un exercice : ce que l'on lance, et que rien n'importe.
NUMEROTE = re.compile(r"(?:exercice_)?\d+_")


def hors_lecon(nom: PurePath) -> bool:
    """Vrai pour un chemin, relatif à snippets/, que n'a pas la copie d'un lecteur."""
    return any(mot in DOSSIERS_HORS_LECON or mot.startswith(".") for mot in nom.parts)


def est_carnet(snippet: Path) -> bool:
    """Vrai si ce programme Python est la source d'un carnet (cellules `# %%`)."""
    if snippet.suffix != ".py" or not snippet.is_file():
        return False
    texte = snippet.read_text(encoding="utf-8")
    return any(ligne.startswith(MARQUE) for ligne in texte.splitlines())


def destination(nom: str) -> Path:
    """`module_7_…/carnet_mesures.py` -> `docs/jour-3/7_carnet_mesures.ipynb`.

    Le jour est celui de la page du même module. Lève `ErreurCours` si cette page n'existe pas.
    """
    snippet = Path(nom)
    numero = re.match(r"module_(\d+)_", snippet.parent.name)
    pages = sorted(chemins.DOCS.glob(f"jour-*/{numero[1]}_*.md")) if numero else []
    if not numero or not pages:
        raise ErreurCours(
            f"snippets/{nom} est un carnet sans page : créez docs/jour-N/N_….md pour son module."
        )
    return pages[0].parent / f"{numero[1]}_{snippet.stem}.ipynb"


def noms_des_modules() -> list[str]:
    """Les dossiers `module_N_…` de snippets/."""
    return sorted(dossier.name for dossier in chemins.SNIPPETS.glob("module_*") if dossier.is_dir())


def noms_des_snippets() -> list[str]:
    """Chaque programme et chaque fichier réuni de snippets/ (relatif), sous-dossiers compris."""
    trouves: list[str] = []
    for module in noms_des_modules():
        for dossier, voisins, noms in os.walk(chemins.SNIPPETS / module):
            voisins[:] = [voisin for voisin in voisins if not hors_lecon(PurePath(voisin))]
            ici = Path(dossier).relative_to(chemins.SNIPPETS).as_posix()
            trouves += [f"{ici}/{nom}" for nom in noms if nom.endswith(EXTENSIONS)]
    return sorted(nom for nom in trouves if not hors_lecon(PurePath(nom)))


def noms_des_programmes() -> list[str]:
    """Chaque programme que l'on lance : tout ce que rend `noms_des_snippets`, sans les réunis."""
    reunis = fichiers_reunis()
    return [nom for nom in noms_des_snippets() if nom not in reunis]


def fichiers_reunis() -> dict[str, list[str]]:
    """Fichier réuni -> les programmes qui l'importent, même de loin (relatifs à snippets/)."""
    noms = [nom for nom in noms_des_snippets() if nom.endswith(".py")]
    dates = ((chemins.SNIPPETS / nom).stat() for nom in noms)
    etat = tuple((nom, d.st_mtime_ns, d.st_size) for nom, d in zip(noms, dates, strict=True))
    return dict(_fichiers_reunis(chemins.SNIPPETS, etat))


@lru_cache(maxsize=8)
def _fichiers_reunis(_racine: Path, etat: tuple[tuple[str, int, int], ...]) -> dict[str, list[str]]:
    noms = [nom for nom, *_ in etat]
    importes = {nom: imports_locaux(nom) for nom in noms}
    voulus = set[str]().union(*importes.values())
    trouves: dict[str, list[str]] = {}
    for programme in (nom for nom in noms if nom not in voulus):
        for reuni in _de_proche_en_proche(programme, importes.__getitem__):
            trouves.setdefault(reuni, []).append(programme)
    return dict(sorted(trouves.items()))


def reunis_de(nom: str) -> set[str]:
    """Les fichiers réunis qu'un programme importe, de près ou de loin (relatifs à snippets/)."""
    existe = nom.endswith(".py") and (chemins.SNIPPETS / nom).is_file()
    return _de_proche_en_proche(nom, imports_locaux) if existe else set()


def _de_proche_en_proche(nom: str, importes: Callable[[str], set[str]]) -> set[str]:
    trouves: set[str] = set()
    a_suivre = {nom}
    while a_suivre:
        a_suivre = {i for suivi in a_suivre for i in importes(suivi)} - trouves
        trouves |= a_suivre
    return trouves


def imports_locaux(nom: str) -> set[str]:
    """Les fichiers sans numéro de son dossier qu'un programme importe (relatifs à snippets/)."""
    fichier = chemins.SNIPPETS / nom
    texte = fichier.read_text(encoding="utf-8", errors="replace")
    voisins = {
        voisin.stem: voisin.relative_to(chemins.SNIPPETS).as_posix()
        for voisin in fichier.parent.glob("*.py")
        if voisin != fichier and NUMEROTE.match(voisin.name) is None and voisin.stem in texte
    }
    return {voisins[m] for m in modules_importes(fichier) if m in voisins} if voisins else set()


def modules_importes(fichier: Path) -> set[str]:
    """Le premier mot de chaque module qu'un programme importe."""
    return {module.split(".")[0] for module in importations(fichier)}


def importations(fichier: Path) -> frozenset[str]:
    """Chaque module qu'un programme importe, où que ce soit dans son texte, sous son nom entier."""
    date = fichier.stat()
    return _importations_du_fichier(fichier, date.st_mtime_ns, date.st_size)


@lru_cache(maxsize=1024)
def _importations_du_fichier(fichier: Path, _date: int, _taille: int) -> frozenset[str]:
    try:
        return frozenset(_importations(ast.parse(fichier.read_bytes())))
    except (SyntaxError, ValueError):
        return frozenset()  # un autre contrôle le dit


def _importations(arbre: ast.Module) -> Iterator[str]:
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Import):
            yield from (alias.name for alias in noeud.names)
        elif isinstance(noeud, ast.ImportFrom) and not noeud.level and noeud.module:
            yield noeud.module


def carnets_du_cours() -> list[str]:
    """Les snippets qui sont des sources de carnets."""
    return [nom for nom in noms_des_snippets() if est_carnet(chemins.SNIPPETS / nom)]


def est_un_exercice(nom: str) -> bool:
    """Vrai pour un exercice, qui a un départ et une solution."""
    return PurePath(nom).match("exercice_*.py")


def page_de_la_lecon(module: str) -> Path | None:
    """La première page du module."""
    numero = module.split("_")[1]
    return next(iter(sorted(chemins.DOCS.glob(f"jour-*/{numero}_*.md"))), None)


def titre_de_la_lecon(module: str) -> str:
    """Le titre de la première page du module ; à défaut, le nom du dossier."""
    page = page_de_la_lecon(module)
    texte = page.read_text(encoding="utf-8") if page else ""
    titre = re.search(r"^# (.+)$", texte, re.MULTILINE)
    return titre[1] if titre else module


def lien_de_la_lecon(module: str) -> str:
    """Le titre de la page du module, avec son lien."""
    page = page_de_la_lecon(module)
    if page is None:
        return module
    return f"[{titre_de_la_lecon(module)}](../{page.relative_to(chemins.DOCS).as_posix()})"
