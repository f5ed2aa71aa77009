"""Le navigateur des tests : Chromium, trouvé sur la machine ou installé par apt."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from scripts.socle.commandes import console, lancer
from scripts.socle.erreurs import ErreurCours

NOMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COMMANDE = "sudo apt-get install --yes chromium"
# Sans bac à sable, que root n'a pas ; sans rien que Chromium irait chercher de lui-même.
OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
A_INSTALLER = f"Aucun navigateur Chromium sur cette machine : tapez « {COMMANDE} »."


def trouver() -> Path | None:
    """Le premier Chromium du PATH, ou ``None``."""
    return next((Path(chemin) for nom in NOMS if (chemin := shutil.which(nom))), None)


def installer() -> Path:
    """Rend le navigateur, après l'avoir installé par apt s'il manque et si l'on en a le droit.

    Lève `ErreurCours` avec la commande à taper quand apt manque, est interdit ou échoue.
    """
    if present := trouver():
        return present
    droits = _droits()
    if droits is None:
        raise ErreurCours(A_INSTALLER)
    apt = [*droits, "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    sans_question = {"DEBIAN_FRONTEND": "noninteractive"}
    lancer([*apt, "update"], etape="Liste des paquets", si_echec=A_INSTALLER, env=sans_question)
    lancer(
        [*apt, "install", "--yes", "--no-install-recommends", "chromium"],
        etape="Installation de Chromium",
        si_echec=A_INSTALLER,
        env=sans_question,
    )
    if installe := trouver():
        return installe
    raise ErreurCours(A_INSTALLER)


def _droits() -> list[str] | None:
    """Ce qui précède `apt-get` : rien pour root, `sudo -n` s'il ne demande rien, ou ``None``."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def preparer() -> None:
    """Installe le navigateur si possible ; s'il manque, échoue en CI et prévient ailleurs."""
    try:
        installer()
    except ErreurCours as erreur:
        if os.environ.get("CI") == "true":
            raise
        console.print(f"{erreur} Les tests du navigateur sont sautés.")
