"""Note ce qu'a coûté une commande : `python -I -S chronometre.py bilan.json commande…`.

Linux compte dans le pic de mémoire d'un programme celui de qui l'a lancé. Celui-ci n'importe
presque rien : il ne pèse donc pas dans ce qu'il mesure.
"""

import json
import os
import sys
import time


def principal(bilan: str, commande: list[str]) -> int:
    """Écrit dans `bilan` la durée (s) et le pic de mémoire (Kio) ; rend le code de sortie."""
    debut = time.perf_counter()
    pid = os.posix_spawnp(commande[0], commande, os.environ)
    while True:
        try:
            _, etat, ressources = os.wait4(pid, 0)
            break
        except KeyboardInterrupt:  # reçu par nous seuls : à la commande de finir proprement
            os.kill(pid, 2)
    duree = time.perf_counter() - debut
    with open(bilan, "w", encoding="utf-8") as flux:  # noqa: PTH123 - pathlib pèserait
        json.dump({"duree_s": duree, "memoire_kio": ressources.ru_maxrss}, flux)
    code = os.waitstatus_to_exitcode(etat)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1], sys.argv[2:]))
