"""Lancer une commande et la montrer : la même sous Windows, macOS et Linux."""

import subprocess
import sys

from connexion import preparer


def lancer(*mots, delai=600):
    """Affiche la commande comme on la tape, puis ce qu'elle écrit, erreur comprise."""
    preparer()
    print("$", *(f'"{mot}"' if " " in mot else mot for mot in mots), flush=True)
    try:
        fini = subprocess.run(mots, capture_output=True, timeout=delai)
    except FileNotFoundError:
        sys.exit(f"{mots[0]} est introuvable\n→ installez-le, puis rouvrez le terminal")
    except subprocess.TimeoutExpired:
        sys.exit(f"encore en marche après {delai} s : arrêté")
    if fini.returncode:
        print(fini.stderr.decode(errors="replace").strip().rpartition("\n")[2])
        sys.exit(fini.returncode)
    print(fini.stdout.decode(errors="replace").rstrip() or "(rien à dire)")
