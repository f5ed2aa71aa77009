"""Chargé par Python au démarrage d'un snippet observé : note ce qu'il lit et sa mémoire.

Ne s'active que si `COURS_OBSERVATION` nomme le fichier JSON à écrire à la fin du programme :
`lus` (fichiers du dossier `COURS_OBSERVATION_RACINE` ouverts) et `memoire_mio` (pic de mémoire
résidente). Mesure aussi la couverture si `COVERAGE_PROCESS_START` est donné.
"""

import atexit
import json
import os
import sys
from pathlib import Path


def _observer(rapport: str, racine: str) -> None:
    lus: set[str] = set()

    def noter(evenement: str, arguments: tuple[object, ...]) -> None:
        if evenement == "open" and isinstance(arguments[0], str):
            chemin = os.path.abspath(arguments[0])  # noqa: PTH100
            if chemin.startswith(racine) and "__pycache__" not in chemin:
                lus.add(chemin)

    def ecrire() -> None:
        import resource

        unite = 2**20 if sys.platform == "darwin" else 2**10
        memoire_mio = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unite
        bilan = {"lus": sorted(lus), "memoire_mio": memoire_mio}
        Path(rapport).write_text(json.dumps(bilan), encoding="utf-8")

    sys.addaudithook(noter)
    atexit.register(ecrire)


if os.environ.get("COVERAGE_PROCESS_START"):
    import coverage

    coverage.process_startup()
# Une seule fois : les programmes que le snippet lance lui-même ne doivent pas écraser son rapport.
_rapport = os.environ.pop("COURS_OBSERVATION", "")
if _rapport:
    _observer(_rapport, os.environ["COURS_OBSERVATION_RACINE"])
