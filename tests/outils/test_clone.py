"""Un clone a les mêmes octets que le dépôt, quels que soient les réglages de Git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts.socle.chemins import RACINE


def git(*mots: str | Path, dossier: Path = RACINE) -> list[str]:
    """Ce qu'écrit cette commande Git, découpé là où elle met un octet nul."""
    commande = ["git", "-C", str(dossier), *map(str, mots)]
    sortie = subprocess.run(commande, check=True, capture_output=True, text=True).stdout
    return sortie.split("\0")[:-1]


@pytest.mark.skipif(not (RACINE / ".git").exists(), reason="Cette copie n'est pas un dépôt Git.")
def test_fins_de_ligne_gardees(tmp_path: Path) -> None:
    """Comme sous Windows, où Git met souvent des retours chariot : le registre serait périmé."""
    clone = tmp_path / "clone"
    git("clone", "--quiet", "--no-checkout", "-c", "core.autocrlf=true", RACINE, clone)
    # Les règles de ce dossier, commitées ou non.
    regles = (RACINE / ".gitattributes").read_bytes()
    (clone / ".git" / "info" / "attributes").write_bytes(regles)
    git("checkout", "--quiet", dossier=clone)
    modifies = git("diff", "--name-only", "-z", "HEAD")
    fichiers = set(git("ls-files", "-z")) - set(modifies)
    assert len(fichiers) > len(modifies)
    differents = [
        nom for nom in fichiers if (clone / nom).read_bytes() != (RACINE / nom).read_bytes()
    ]
    assert not differents
