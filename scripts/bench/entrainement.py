"""La vitesse d'entraînement : la recette de `cours-fr` contre les défauts de TRL."""

from __future__ import annotations

import json
from typing import Any

from scripts.bench.mesure import chronometrer
from scripts.lecons.modeles import MODELE_DE_REFERENCE
from scripts.ollama_prive import fabrique
from scripts.outillage import entrainement
from scripts.publication.performances import Mesure, Resultat
from scripts.socle import chemins
from scripts.socle.commandes import console

GAIN_MINIMAL = 1.5
# Par token : produits de matrices à l'aller, puis au retour vers les entrées ; les poids de base,
# gelés, n'ont pas de gradient. Deux opérations par paramètre et par produit.
OPERATIONS_PAR_PARAMETRE = 4
PARAMETRES = 134_500_000


def mesurer() -> Mesure:
    """Débits d'entraînement, en tokens/s, l'un après l'autre ; part du calcul de crête."""
    entrainement.preparer_l_entrainement()
    base = fabrique.dossier_hugging_face(MODELE_DE_REFERENCE)
    passages = {}
    for mode in ("calcul", "trl", "cours"):
        with console.status(f"Entraînement : {mode}"):
            passages[mode] = _passage(base, mode)
        console.print(f"{mode} : {passages[mode]}")
    return Mesure(resultats(passages), passages)


def _passage(base: object, mode: str) -> dict[str, Any]:
    commande = [chemins.PYTHON_ENTRAINEMENT, "-m", "scripts.bench.passage_entrainement", base, mode]
    passage = chronometrer(commande, cwd=chemins.RACINE, env={"HF_HUB_OFFLINE": "1"})
    passage.exiger_la_reussite(f"Le passage d'entraînement « {mode} » a échoué.")
    mesure: dict[str, Any] = json.loads(passage.sortie.strip().splitlines()[-1])
    return {**mesure, "memoire_mio": round(passage.memoire_mio)}


def resultats(passages: dict[str, dict[str, Any]]) -> list[Resultat]:
    """Le gain sur TRL, la part du calcul de crête et le rapport des mémoires."""
    debits = {m: passages[m]["tokens"] / passages[m]["duree_s"] for m in ("trl", "cours")}
    gflops = debits["cours"] * OPERATIONS_PAR_PARAMETRE * PARAMETRES / 1e9
    memoire = passages["cours"]["memoire_mio"] / passages["trl"]["memoire_mio"]
    gain = debits["cours"] / debits["trl"]
    return [
        Resultat("Entraînement, débit contre les défauts de TRL", gain, "×", "≥", GAIN_MINIMAL),
        Resultat(
            "Entraînement, part du calcul de crête",
            gflops / passages["calcul"]["gflops"],
            "×",
            "≥",
            0.5,
        ),
        Resultat("Entraînement, mémoire contre les défauts de TRL", memoire, "×", "≤", 1.0),
    ]
