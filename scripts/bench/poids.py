"""Le poids des pages compressées, et les notes de Lighthouse, sans réseau."""

from __future__ import annotations

import contextlib
import gzip
import json
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scripts.bench.mesure import chronometrer
from scripts.outillage import frontal, navigateur
from scripts.publication.performances import Mesure, Resultat
from scripts.socle import chemins
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import port_libre

LIMITE_KIO = 30.0
NOTE_MINIMALE = 0.98
NIVEAU_GZIP = 6  # celui de la plupart des serveurs
PASSAGES = 3
ACCUEIL = "index.html"
LECONS = "jour-*/[0-9]*.html"
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibilité",
    "best-practices": "bonnes pratiques",
    "seo": "référencement",
}
# Ce dont Lighthouse tire la note de performance : millisecondes, sauf le dernier, sans unité.
INDICATEURS = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "speed-index",
    "total-blocking-time",
    "cumulative-layout-shift",
)
LIGHTHOUSE = Path("lighthouse") / "cli" / "index.js"
OPTIONS_CHROMIUM = " ".join(("--headless", *navigateur.OPTIONS))
# Page -> ses passages -> chaque note et indicateur.
Notes = dict[str, list[dict[str, float]]]
COMPRESSIBLES = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".ipynb"}


def mesurer() -> Mesure:
    """Poids des leçons et notes de Lighthouse, sur le site tel que `make site` le construit."""
    frontal.installer("mesures")
    chromium = navigateur.installer()
    with tempfile.TemporaryDirectory(prefix="cours-bench-") as dossier:
        site, port = Path(dossier) / "site", port_libre()
        _construire(site, f"http://127.0.0.1:{port}/")
        poids = peser(site)
        with servir(site, port):
            notes = _noter_les_pages([ACCUEIL, max(poids, key=poids.__getitem__)], port, chromium)
    return Mesure(
        [_plus_lourde(poids), *moins_bonnes_notes(notes)],
        {"poids_kio": poids, "niveau_gzip": NIVEAU_GZIP, "lighthouse": notes},
    )


def _construire(site: Path, adresse: str) -> None:
    commande = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site]
    environnement = {"NO_MKDOCS_2_WARNING": "1", "COURS_ADRESSE": adresse}
    with console.status("Construction du site"):
        passage = chronometrer(commande, cwd=chemins.RACINE, env=environnement)
    passage.exiger_la_reussite("Le site ne se construit pas : lancez « make site ».")


def peser(site: Path) -> dict[str, float]:
    """Taille compressée, en Kio, du HTML de chaque leçon ; les carnets en sont."""
    pages = {page.relative_to(site).as_posix(): page for page in sorted(site.glob(LECONS))}
    if not pages:
        raise ErreurCours("Le site ne contient aucune leçon à peser.")
    return {nom: round(len(compresser(page)) / 2**10, 2) for nom, page in pages.items()}


@lru_cache
def compresser(fichier: Path) -> bytes:
    """Le fichier compressé par gzip, comme le ferait un serveur."""
    return gzip.compress(fichier.read_bytes(), compresslevel=NIVEAU_GZIP, mtime=0)


def _plus_lourde(poids: dict[str, float]) -> Resultat:
    lourde = max(poids, key=poids.__getitem__)
    nom = f"Leçon la plus lourde, HTML compressé (`{Path(lourde).stem}`)"
    return Resultat(nom, poids[lourde], "Kio", "≤", LIMITE_KIO, decimales=1)


def moins_bonnes_notes(notes: Notes) -> list[Resultat]:
    """Par catégorie, la note de la page la moins bonne (médiane de ses passages)."""
    return [
        Resultat(
            f"Lighthouse, {francais} (page la moins bonne)",
            min(
                statistics.median(passage[categorie] for passage in passages)
                for passages in notes.values()
            ),
            "",
            "≥",
            NOTE_MINIMALE,
        )
        for categorie, francais in CATEGORIES.items()
    ]


class _Compresse(SimpleHTTPRequestHandler):
    """Sert des fichiers comme un hébergeur : compressés, gardés dix minutes, 404 du site."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Rend le fichier demandé, ou la page 404."""
        racine = Path(self.directory).resolve()
        fichier = Path(self.translate_path(self.path)).resolve()
        fichier = fichier / "index.html" if fichier.is_dir() else fichier
        trouve = fichier.is_file() and fichier.is_relative_to(racine)
        self._rendre(200 if trouve else 404, fichier if trouve else racine / "404.html")

    def _rendre(self, code: int, fichier: Path) -> None:
        accepte = "gzip" in self.headers.get("Accept-Encoding", "")
        compresse = accepte and fichier.suffix in COMPRESSIBLES
        corps = compresser(fichier) if compresse else fichier.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", self.guess_type(fichier))
        self.send_header("Content-Length", str(len(corps)))
        self.send_header("Cache-Control", "max-age=600")
        if compresse:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(corps)

    def guess_type(self, path: Any) -> str:
        """Le type du fichier ; les textes sont en UTF-8."""
        genre = super().guess_type(path)
        return f"{genre}; charset=utf-8" if genre.startswith("text/") else genre

    def log_message(self, *_: object) -> None:
        """Ne rien écrire."""


@contextlib.contextmanager
def servir(dossier: Path, port: int) -> Iterator[None]:
    """Sert `dossier` sur l'interface locale, compressé, le temps du bloc."""
    lecture = partial(_Compresse, directory=str(dossier))
    with ThreadingHTTPServer(("127.0.0.1", port), lecture) as serveur:
        fil = threading.Thread(target=serveur.serve_forever, args=(0.05,), daemon=True)
        fil.start()
        try:
            yield
        finally:
            serveur.shutdown()
            fil.join()


def _noter_les_pages(pages: list[str], port: int, chromium: Path) -> Notes:
    """Les notes et les indicateurs de chaque page, à chacun de ses passages."""
    notes: Notes = {page: [] for page in pages}
    for numero in range(1, PASSAGES + 1):
        for page in pages:
            with console.status(f"Lighthouse, {page}, passage {numero} sur {PASSAGES}"):
                rapport = _lighthouse(f"http://127.0.0.1:{port}/{page}", chromium)
            notes[page].append(chiffres(rapport))
            lues = ", ".join(f"{nom} {notes[page][-1][nom]:.2f}" for nom in CATEGORIES)
            console.print(f"Lighthouse, {page} : {lues}")
            for manque in manques(rapport):
                console.print(f"  {manque}", markup=False)
    return notes


def chiffres(rapport: dict[str, Any]) -> dict[str, float]:
    """Les notes (de 0 à 1) d'un rapport, ses indicateurs, et la vitesse de machine qu'il a vue."""
    notes = {nom: rapport["categories"][nom]["score"] or 0.0 for nom in CATEGORIES}
    indicateurs = {
        nom: round(rapport["audits"][nom].get("numericValue", 0.0), 3) for nom in INDICATEURS
    }
    return {**notes, **indicateurs, "machine": rapport["environment"]["benchmarkIndex"]}


def manques(rapport: dict[str, Any]) -> list[str]:
    """Les contrôles de Lighthouse qui ont coûté des points, pour savoir quoi corriger."""
    return [
        f"{CATEGORIES[nom]} : {audit['title']} ({audit['score']:.2f})"
        for nom in CATEGORIES
        for reference in rapport["categories"][nom]["auditRefs"]
        if reference["weight"]
        and (audit := rapport["audits"][reference["id"]])["score"] is not None
        and audit["score"] < 0.9
    ]


def _lighthouse(adresse: str, chromium: Path) -> dict[str, Any]:
    """Le rapport de Lighthouse, réglages par défaut : téléphone moyen, réseau mobile simulé."""
    with tempfile.TemporaryDirectory(prefix="cours-bench-") as dossier:
        sortie = Path(dossier) / "rapport.json"
        options = [
            *("--quiet", "--locale=fr", "--no-enable-error-reporting", "--output=json"),
            f"--output-path={sortie}",
            f"--chrome-flags={OPTIONS_CHROMIUM}",
            f"--only-categories={','.join(CATEGORIES)}",
        ]
        commande = [
            Path(sys.executable).with_name("node"),
            frontal.NODE_MODULES / LIGHTHOUSE,
            adresse,
            *options,
        ]
        passage = chronometrer(
            commande, cwd=chemins.RACINE, env={"CHROME_PATH": str(chromium), "TMPDIR": dossier}
        )
        passage.exiger_la_reussite(f"Lighthouse n'a pas pu noter {adresse}.")
        rapport: dict[str, Any] = json.loads(sortie.read_text(encoding="utf-8"))
    return rapport
