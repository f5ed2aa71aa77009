"""Chargé par Python au démarrage d'un snippet observé : note ce qu'il lit et sa mémoire.

Ne s'active que si `COURS_OBSERVATION` nomme le fichier JSON à écrire à la fin du programme :
`lus` (fichiers du dossier `COURS_OBSERVATION_RACINE` ouverts) et `memoire_mio` (pic de mémoire
résidente). Mesure aussi la couverture si `COURS_COUVERTURE_REGLAGES` en nomme les réglages : c'est
notre propre variable, pour que `coverage` ne démarre pas de lui-même avant les imports.
"""

import ast
import atexit
import contextlib
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


def _importer_d_avance(arguments: list[str]) -> None:
    """Exécute les imports du programme lancé : sous mesure, ils dureraient presque le double."""
    programme = Path(next((mot for mot in arguments if mot.endswith(".py")), ""))
    instructions = ast.parse(programme.read_bytes()).body if programme.is_file() else []
    for instruction in instructions:
        if isinstance(instruction, ast.Import | ast.ImportFrom):
            with contextlib.suppress(Exception):  # le programme aura la même erreur, et la dira
                exec(compile(ast.Module([instruction], []), programme, "exec"), {})


def _mesurer(reglages: str) -> None:
    """Démarre la mesure de la couverture, que les programmes lancés par celui-ci feront aussi."""
    _importer_d_avance(sys.orig_argv[1:])
    import coverage

    os.environ["COVERAGE_PROCESS_START"] = reglages
    coverage.process_startup()
    del os.environ["COVERAGE_PROCESS_START"]


if _reglages := os.environ.get("COURS_COUVERTURE_REGLAGES"):
    _mesurer(_reglages)
# Une seule fois : les programmes que le snippet lance lui-même ne doivent pas écraser son rapport.
_rapport = os.environ.pop("COURS_OBSERVATION", "")
if _rapport:
    _observer(_rapport, os.environ["COURS_OBSERVATION_RACINE"])
