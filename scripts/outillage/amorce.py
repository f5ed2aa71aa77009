"""Installe un groupe de dépendances verrouillé : `python amorce.py site|dev|entrainement`.

`site` et `dev` partagent `.venv` ; `entrainement` (torch et ses voisins) a `.venv-entrainement`.

N'utilise que la bibliothèque standard (rien n'est encore installé) et une syntaxe que comprend
tout Python 3, pour pouvoir dire à un vieux Python qu'il est trop vieux.
"""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys

RACINE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOSSIERS = {"site": ".venv", "dev": ".venv", "entrainement": ".venv-entrainement"}
ESPACE_NECESSAIRE_GIO = {"site": 1.0, "dev": 2.5, "entrainement": 5.0}
COMPREND = {"site": ["site", "dev"], "dev": ["dev"], "entrainement": ["entrainement"]}

# Les signes d'une panne dans l'affichage d'un outil (les mêmes que scripts/socle/pannes.py), et ce
# qu'on en dit.
PANNES = (
    (
        r"no space left on device|disk quota exceeded|\bENOSPC\b|\bEDQUOT\b"
        r"|aucun espace disponible",
        "le disque est plein. Libérez de la place, puis relancez la même commande.",
    ),
    (
        r"read-only file system|\bEROFS\b|accessible en lecture seulement",
        "le disque est en lecture seule. Rendez-le accessible en écriture, ou travaillez dans une "
        "copie du dépôt placée ailleurs, puis relancez la même commande.",
    ),
    (
        r"^(?!.*(?:connect|dial|socket)).*"
        r"(?:permission denied|\bEACCES\b|\bEPERM\b|permission non accordée)",
        "l'accès est refusé. Donnez-vous le droit d'y écrire, puis relancez la même commande.",
    ),
    (
        r"not a directory|\bENOTDIR\b",
        "un fichier est à la place d'un dossier. Déplacez-le, puis relancez la même commande.",
    ),
    (
        r"do not match the hashes|hash mismatch|checksum mismatch|\bEINTEGRITY\b",
        "les octets reçus n'ont pas l'empreinte attendue. Réessayez plus tard, ou depuis une autre "
        "connexion, puis relancez la même commande.",
    ),
)
RESEAU = "Vérifiez la connexion à internet, puis relancez la même commande."


def parler_utf8():
    """Écrit en UTF-8 quelle que soit la langue du système, et les outils lancés aussi."""
    # Les Python d'avant la version 3.7 n'ont pas `reconfigure`, et n'iront pas plus loin.
    if hasattr(sys.stderr, "reconfigure"):
        sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    else:
        sys.stderr = open(2, "w", 1, encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ["PYTHONUTF8"] = "1"
    os.environ["PYTHONIOENCODING"] = "utf-8"


def echouer(phrase):
    """Affiche `phrase` et sort avec le code 1."""
    sys.stderr.write("Échec : " + phrase + "\n")
    sys.exit(1)


def panne(affichage):
    """La phrase qui dit la panne que montre un affichage, ou une chaîne vide."""
    for motif, phrase in PANNES:
        for ligne in affichage.splitlines():
            if re.search(motif, ligne, re.IGNORECASE):
                return phrase
    return ""


def verifier_python():
    """Arrête tout si ce Python est trop vieux."""
    if sys.version_info < (3, 11):
        version = "%d.%d" % sys.version_info[:2]
        echouer(
            "Python 3.11 ou plus récent est nécessaire et celui-ci est le " + version + ". "
            "Installez-le, puis relancez par exemple « make PYTHON=python3.11 site »."
        )


def nombre(valeur):
    """Un chiffre après la virgule, à la française."""
    return ("%.1f" % valeur).replace(".", ",")


def verifier_place(groupe):
    """Arrête tout si le disque n'a pas la place de cet environnement."""
    libre = shutil.disk_usage(RACINE).free / 2**30
    if libre < ESPACE_NECESSAIRE_GIO[groupe]:
        echouer(
            "il reste %s Gio sur ce disque et l'environnement « %s » en demande %s. "
            "Libérez de la place, puis relancez la même commande."
            % (nombre(libre), groupe, nombre(ESPACE_NECESSAIRE_GIO[groupe]))
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
    if not os.path.exists(python_venv(groupe)):
        return False
    if subprocess.call([python_venv(groupe), "-c", ""], stderr=subprocess.DEVNULL) != 0:
        return False
    return any(lire(temoin(nom)) == empreinte(nom) for nom in COMPREND[groupe])


def executer(commande, quoi, remede, montrer=False):
    """Lance `commande` ; son affichage se voit à mesure si `montrer`.

    Son échec est dit par `quoi`, puis la panne que montre l'affichage, ou à défaut tout l'affichage
    et `remede`.
    """
    outil = subprocess.Popen(
        commande, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    lignes = []
    assert outil.stdout is not None
    try:
        for octets in outil.stdout:
            lignes.append(octets.decode("utf-8", "replace"))
            if montrer:
                sys.stderr.write(lignes[-1])
                sys.stderr.flush()
        code = outil.wait()
    except BaseException:
        # Ctrl-C lui est parvenu aussi ; un autre signal d'arrêt, non.
        outil.send_signal(signal.SIGINT)
        outil.wait()
        raise
    if code != 0:
        connue = panne("".join(lignes))
        sys.stderr.write("" if montrer or connue else "".join(lignes))
        echouer(quoi + (" : " + connue if connue else ". " + remede))


@contextlib.contextmanager
def seul(groupe):
    """Garde l'environnement de ce groupe pour ce processus ; attend qu'un autre ait fini."""
    if not os.path.isdir(venv(groupe)):
        os.makedirs(venv(groupe))
    with open(os.path.join(venv(groupe), "amorce.verrou"), "w") as fichier:
        try:
            import fcntl

            try:
                fcntl.flock(fichier, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                sys.stderr.write(
                    "Une autre commande prépare déjà " + DOSSIERS[groupe] + " : attente…\n"
                )
                fcntl.flock(fichier, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass  # ce système, ou ce disque, n'a pas de verrous
        yield


def installer(groupe):
    """Crée l'environnement s'il le faut, puis y installe le verrou, empreintes vérifiées."""
    for nom in DOSSIERS:
        # Interrompue, l'installation n'est plus celle d'aucun verrou.
        if DOSSIERS[nom] == DOSSIERS[groupe] and os.path.exists(temoin(nom)):
            os.remove(temoin(nom))
    python = python_venv(groupe)
    cree = "l'environnement " + DOSSIERS[groupe] + " n'a pas pu être créé"
    module = (
        "Sous Debian et Ubuntu, installez le module manquant : "
        "sudo apt-get install python3-venv. Puis relancez la même commande."
    )
    # pip à part : `venv` cache ce qu'affiche son installation, et la raison de son échec.
    executer([sys.executable, "-m", "venv", "--without-pip", venv(groupe)], cree, module)
    executer([python, "-m", "ensurepip", "--default-pip"], cree, module)
    paquets = "des paquets n'ont pas pu être installés"
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    executer(pip + ["--require-hashes", "-r", verrou("amorce")], paquets, RESEAU)
    uv = [os.path.join(venv(groupe), "bin", "uv"), "pip", "install", "--python", python]
    executer(uv + ["--require-hashes", "-r", verrou(groupe)], paquets, RESEAU, montrer=True)
    with open(temoin(groupe), "w", encoding="utf-8") as flux:
        flux.write(empreinte(groupe))


def preparer(groupe):
    """Installe le groupe s'il manque ; le dit, puis ce qui l'a empêché."""
    if deja_installe(groupe):
        return
    try:
        with seul(groupe):
            if not deja_installe(groupe):
                sys.stderr.write(
                    "Préparation de l'environnement %s (groupe « %s »)…\n"
                    % (DOSSIERS[groupe], groupe)
                )
                verifier_place(groupe)
                installer(groupe)
    except OSError as erreur:
        connue = panne(str(erreur))
        echouer((str(erreur.filename or venv(groupe)) + " : " + connue) if connue else str(erreur))


def principal():
    """Point d'entrée : un seul argument, le nom du groupe."""
    parler_utf8()
    groupe = sys.argv[1] if len(sys.argv) == 2 else ""
    if groupe not in COMPREND:
        echouer("usage : python scripts/outillage/amorce.py site|dev|entrainement")
    verifier_python()
    preparer(groupe)


if __name__ == "__main__":
    try:
        principal()
    except KeyboardInterrupt:
        sys.stderr.write(
            "\nInterrompu : l'environnement n'est pas prêt. Relancez la même commande.\n"
        )
        sys.exit(130)
