"""Installe un groupe de dépendances verrouillé : `python amorce.py site|dev|entrainement`.

`site` et `dev` partagent `.venv` ; `entrainement` (torch et ses voisins) a `.venv-entrainement`.

N'utilise que la bibliothèque standard (rien n'est encore installé) et une syntaxe que comprend
tout Python 3, pour pouvoir dire à un vieux Python qu'il est trop vieux.
"""

import hashlib
import os
import shutil
import subprocess
import sys

RACINE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOSSIERS = {"site": ".venv", "dev": ".venv", "entrainement": ".venv-entrainement"}
ESPACE_NECESSAIRE_GIO = {"site": 1.0, "dev": 2.5, "entrainement": 8.0}
COMPREND = {"site": ["site", "dev"], "dev": ["dev"], "entrainement": ["entrainement"]}


def echouer(phrase):
    """Affiche `phrase` et sort avec le code 1."""
    sys.stderr.write("Échec : " + phrase + "\n")
    sys.exit(1)


def verifier_machine(groupe):
    """Version de Python et place libre : ce qui manquerait au milieu de l'installation."""
    if sys.version_info < (3, 11):
        version = "%d.%d" % sys.version_info[:2]
        echouer(
            "Python 3.11 ou plus récent est nécessaire et celui-ci est le " + version + ". "
            "Installez-le, puis relancez par exemple « make PYTHON=python3.11 site »."
        )
    libre = shutil.disk_usage(RACINE).free / 2**30
    if libre < ESPACE_NECESSAIRE_GIO[groupe]:
        echouer(
            "il reste %.1f Gio sur ce disque et l'environnement « %s » en demande %.1f. "
            "Libérez de la place, puis relancez la même commande."
            % (libre, groupe, ESPACE_NECESSAIRE_GIO[groupe])
        )


def lire(chemin):
    """Contenu du fichier, ou chaîne vide s'il n'existe pas."""
    try:
        with open(chemin, encoding="utf-8") as flux:
            return flux.read()
    except OSError:
        return ""


def verrou(nom):
    """Chemin du fichier de dépendances verrouillées du groupe `nom`."""
    return os.path.join(RACINE, "verrous", nom + ".txt")


def venv(groupe):
    """Dossier de l'environnement qui reçoit ce groupe."""
    return os.path.join(RACINE, DOSSIERS[groupe])


def python_venv(groupe):
    """Interpréteur de cet environnement."""
    return os.path.join(venv(groupe), "bin", "python")


def temoin(nom):
    """Chemin du témoin : l'empreinte du verrou qui a été installé jusqu'au bout."""
    return os.path.join(venv(nom), "installe-" + nom)


def empreinte(nom):
    """SHA-256 du fichier de verrou."""
    return hashlib.sha256(lire(verrou(nom)).encode("utf-8")).hexdigest()


def deja_installe(groupe):
    """Vrai si ce groupe, ou un groupe qui le comprend, est installé dans sa version actuelle."""
    if subprocess.call([python_venv(groupe), "-c", ""], stderr=subprocess.DEVNULL) != 0:
        return False
    return any(lire(temoin(nom)) == empreinte(nom) for nom in COMPREND[groupe])


def executer(commande, si_echec):
    """Lance `commande` ; en cas d'échec, affiche `si_echec` et s'arrête."""
    if subprocess.call(commande) != 0:
        echouer(si_echec)


def installer(groupe):
    """Crée l'environnement s'il le faut, puis y installe le verrou, empreintes vérifiées."""
    executer(
        [sys.executable, "-m", "venv", venv(groupe)],
        "l'environnement "
        + DOSSIERS[groupe]
        + " n'a pas pu être créé. Sous Debian et Ubuntu, installez le module "
        "manquant : sudo apt-get install python3-venv.",
    )
    reseau = (
        "des paquets n'ont pas pu être installés (message ci-dessus). Vérifiez la connexion à "
        "internet, puis relancez la même commande : elle reprend où elle s'est arrêtée."
    )
    python = python_venv(groupe)
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    executer([*pip, "--require-hashes", "-r", verrou("amorce")], reseau)
    uv = [os.path.join(venv(groupe), "bin", "uv"), "pip", "install", "--python", python]
    executer([*uv, "--require-hashes", "-r", verrou(groupe)], reseau)
    with open(temoin(groupe), "w", encoding="utf-8") as flux:
        flux.write(empreinte(groupe))


def principal():
    """Point d'entrée : un seul argument, le nom du groupe."""
    groupe = sys.argv[1] if len(sys.argv) == 2 else ""
    if groupe not in COMPREND:
        echouer("usage : python scripts/outillage/amorce.py site|dev|entrainement")
    verifier_machine(groupe)
    if os.path.exists(python_venv(groupe)) and deja_installe(groupe):
        return
    sys.stderr.write(
        "Préparation de l'environnement " + DOSSIERS[groupe] + " (groupe « " + groupe + " »)…\n"
    )
    installer(groupe)


if __name__ == "__main__":
    try:
        principal()
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrompu : relancez la même commande, elle reprendra.\n")
        sys.exit(130)
