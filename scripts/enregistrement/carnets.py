"""Exécuter un carnet pour le publier."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from scripts.execution.executer import OBSERVATION, Reglages, executer
from scripts.lecons import carnets, registre
from scripts.lecons.catalogue import destination
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, fichiers
from scripts.socle.erreurs import ErreurCours

EXECUTER = Path(__file__).with_name("executer_carnet.py")


def enregistrer_carnet(nom: str, serveur: Serveur, options: Mapping[str, Any]) -> Path:
    """Exécute le carnet contre Ollama ; renvoie son chemin.

    `options` : où et avec quel environnement `executer` doit lancer le carnet.

    Lève `ErreurCours` si une cellule échoue : le carnet précédent reste en place.
    """
    publie = destination(nom)
    environnement = {
        **options["env"],
        "PYTHONPATH": os.pathsep.join([str(OBSERVATION), str(chemins.RACINE_DU_CODE)]),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # la figure va dans le carnet
    }
    arguments = [str(chemins.SNIPPETS / nom), str(publie)]
    reglages = Reglages(source=EXECUTER, args=arguments, **{**options, "env": environnement})
    resultat = executer(nom, serveur, reglages)
    if resultat.code:
        raise ErreurCours(f"Le carnet snippets/{nom} a échoué :\n{resultat.erreurs[-2000:]}")
    carnets.ecrire_la_page(publie)
    return publie


def remettre_le_texte(nom: str) -> bool:
    """Remet dans le carnet publié le texte de sa source, si son code n'a pas changé.

    Renvoie False s'il n'y avait rien à remettre, ou s'il faut l'exécuter.
    """
    publie = destination(nom)
    if not publie.is_file() or carnets.desaccord(nom) is None:
        return False
    source, connu = jupytext.read(chemins.SNIPPETS / nom), nbformat.read(publie, as_version=4)
    codes = [
        [c.source.strip() for c in c_.cells if c.cell_type == "code"] for c_ in (source, connu)
    ]
    if codes[0] != codes[1]:
        return False
    executees = iter([cellule for cellule in connu.cells if cellule.cell_type == "code"])
    connu.cells = [
        next(executees) if cellule.cell_type == "code" else cellule for cellule in source.cells
    ]
    for numero, cellule in enumerate(connu.cells):
        cellule.id = f"cellule-{numero}"
    fichiers.ecrire(publie, nbformat.writes(connu) + "\n")
    carnets.ecrire_la_page(publie)
    contenu = registre.lire()
    for entree in contenu["snippets"].get(nom, {}).values():
        if "carnet" in entree:
            entree["carnet"]["sha256"] = fichiers.empreinte(publie)
    registre.ecrire(contenu)
    return True
