"""La copie du lecteur : snippets/ recopié dans un dossier provisoire, où tourne le programme.

Le dépôt n'est ni lu ni touché pendant l'exécution : les empreintes sont celles d'avant, et ce que
le programme ouvre dans sa copie ne vient que de lui.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.lecons import syntaxe
from scripts.lecons.catalogue import DOSSIERS_HORS_LECON
from scripts.lecons.cle import empreinte_du_dossier
from scripts.socle import chemins


class Copie:
    """Une copie de snippets/ et ce qu'elle contenait avant l'exécution."""

    def __init__(self, racine: Path) -> None:
        self.racine = racine
        elements = sorted(racine.rglob("*"))
        self._contenus = {self._nom(e): e.read_bytes() for e in elements if e.is_file()}
        dossiers = [racine, *(e for e in elements if e.is_dir())]
        self._dossiers = {self._nom(dossier): empreinte_du_dossier(dossier) for dossier in dossiers}

    def _nom(self, chemin: Path) -> str:
        return chemin.relative_to(self.racine).as_posix()

    def nom(self, chemin: str) -> str:
        """Le nom, relatif à snippets/, d'un chemin de la copie."""
        return Path(chemin).relative_to(self.racine).as_posix()

    def codes(self, noms: Iterable[str]) -> dict[str, str]:
        """Nom -> empreinte d'arbre, pour ceux qui existaient."""
        return {
            nom: syntaxe.empreinte_des_octets(self._contenus[nom], Path(nom).suffix, du_cours=True)
            for nom in sorted(noms)
            if nom in self._contenus
        }

    def fichiers(self, noms: Iterable[str]) -> dict[str, str]:
        """Nom -> empreinte du contenu, pour ceux qui existaient."""
        return {
            nom: hashlib.sha256(self._contenus[nom]).hexdigest()
            for nom in sorted(noms)
            if nom in self._contenus
        }

    def dossiers(self, noms: Iterable[str]) -> dict[str, str]:
        """Nom -> empreinte de la liste, pour ceux qui existaient."""
        return {nom: self._dossiers[nom] for nom in sorted(noms) if nom in self._dossiers}

    def connait(self, nom: str) -> bool:
        """Ce fichier était-il dans la copie avant l'exécution ?"""
        return nom in self._contenus

    def traduire(self, texte: str) -> str:
        """Le même texte, où un chemin du dépôt sous snippets/ devient celui de la copie."""
        return texte.replace(str(chemins.SNIPPETS), str(self.racine))


@contextlib.contextmanager
def copier() -> Iterator[Copie]:
    """Recopie snippets/, le temps d'une exécution."""
    with tempfile.TemporaryDirectory(prefix="lecteur-") as dossier:
        racine = Path(dossier).resolve() / "snippets"
        ignorer = shutil.ignore_patterns(*DOSSIERS_HORS_LECON, ".*", "*.pyc")
        shutil.copytree(chemins.SNIPPETS, racine, ignore=ignorer)
        yield Copie(racine)
