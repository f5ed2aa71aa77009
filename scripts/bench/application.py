"""`discuter.py` devant dix mille passages : `python -m scripts.bench.application`.

Plusieurs minutes sur deux cœurs ; la page de l'application renvoie ici, et ne donne aucun chiffre.
"""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path

from scripts.execution.executer import Reglages, executer
from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.ollama_prive import mise_en_place
from scripts.ollama_prive.ouvrir import USAGE_DES_TESTS, ouvrir
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.commandes import console
from scripts.socle.francais import nombre

PROGRAMME = "module_5_rag/discuter.py"
FICHIERS, SECTIONS, MOTS = 200, 50, 85


def mesurer() -> None:
    """Indexe le dossier, puis relance sans rien avoir changé ; affiche durées et mémoires."""
    with ouvrir(USAGE_DES_TESTS) as serveur, tempfile.TemporaryDirectory() as temporaire:
        for modele in (modeles.MODELE_D_EMBEDDING, modeles.MODELE_PAR_DEFAUT):
            mise_en_place.procurer(serveur, modele)
        travail = Path(temporaire)
        _fabriquer(travail / "documents")
        for moment in ("première indexation", "rien n'a changé"):
            with console.status(moment):
                essai = _discuter(serveur, travail)
            bilan = re.search(r"^\d+ fichiers, .+$", essai.sortie, re.MULTILINE)
            duree = nombre(essai.duree_s, 1)
            console.print(f"{moment} : {duree} s, {essai.memoire_mio:.0f} Mio, code {essai.code}")
            console.print(f"  {bilan[0] if bilan else essai.erreurs}")
        taille = sum(f.stat().st_size for f in (travail / "base").rglob("*") if f.is_file())
        console.print(f"base : {taille / 2**20:.0f} Mio")


def _fabriquer(dossier: Path) -> None:
    """Des fichiers Markdown faits de mots d'Orvelune tirés au sort, toujours les mêmes."""
    hasard = random.Random(7)
    sources = sorted((chemins.DONNEES / "documents").glob("*.md"))
    mots = [mot for source in sources for mot in source.read_text("utf-8").split()]
    dossier.mkdir()
    for rang in range(FICHIERS):
        sections = (
            f"## Section {rang}.{n}\n\n{' '.join(hasard.choices(mots, k=MOTS))}\n"
            for n in range(SECTIONS)
        )
        (dossier / f"note_{rang}.md").write_text("\n".join(sections), encoding="utf-8")


def _discuter(serveur: Serveur, travail: Path) -> Execution:
    question = ("--dossier", "documents", "--question", "Quelle est la durée de la garantie ?")
    env = {"COURS_MODELE": modeles.MODELE_PAR_DEFAUT}
    return executer(PROGRAMME, serveur, Reglages(args=question, env=env, dossier=travail))


if __name__ == "__main__":
    mesurer()
