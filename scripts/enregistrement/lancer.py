"""Lancer pytest sur les tests des leçons, par module et par modèle, et garder chaque verdict."""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from scripts.enregistrement.plan import Candidat, modele_de_session
from scripts.lecons import journal, marqueurs
from scripts.socle import chemins
from scripts.socle.commandes import accompagner
from scripts.socle.machine import decrire_machine

PYTEST = [sys.executable, "-m", "pytest"]


def lots(choisis: Iterable[Candidat]) -> list[tuple[str, str, list[Candidat]]]:
    """Les candidats par module et par modèle de session : (module, `COURS_MODELE`, candidats)."""

    def cle(candidat: Candidat) -> tuple[str, str]:
        module = "_".join(candidat.module.split("_")[:2])
        return (module, modele_de_session(candidat.nom, candidat.modele))

    return [(*c, list(lot)) for c, lot in groupby(sorted(choisis, key=cle), key=cle)]


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
    env = {"COURS_MODELE": modele} if modele else {}
    env |= {"COURS_COMPLET": "1"} if complet else {}
    with tempfile.TemporaryDirectory() as dossier:
        verdicts = Path(dossier, "verdicts.jsonl")
        commande = [*PYTEST, "-q", "--no-header", f"--verdicts={verdicts}"]
        commande += ["--enregistrer"] if enregistrer else []
        commande += [f"--seulement={nom}" for nom in noms]
        try:
            return accompagner([*commande, *fichiers_de_test(noms)], env)
        finally:
            noter(verdicts, bref=not (complet or enregistrer))


def noter(verdicts: Path, bref: bool) -> None:
    """Reporte au journal les succès de ce fichier."""
    if not verdicts.is_file():
        return
    machine, date = decrire_machine(), maintenant()
    abreges = {nom for nom, arguments in marqueurs.par_programme().items() if arguments.get("bref")}
    for ligne in verdicts.read_text(encoding="utf-8").splitlines():
        verdict = json.loads(ligne)
        if verdict["reussi"]:
            nom, modele = verdict["nom"], verdict["modele"]
            abrege = bref and nom in abreges
            journal.noter(nom, modele, verdict["duree_s"], machine, date, abrege)


def maintenant() -> str:
    """La date et l'heure, à la seconde, comme le journal les écrit."""
    return datetime.datetime.now().isoformat(timespec="seconds")
