"""Les contrôles rapides, sans modèle : rien sur le site qui ne vienne d'un fichier qui a tourné."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scripts.controles.des_pages import (
    code_des_pages,
    exemptions_utiles,
    inclusions_valides,
    snippets_montres,
)
from scripts.controles.des_tests import snippets_testes
from scripts.controles.du_registre import (
    carnets_a_jour,
    diagrammes_a_jour,
    enregistrements_a_jour,
    registre_conforme,
    sorties_orphelines,
)
from scripts.controles.probleme import Probleme
from scripts.publication import fragments

CONTROLES: tuple[Callable[[], Iterator[Probleme]], ...] = (
    registre_conforme,
    enregistrements_a_jour,
    snippets_montres,
    snippets_testes,
    sorties_orphelines,
    inclusions_valides,
    code_des_pages,
    exemptions_utiles,
    carnets_a_jour,
    diagrammes_a_jour,
)


def verifier() -> list[Probleme]:
    """Tous les problèmes trouvés, contrôle par contrôle. Un registre hors schéma arrête tout."""
    if hors_schema := list(registre_conforme()):
        return hors_schema
    fragments.generer()
    return [probleme for controle in CONTROLES for probleme in controle()]
