"""La durée permise à un programme : plusieurs fois ce qu'il a duré, une minute au moins."""

from __future__ import annotations

from scripts.execution.executer import LIMITE_S
from scripts.lecons.registre import Registre
from scripts.socle.machine import repere_ms

LIMITE_MINIMALE_S = 60.0
# Une machine occupée par ailleurs va plusieurs fois moins vite sans rien avoir d'anormal.
MARGE = 8.0


def limite_s(registre: Registre, nom: str, repere: int | None = None) -> float:
    """La durée permise à `nom` sur une machine dont le calcul témoin prend `repere` ms (celle-ci).

    Un programme jamais enregistré a la limite générale.
    """
    ici = repere or repere_ms()
    durees = [
        entree["duree_s"] * max(1.0, ici / entree["machine"]["repere_ms"])
        for entree in registre["snippets"].get(nom, {}).values()
    ]
    return max(LIMITE_MINIMALE_S, MARGE * max(durees)) if durees else LIMITE_S
