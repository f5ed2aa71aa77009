"""Lancer pytest sur les tests des leçons, par module et par modèle, et garder chaque verdict."""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from scripts.enregistrement.plan import Candidat, modele_de_session
from scripts.enregistrement.suivi import Verdict
from scripts.lecons import journal, marqueurs, modeles, registre
from scripts.ollama_prive import adresse as adresses
from scripts.socle import chemins
from scripts.socle.commandes import accompagner, dire
from scripts.socle.machine import decrire_machine

PYTEST = [sys.executable, "-m", "pytest"]


def lots(choisis: Iterable[Candidat]) -> list[tuple[str, str, list[Candidat]]]:
    """Les candidats par module et par modèle de session : (module, `COURS_MODELE`, candidats)."""

    def cle(candidat: Candidat) -> tuple[str, str]:
        module = "_".join(candidat.module.split("_")[:2])
        return (module, modele_de_session(candidat.nom, candidat.modele))

    return [(*c, list(lot)) for c, lot in groupby(sorted(choisis, key=cle), key=cle)]


def ecarter_les_modeles_absents(tous: Iterable[Candidat]) -> list[Candidat]:
    """Sans ceux dont le modèle, que le cours ne déclare pas, manque au serveur ; le dit.

    Un lecteur a pu enregistrer une leçon avec un modèle que lui seul a : nul autre n'y est tenu.
    """
    tous = list(tous)
    etrangers = {c.modele for c in tous if not registre.est_du_cours(c.modele)}
    hote = os.environ.get("OLLAMA_HOST")
    if etrangers and hote:
        presents = adresses.empreintes_des_modeles(adresses.normaliser(hote))
        etrangers = {nom for nom in etrangers if modeles.nom_complet(nom) not in presents}
    for nom in sorted(etrangers):
        laisses = sum(c.modele == nom for c in tous)
        dire(f"{laisses} à exécuter avec {nom} : laissés, ce serveur n'a pas ce modèle.")
    return [c for c in tous if c.modele not in etrangers]


def fichiers_de_test(noms: Iterable[str]) -> list[str]:
    """Les fichiers de tests qui portent ces programmes et ces essais."""
    voulus = set(noms)
    trouves = {nom.partition("::")[0] for nom in voulus if "::" in nom}
    for marqueur in marqueurs.tous():
        if marqueur.sorte == "snippet" and voulus & set(marqueur.programmes):
            trouves.add(chemins.relatif(marqueur.test))
    # Un marqueur écrit dans un module d'aide sert aux tests de tout le module.
    if any(not nom.rpartition("/")[2].startswith("test_") for nom in trouves):
        trouves |= {chemins.relatif(test) for test in marqueurs.fichiers_de_test()}
    return sorted(nom for nom in trouves if nom.rpartition("/")[2].startswith("test_"))


def executer(
    noms: list[str], modele: str, *, enregistrer: bool = False, complet: bool = False
) -> int:
    """Exécute ces programmes et ces essais ; note chaque succès au journal dès qu'il vient.

    Rend le code de sortie de pytest.
    """
    reporter_les_verdicts()
    commande = [*PYTEST, "-q", "--no-header", f"--verdicts={fichier_des_verdicts()}"]
    commande += ["--enregistrer"] if enregistrer else []
    commande += [f"--seulement={nom}" for nom in noms]
    env = {"COURS_MODELE": modele, "COURS_COMPLET": "1" if complet else ""}
    try:
        return accompagner([*commande, *fichiers_de_test(noms)], env)
    finally:
        reporter_les_verdicts()


def fichier_des_verdicts() -> Path:
    """Où pytest écrit chaque verdict dès qu'il vient ; le journal les reprend, même après coup."""
    fichier = chemins.RACINE / ".cache" / "verdicts.jsonl"
    fichier.parent.mkdir(exist_ok=True)
    return fichier


def reporter_les_verdicts() -> None:
    """Reporte au journal les succès déjà écrits, ceux d'un passage tué net compris."""
    fichier = fichier_des_verdicts()
    if not fichier.is_file():
        return
    machine = decrire_machine()
    for ligne in fichier.read_text(encoding="utf-8").splitlines():
        verdict: Verdict = json.loads(ligne)
        if verdict["reussi"]:
            nom, modele, duree = verdict["nom"], verdict["modele"], verdict["duree_s"]
            journal.noter(nom, modele, duree, machine, verdict["date"], verdict["bref"])
    fichier.unlink()


def maintenant() -> str:
    """La date et l'heure, à la seconde, comme le journal les écrit."""
    return datetime.datetime.now().isoformat(timespec="seconds")
