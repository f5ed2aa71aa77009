"""L'adresse publique du site et celle de son dépôt."""

from __future__ import annotations

import re
import subprocess
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig

from scripts.socle.chemins import RACINE

ADRESSE_SSH = re.compile(r"(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!//)(.+)")
HOTES_LOCAUX = {"127.0.0.1", "localhost"}


def adresse_du_depot(distant: str) -> str | None:
    """Donne l'adresse web d'un dépôt d'après celle de son dépôt distant, sans identifiants.

    Rend ``None`` quand l'adresse n'est pas celle d'un hébergeur (chemin local, ``file://``…).
    """
    morceaux = urlsplit(distant)
    if morceaux.scheme in {"http", "https", "ssh"}:
        hote, chemin = morceaux.hostname or "", morceaux.path
        if morceaux.port and morceaux.scheme != "ssh":
            hote += f":{morceaux.port}"
    elif ssh := ADRESSE_SSH.fullmatch(distant):
        hote, chemin = ssh[1], ssh[2]
    else:
        return None
    chemin = chemin.strip("/").removesuffix(".git")
    return f"https://{hote}/{chemin}" if "." in hote and chemin else None


def depot_distant() -> str:
    """L'adresse du dépôt distant `origin`, ou une chaîne vide si git n'en connaît pas."""
    commande = ["git", "-C", str(RACINE), "remote", "get-url", "origin"]
    try:
        return subprocess.run(commande, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def en_ligne(config: MkDocsConfig) -> bool:
    """Vrai si le site a une adresse publique (`COURS_ADRESSE`), et pas celle de cette machine."""
    return urlsplit(config.site_url or "").hostname not in {*HOTES_LOCAUX, None}
