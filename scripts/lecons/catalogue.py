"""Les modules et leurs programmes : ce qui existe, ce qui est un carnet, quelle page l'explique."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

MARQUE = "# %%"
EXTENSIONS = (".py", ".sh")
# Ce que les programmes ont écrit, ce dont on tire les figures : un lecteur n'en reçoit rien, la
# copie où un programme tourne non plus, et la clé l'ignore.
DOSSIERS_HORS_LECON = {"sorties", "preuves", "diagrammes", "experience", "__pycache__"}


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
    """Chaque programme de snippets/ (relatif à ce dossier), sous-dossiers compris."""
    trouves = (f.relative_to(chemins.SNIPPETS) for f in chemins.SNIPPETS.glob("module_*/**/*"))
    return sorted(
        nom.as_posix() for nom in trouves if nom.suffix in EXTENSIONS and not hors_lecon(nom)
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
