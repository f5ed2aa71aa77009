"""Ce qui empêche d'écrire ou de télécharger, reconnu et dit en une phrase avec son remède.

`scripts/outillage/amorce.py`, qui tourne avant toute installation, a sa propre copie des signes.
"""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

AUTRE_CACHE = "choisissez un autre dossier avec la variable COURS_CACHE"
ENSUITE = ", puis relancez la même commande."


@dataclass(frozen=True)
class Panne:
    """Une panne : ses codes d'erreur, ses signes dans l'affichage d'un outil, ce qu'on en dit.

    `ailleurs` : un autre cache la contourne.
    """

    codes: frozenset[int]
    signes: re.Pattern[str]
    constat: str
    remede: str
    ailleurs: bool = True

    def phrase(self, dans_le_cache: bool) -> str:
        """Le constat et le remède ; l'autre dossier n'est proposé que si le cache est en cause."""
        choix = f", ou {AUTRE_CACHE}" if dans_le_cache and self.ailleurs else ""
        return f"{self.constat}. {self.remede}{choix}{ENSUITE}"


def _signes(motif: str) -> re.Pattern[str]:
    return re.compile(motif, re.IGNORECASE)


PANNES = (
    Panne(
        frozenset({errno.ENOSPC, errno.EDQUOT}),
        _signes(
            r"no space left on device|disk quota exceeded|\bENOSPC\b|\bEDQUOT\b"
            r"|aucun espace disponible"
        ),
        "le disque est plein",
        "Libérez de la place",
    ),
    Panne(
        frozenset({errno.EROFS}),
        _signes(r"read-only file system|\bEROFS\b|accessible en lecture seulement"),
        "le disque est en lecture seule",
        "Rendez-le accessible en écriture",
    ),
    Panne(
        frozenset({errno.EACCES, errno.EPERM}),
        # Un pare-feu refuse aussi des connexions : ce n'est pas un dossier interdit.
        _signes(
            r"^(?!.*(?:connect|dial|socket)).*"
            r"(?:permission denied|\bEACCES\b|\bEPERM\b|permission non accordée)"
        ),
        "l'accès est refusé",
        "Donnez-vous le droit d'y écrire",
    ),
    Panne(
        frozenset({errno.ENOTDIR, errno.EEXIST}),
        _signes(r"not a directory|\bENOTDIR\b"),
        "un fichier est à la place d'un dossier",
        "Déplacez-le",
    ),
    Panne(
        frozenset(),
        _signes(r"do not match the hashes|hash mismatch|checksum mismatch|\bEINTEGRITY\b"),
        "les octets reçus n'ont pas l'empreinte attendue",
        "Réessayez plus tard, ou depuis une autre connexion",
        ailleurs=False,
    ),
)

# Les autres refus du système que l'on rencontre, et ce qu'on en dit.
RAISONS = {
    errno.ENOENT: "il est introuvable",
    errno.EISDIR: "c'est un dossier",
    errno.ELOOP: "ce lien tourne en rond",
    errno.ENAMETOOLONG: "son nom est trop long",
    errno.ENOEXEC: "ce n'est pas un programme de cette machine",
    errno.EIO: "le disque n'a pas pu le lire",
    errno.EMFILE: "trop de fichiers sont ouverts",
}
REMEDE_DE_GIT = "Reprenez la version de git."


def dans(texte: str, dossier: Path | None = None) -> str:
    """La phrase qui dit la panne que montre l'affichage d'un outil, ou une chaîne vide.

    `dossier` est celui où l'outil écrit, s'il n'écrit que là. La ligne reconnue suit la phrase :
    elle nomme souvent le fichier.
    """
    sur = dossier is not None and _dans_le_cache(dossier)
    lignes = [ligne.strip() for ligne in texte.splitlines()]
    for panne in PANNES:
        if ligne := next(filter(panne.signes.search, lignes), None):
            phrase = panne.phrase(sur or str(chemins.cache()) in ligne)
            return f"{phrase}\n    {ligne.replace(f'{chemins.RACINE}/', '')}"
    return ""


def de(erreur: OSError, dossier: Path | None = None) -> str:
    """La phrase qui dit cette erreur du système, ou une chaîne vide si elle n'est pas une panne.

    `dossier` est celui où l'on écrivait, quand l'erreur n'en nomme aucun.
    """
    panne = _celle_de(erreur)
    if panne is None:
        return ""
    lieu = Path(str(erreur.filename)) if erreur.filename else dossier
    phrase = panne.phrase(lieu is not None and _dans_le_cache(lieu))
    return f"{chemins.en_clair(lieu)} : {phrase}" if lieu else phrase[0].upper() + phrase[1:]


def _celle_de(erreur: OSError) -> Panne | None:
    return next((panne for panne in PANNES if erreur.errno in panne.codes), None)


def raison(erreur: OSError) -> str:
    """Pourquoi le système a refusé, en quelques mots, à la place du texte anglais du système."""
    if panne := _celle_de(erreur):
        return panne.constat
    return RAISONS.get(erreur.errno or 0, f"erreur {erreur.errno} du système")


def remede(erreur: OSError) -> str:
    """Ce qu'il faut faire, quand le fichier en cause est du dépôt."""
    panne = _celle_de(erreur)
    return f"{panne.remede}{ENSUITE}" if panne else REMEDE_DE_GIT


def du_depot(erreur: OSError) -> str:
    """La phrase qui dit quel fichier du dépôt ne se lit pas, ou une chaîne vide."""
    nom = chemins.en_clair(erreur.filename) if isinstance(erreur.filename, str) else ""
    if not nom or Path(nom).is_absolute() or erreur.errno not in RAISONS:
        return ""
    return f"{nom} : {raison(erreur)}. {REMEDE_DE_GIT}"


def _dans_le_cache(lieu: Path) -> bool:
    """`lieu` est-il le cache, dans le cache, ou l'un des dossiers qui le contiennent ?"""
    cache = chemins.cache()
    return lieu == cache or cache in lieu.parents or lieu in cache.parents


@contextlib.contextmanager
def dites(dossier: Path | None = None) -> Iterator[None]:
    """Ce qui est fait dessous écrit dans `dossier`, sinon dans le cache : ses pannes sont dites.

    Lève `ErreurCours` à la place d'un `OSError` reconnu ; toute autre erreur passe.
    """
    try:
        yield
    except OSError as erreur:
        if phrase := de(erreur, dossier or chemins.cache()):
            raise ErreurCours(phrase) from erreur
        raise
