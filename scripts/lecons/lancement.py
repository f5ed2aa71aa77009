"""La commande qui lance un programme depuis le dossier de son module, sur chaque système."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from scripts.lecons import defauts
from scripts.lecons.modeles import MODELE_D_EMBEDDING
from scripts.lecons.registre import AUCUN_MODELE

# Un argument de marqueur qui nomme les données communes, tel que `marqueurs.valeur` le rend.
DONNEES = re.compile(r"chemins\.DONNEES((?: / '[^']+')*)")
SANS_GUILLEMETS = re.compile(r"[\w@%+=:,./-]+")


class Commande(NamedTuple):
    """Ce que l'on tape sous macOS et Linux, et sous Windows ; vide s'il y faut un autre shell."""

    unix: str
    windows: str


def commande(nom: str, modele: str = "", arguments: Mapping[str, Any] | None = None) -> Commande:
    """La commande de ce programme (relatif à snippets/), avec ce modèle.

    `arguments` : ceux de son marqueur. Le modèle n'est dit que si le programme, seul, en prendrait
    un autre.
    """
    fichier = PurePosixPath(*PurePosixPath(nom).parts[1:])
    mots = _arguments((arguments or {}).get("args") or ())
    autre = modele if _est_un_autre(nom, modele) else ""
    unix = " ".join(
        [
            *([f"{defauts.VARIABLE}={autre}"] if autre else []),
            "bash" if fichier.suffix == ".sh" else "python",
            *map(_pour_bash, (str(fichier), *mots)),
        ]
    )
    if fichier.suffix == ".sh":
        return Commande(unix, "")
    windows = " ".join(["py", *map(_pour_powershell, (str(fichier), *mots))])
    avant = f'$env:{defauts.VARIABLE} = "{autre}"; ' if autre else ""
    return Commande(unix, avant + windows)


def _est_un_autre(nom: str, modele: str) -> bool:
    if modele in ("", AUCUN_MODELE, MODELE_D_EMBEDDING):
        return False
    par_defaut = defauts.de(nom)
    return bool(par_defaut) and modele not in par_defaut


def _arguments(valeurs: Sequence[object]) -> list[str]:
    """Les arguments tels qu'un lecteur les tape ; aucun si l'un n'a de sens que dans un test."""
    mots = []
    for valeur in map(str, valeurs):
        if donnees := DONNEES.fullmatch(valeur):
            valeur = "/".join(["../donnees", *re.findall(r"'([^']+)'", donnees[1])])
        elif re.search(r"[\w)]\(|chemins\.|\{", valeur):
            return []
        mots.append(valeur)
    return mots


def _pour_bash(mot: str) -> str:
    if SANS_GUILLEMETS.fullmatch(mot):
        return mot
    return shlex.quote(mot) if set(mot) & set('"$`\\!') else f'"{mot}"'


def _pour_powershell(mot: str) -> str:
    if SANS_GUILLEMETS.fullmatch(mot):
        return mot
    sans_apostrophe = mot.replace("'", "''")
    return f"'{sans_apostrophe}'" if set(mot) & set('"$`') else f'"{mot}"'
