"""Le site, construit une fois puis servi sur la machine, pour les tests qui le lisent."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts.socle.chemins import RACINE

DEPOT = "https://github.com/exemple/cours"


@dataclass(frozen=True)
class Site:
    """Un site construit : où il est, comment la construction s'est passée, quelles pages il a."""

    dossier: Path
    code: int
    journal: str

    @property
    def pages(self) -> list[str]:
        """Chemins des pages annoncées par le plan du site, par ordre alphabétique ou presque."""
        plan = (self.dossier / "sitemap.xml").read_text(encoding="utf-8")
        adresses = re.findall("<loc>(.*?)<", plan)
        return [urlsplit(adresse).path.lstrip("/") or "index.html" for adresse in adresses]

    def voisine(self, page: str, sens: str) -> str | None:
        """La page où mène le pied de celle-ci, vers la suivante (`next`) ou l'autre (`prev`)."""
        lien = re.search(
            rf'<a href="([^"]+)" class="[^"]*md-footer__link--{sens}"', self.lire(page)
        )
        return lien and posixpath.normpath(posixpath.join(posixpath.dirname(page), lien[1]))

    def exiger(self) -> None:
        """Fait échouer le test en cours, avec les seuls reproches de mkdocs, si le site manque."""
        if self.code:
            lignes = [ligne for ligne in self.journal.splitlines() if "INFO" not in ligne]
            pytest.fail("le site ne se construit pas\n" + "\n".join(lignes[-12:]), pytrace=False)

    def lire(self, page: str) -> str:
        """Le HTML d'une page."""
        return (self.dossier / page).read_text(encoding="utf-8")


class _Lecture(SimpleHTTPRequestHandler):
    """Sert les fichiers sans journal, et la page 404 du site pour le reste."""

    protocol_version = "HTTP/1.1"
    error_content_type = "text/html; charset=utf-8"

    def log_message(self, format: str, *args: object) -> None:
        """Ne rien écrire."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Rend la page 404 du site à la place de celle de Python."""
        corps = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", self.error_content_type)
        self.send_header("Content-Length", str(len(corps)))
        self.end_headers()
        self.wfile.write(corps)


def construire(dossier: Path) -> Site:
    """Construit le site comme `make site` le fait, avec un dépôt d'exemple pour les liens."""
    construction = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(dossier)],
        cwd=RACINE,
        env={**os.environ, "COURS_DEPOT": DEPOT, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    return Site(dossier, construction.returncode, construction.stdout + construction.stderr)


@contextmanager
def servir(dossier: Path) -> Iterator[str]:
    """Sert un dossier sur un port libre de la machine ; rend l'adresse, sans barre finale."""
    serveur = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Lecture, directory=str(dossier)))
    fil = threading.Thread(target=serveur.serve_forever, daemon=True)
    fil.start()
    try:
        yield f"http://127.0.0.1:{serveur.server_port}"
    finally:
        serveur.shutdown()
        serveur.server_close()
