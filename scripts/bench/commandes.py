"""Le temps que prennent les commandes du Makefile, telles que les tape un contributeur."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scripts.bench.mesure import Passage, chronometrer
from scripts.publication.performances import Mesure, Resultat
from scripts.socle import chemins
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours

PASSAGES_DES_CONTROLES = 3
LIMITE_DES_CONTROLES_S = 2.0
# Minutes d'exécutions réelles accordées à `make test` (vide : son défaut) -> limite, en minutes.
LIMITES_DES_TESTS_MIN = {"": 10.0, "0": 5.0}
LIMITE_DE_L_INSTALLATION_S = 60.0
LIMITE_DE_TAILLE_MO = 300.0
# Un `make` lancé par `make bench` ne doit pas se croire son enfant.
SANS_MAKE = {"MAKEFLAGS": "", "MAKELEVEL": "", "MFLAGS": ""}


def mesurer_les_controles() -> Mesure:
    """Durée de `make verifier` quand rien n'a changé."""
    durees = []
    for _ in range(PASSAGES_DES_CONTROLES):
        passage = _make("verifier", "réglez les problèmes trouvés : la mesure veut un dépôt à jour")
        durees.append(round(passage.duree_s, 3))
    resultat = Resultat(
        "`make verifier` sans changement", min(durees), "s", "≤", LIMITE_DES_CONTROLES_S
    )
    return Mesure([resultat], {"durees_s": durees})


def mesurer_les_tests() -> Mesure:
    """Durée de `make test`, avec son temps d'exécutions réelles par défaut, puis sans aucun."""
    resultats, durees = [], {}
    for budget, limite in LIMITES_DES_TESTS_MIN.items():
        passage = _make("test", "corrigez les tests d'abord", {"BUDGET": budget})
        nom = f"make test BUDGET={budget}" if budget else "make test"
        durees[nom] = round(passage.duree_s, 1)
        resultats.append(Resultat(f"`{nom}`", passage.duree_s / 60, "min", "≤", limite, 1))
    return Mesure(resultats, {"durees_s": durees})


def mesurer_l_installation() -> Mesure:
    """Durée de `make site` dans une copie neuve du dernier commit, et place qu'elle a prise.

    Les paquets sont déjà dans les caches de pip et d'`uv` : c'est notre part qui est mesurée,
    pas le débit du réseau.
    """
    with tempfile.TemporaryDirectory(prefix="cours-bench-") as dossier:
        copie = Path(dossier) / "copie"
        commande = ["git", "clone", "--quiet", str(chemins.RACINE), str(copie)]
        if subprocess.run(commande, stdin=subprocess.DEVNULL).returncode:
            raise ErreurCours("Le dépôt n'a pas pu être copié par « git clone ».")
        passage = _make("site", "lancez « make site »", dossier=copie)
        taille = taille_mo(copie / ".venv")
    return Mesure(resultats_de_l_installation(passage.duree_s, taille), {"taille_mo": taille})


def resultats_de_l_installation(duree_s: float, taille: float) -> list[Resultat]:
    """La durée et la place, chacune avec son objectif."""
    return [
        Resultat("`make site` à partir de rien", duree_s, "s", "≤", LIMITE_DE_L_INSTALLATION_S, 1),
        Resultat("Place prise par `make site`", taille, "Mo", "≤", LIMITE_DE_TAILLE_MO, 0),
    ]


def taille_mo(dossier: Path) -> float:
    """La taille des fichiers d'un dossier, en mégaoctets ; un lien ne compte pas."""
    fichiers = (f for f in dossier.rglob("*") if f.is_file() and not f.is_symlink())
    return round(sum(fichier.stat().st_size for fichier in fichiers) / 1e6, 1)


def _make(
    cible: str, remede: str, env: Mapping[str, str] | None = None, dossier: Path | None = None
) -> Passage:
    """Un passage de `make cible`, chronométré. Lève `ErreurCours` s'il échoue."""
    reglages = "".join(f" {nom}={valeur}" for nom, valeur in (env or {}).items() if valeur)
    nom = f"make {cible}{reglages}"
    with console.status(nom):
        passage = chronometrer(
            ["make", cible], cwd=dossier or chemins.RACINE, env={**SANS_MAKE, **(env or {})}
        )
    passage.exiger_la_reussite(f"« {nom} » échoue : {remede}.")
    console.print(f"{nom} : {passage.duree_s:.1f} s")
    return passage
