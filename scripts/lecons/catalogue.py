"""Les modules et leurs programmes : ce qui existe, ce qui est un carnet, quelle page l'explique."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

MARQUE = "# %%"


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


EXTENSIONS = (".py", ".sh")


def noms_des_modules() -> list[str]:
    """Les dossiers `module_N_…` de snippets/."""
    return sorted(dossier.name for dossier in chemins.SNIPPETS.glob("module_*") if dossier.is_dir())


def noms_des_snippets() -> list[str]:
    """Chaque programme de snippets/ (relatif à ce dossier), sous-dossiers compris."""
    fichiers_trouves = chemins.SNIPPETS.glob("module_*/**/*")
    return sorted(
        fichier.relative_to(chemins.SNIPPETS).as_posix()
        for fichier in fichiers_trouves
        if fichier.suffix in EXTENSIONS and "__pycache__" not in fichier.parts
    )


def carnets_du_cours() -> list[str]:
    """Les snippets qui sont des sources de carnets."""
    return [nom for nom in noms_des_snippets() if est_carnet(chemins.SNIPPETS / nom)]


def lien_de_la_lecon(module: str) -> str:
    """Le titre de la page du module, avec son lien."""
    numero = module.split("_")[1]
    for page in sorted(chemins.DOCS.glob(f"jour-*/{numero}_*.md")):
        titre = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        lien = page.relative_to(chemins.DOCS).as_posix()
        return f"[{titre[1] if titre else module}](../{lien})"
    return module
