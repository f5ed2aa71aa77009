"""Mener l'expérience du module 9 en entier, contre un Ollama privé : `make experience`."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from scripts.experience.resultats import GRAINES, MODELES, MODULE, garder
from scripts.ollama_prive import adresse, fabrique, mise_en_place
from scripts.ollama_prive.client import ollama
from scripts.ollama_prive.ouvrir import USAGE_DES_TESTS, ouvrir_sans_modele
from scripts.outillage import entrainement
from scripts.socle import chemins, machine, verrou
from scripts.socle.commandes import accompagner, console
from scripts.socle.erreurs import ErreurCours


def lancer(noms: Sequence[str], graines: Sequence[int], travail: Path) -> list[Path]:
    """Mène l'expérience de chaque modèle avec chaque graine ; renvoie leurs tableaux.

    Seule l'expérience entière (`MODELES` et `GRAINES`) remplace les résultats du dépôt.
    `noms` : modèles du cours, dont le dossier Hugging Face se fabrique. Lève `ErreurCours` si un
    bras échoue ; relancer reprend au bras interrompu.
    """
    entrainement.preparer_l_entrainement()
    dossiers = {nom: fabrique.dossier_hugging_face(nom) for nom in noms}
    programme = [str(chemins.PYTHON_ENTRAINEMENT), str(MODULE / "experience.py")]
    tableaux = []
    with verrou.un_seul_passage(), ouvrir_sans_modele(USAGE_DES_TESTS) as serveur:
        executable = serveur.executable or Path(shutil.which("ollama") or "ollama")
        chemin = [str(outil.parent) for outil in (chemins.PYTHON_ENTRAINEMENT, executable)]
        env = {
            "OLLAMA_HOST": serveur.adresse,
            "HF_HUB_OFFLINE": "1",
            "PATH": os.pathsep.join([*chemin, os.environ["PATH"]]),
        }
        for nom, base in dossiers.items():
            mise_en_place.procurer(serveur, nom)
            for graine in graines:
                dossier = travail / f"{nom.replace(':', '-')}-{graine}"
                console.rule(f"{nom}, graine {graine}")
                options = ["--modele", nom, "--graine", str(graine), "--dossier", str(dossier)]
                options += ["--bras", *bras_a_passer(graine == graines[0])]
                if accompagner([*programme, *options], {**env, "COURS_MODELE_HF": str(base)}):
                    raise ErreurCours("Un bras a échoué ; relancez la même commande.")
                _retirer_les_modeles(serveur.adresse, dossier.name)
                tableaux.append(dossier / "resultats.csv")
        if est_entiere(noms, graines):
            garder(tableaux, adresse.version(serveur.adresse), machine.decrire_machine())
    return tableaux


def est_entiere(noms: Sequence[str], graines: Sequence[int]) -> bool:
    """Est-ce l'expérience du cours, tous modèles et toutes graines ?"""
    return set(noms) == set(MODELES) and set(graines) == set(GRAINES)


def bras_a_passer(premiere_graine: bool) -> list[str]:
    """Les bras d'une graine ; sans entraînement, elle n'y change rien : une fois suffit."""
    reglages = tomllib.loads((MODULE / "bras.toml").read_text(encoding="utf-8"))
    return [
        titre for titre, bras in reglages["bras"].items() if premiere_graine or "modele" in bras
    ]


def _retirer_les_modeles(serveur: str, dossier: str) -> None:
    """Retire du serveur les modèles affinés d'un dossier : 140 Mo chacun."""
    client = ollama.Client(host=serveur, trust_env=False)
    for nom in adresse.empreintes_des_modeles(serveur):
        if nom.startswith(f"m9-{dossier.lower()}-"):
            client.delete(nom)
