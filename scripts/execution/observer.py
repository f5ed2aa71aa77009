"""Réunir ce que l'exécution d'un programme a montré : ce qu'il lit, parcourt, cherche et charge."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scripts.execution.copie import Copie
from scripts.execution.ouvertures import Ouvertures
from scripts.lecons.verrous import nom_canonique

# Ce qui mesure n'est pas ce qui est mesuré.
OUTILS_DE_MESURE = {"coverage"}


@dataclass(frozen=True)
class Observation:
    """Ce dont l'exécution a dépendu. Chemins relatifs à snippets/, mémoire (pic) en Mio.

    `programme` : empreinte de celui que l'on a lancé ; `codes` : empreinte d'arbre de chaque
    programme exécuté ou importé ; `fichiers` : empreinte de chaque fichier lu ; `dossiers` :
    empreinte de chaque dossier parcouru ; `absents` : fichiers cherchés en vain ; `paquets` :
    version installée de chaque paquet chargé ; `outils_s` : temps pris par la mesure, en secondes.
    """

    programme: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    fichiers: dict[str, str] = field(default_factory=dict)
    dossiers: dict[str, str] = field(default_factory=dict)
    absents: tuple[str, ...] = ()
    paquets: dict[str, str] = field(default_factory=dict)
    memoire_mio: float = 0.0
    outils_s: float = 0.0

    def avec(self, autre: Observation) -> Observation:
        """La réunion de deux observations."""
        return Observation(
            self.programme,
            self.codes | autre.codes,
            self.fichiers | autre.fichiers,
            self.dossiers | autre.dossiers,
            tuple(sorted({*self.absents, *autre.absents})),
            self.paquets | autre.paquets,
            max(self.memoire_mio, autre.memoire_mio),
            self.outils_s + autre.outils_s,
        )


def observer(nom: str, rapports: Path, vues: Ouvertures, copie: Copie, python: Path) -> Observation:
    """L'observation de l'exécution de `nom`, faite dans `copie` par l'interpréteur `python`."""
    lus = [json.loads(rapport.read_text("utf-8")) for rapport in sorted(rapports.glob("*.json"))]

    def noms(champ: str) -> set[str]:
        return {copie.nom(chemin) for rapport in lus for chemin in rapport[champ]}

    codes, donnees = noms("codes"), noms("lus")
    ouverts = {copie.nom(chemin) for chemin in vues.fichiers} - codes - {nom}
    absents = {nom for nom in donnees if not copie.connait(nom)}
    par_l_import = sum((Counter(rapport["importes"]) for rapport in lus), Counter[str]())
    parcourus = [d for d, nombre in vues.dossiers.items() if nombre > par_l_import[d]]
    return Observation(
        copie.codes({nom}).get(nom, ""),
        copie.codes(codes - {nom}),
        copie.fichiers(donnees | ouverts),
        copie.dossiers(noms("dossiers") | {copie.nom(dossier) for dossier in parcourus}),
        tuple(sorted(absents)),
        versions({morceau for rapport in lus for morceau in rapport["paquets"]}, python),
        max((rapport["memoire_mio"] for rapport in lus), default=0.0),
        sum(rapport["outils_s"] for rapport in lus),
    )


def versions(modules: Iterable[str], python: Path) -> dict[str, str]:
    """Paquet -> version installée, pour des débuts de chemin de modules (« numpy/core »)."""
    fournisseurs = _fournisseurs(site_packages(python))
    paquets = [paquet for module in modules for paquet in fournisseurs.get(module, ())]
    return dict(sorted(paquet for paquet in paquets if paquet[0] not in OUTILS_DE_MESURE))


def site_packages(python: Path) -> str:
    """Le dossier des paquets de l'environnement de cet interpréteur."""
    [dossier] = python.parents[1].glob("lib/python*/site-packages")
    return str(dossier)


@cache
def _fournisseurs(dossier: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Début de chemin d'un module installé -> paquets (nom, version) qui l'ont posé.

    Lu dans les fichiers RECORD (PEP 376) : `importlib.metadata` y mettrait dix fois plus de temps.
    """
    trouves: dict[str, set[tuple[str, str]]] = {}
    for poses in Path(dossier).glob("*.dist-info/RECORD"):
        nom, _, version = poses.parent.name.removesuffix(".dist-info").rpartition("-")
        paquet = (nom_canonique(nom), version)
        for ligne in poses.read_text(encoding="utf-8").splitlines():
            debut = "/".join(ligne.partition(",")[0].strip('"').split("/", 2)[:2])
            trouves.setdefault(debut, set()).add(paquet)
    return {debut: tuple(sorted(paquets)) for debut, paquets in trouves.items()}
