"""Les phrases calculées : bien déclarées, tirées des sorties d'aujourd'hui, et montrées."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from scripts.controles.probleme import Probleme
from scripts.lecons import pages, registre
from scripts.lecons.phrases import forme, redaction, verdicts
from scripts.socle import chemins
from scripts.socle.chemins import relatif
from scripts.socle.erreurs import FichierInvalide


def phrases_declarees() -> Iterator[Probleme]:
    """Chaque `phrases.toml` a la forme attendue."""
    for module in forme.modules():
        yield from map(_probleme, forme.lire(module).defauts)


def phrases_calculees() -> Iterator[Probleme]:
    """Chaque valeur se lit dans une sortie, et chaque verdict est celui de ces valeurs."""
    enregistrements = registre.lire()["snippets"]
    modules = forme.modules()
    for module in modules:
        yield from map(_probleme, redaction.rediger(module, enregistrements).defauts)
    for perdu in sorted(chemins.SNIPPETS.glob(f"module_*/{verdicts.FICHIER}")):
        if perdu.parent.name not in modules:
            constat = f"ces verdicts n'ont pas de {forme.FICHIER} à côté d'eux"
            yield Probleme(relatif(perdu), constat, verdicts.RELANCER)


def phrases_incluses() -> Iterator[Probleme]:
    """Chaque phrase déclarée est sur une page."""
    incluses = {
        inclusion.fichier for page in pages.toutes() for inclusion in pages.inclusions(page)
    }
    for module in forme.modules():
        for nom in forme.lire(module).phrases:
            fragment = str(PurePosixPath("genere", module, "phrases", f"{nom}.md"))
            if fragment not in incluses:
                yield Probleme(
                    f"snippets/{module}/{forme.FICHIER}",
                    f"la phrase « {nom} » n'est sur aucune page",
                    f'Incluez-la, --8<-- "{fragment}", ou supprimez-la.',
                )


def _probleme(defaut: FichierInvalide) -> Probleme:
    return Probleme(defaut.fichier, defaut.constat, defaut.remede)
