"""La durée attendue d'un programme, et celle qu'on lui permet : plusieurs fois davantage."""

from __future__ import annotations

from scripts.execution.executer import LIMITE_S
from scripts.lecons.registre import Registre
from scripts.socle.machine import repere_ms

LIMITE_MINIMALE_S = 60.0
# Une machine occupée par ailleurs va plusieurs fois moins vite sans rien avoir d'anormal.
MARGE = 8.0


def duree_attendue_s(registre: Registre, nom: str, repere: int | None = None) -> float:
    """Ce que durerait `nom` sur une machine dont le calcul témoin prend `repere` ms (celle-ci).

    0 pour un programme jamais enregistré.
    """
    ici = repere or repere_ms()
    entrees = registre["snippets"].get(nom, {}).values()
    durees = (e["duree_s"] * max(1.0, ici / e["machine"]["repere_ms"]) for e in entrees)
    return max(durees, default=0.0)


def limite_s(registre: Registre, nom: str, repere: int | None = None) -> float:
    """La durée permise à `nom` ; un programme jamais enregistré a la limite générale."""
    duree = duree_attendue_s(registre, nom, repere)
    return max(LIMITE_MINIMALE_S, MARGE * duree) if duree else LIMITE_S
