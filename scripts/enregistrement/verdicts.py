"""Calculer les verdicts des phrases calculées, et les garder : `python -m scripts phrases`."""

from __future__ import annotations

from typing import Any

from scripts.lecons import registre
from scripts.lecons.phrases import forme, verdicts
from scripts.lecons.phrases.valeurs import Releve
from scripts.lecons.registre import Registre
from scripts.socle import chemins
from scripts.socle.erreurs import FichierInvalide


def recalculer() -> None:
    """Écrit les verdicts de chaque module d'après les sorties enregistrées.

    Ce qui empêche une phrase d'avoir le sien, `make verifier` le dit.
    """
    contenu = registre.lire()
    modules = forme.modules()
    for module in modules:
        verdicts.ecrire(module, calculer(module, contenu))
    for perdu in chemins.SNIPPETS.glob(f"module_*/{verdicts.FICHIER}"):
        if perdu.parent.name not in modules:
            perdu.unlink()


def calculer(module: str, contenu: Registre) -> dict[str, dict[str, Any]]:
    """Phrase -> ce que `verdicts.json` en garde, pour celles dont les valeurs se lisent."""
    declarations = forme.lire(module)
    releve = Releve(declarations, contenu["snippets"])
    entrees: dict[str, dict[str, Any]] = {}
    for nom, comparaison in declarations.comparaisons().items():
        try:
            cotes = releve.cotes(nom, comparaison)
        except FichierInvalide:
            continue
        # Ici, car importer scipy prend une seconde : le reste d'un enregistrement s'en passe.
        from scripts.enregistrement import statistiques

        verdict = statistiques.comparer(comparaison.test, *cotes)
        entrees[nom] = verdicts.inscrire(comparaison, cotes, verdict)
    return entrees
