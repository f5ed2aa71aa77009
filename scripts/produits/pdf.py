"""Le cours en un PDF, `make pdf` : le livre de `livre.py`, imprimé par Chromium."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright
from pypdf import PdfReader

from scripts.outillage.navigateur import OPTIONS
from scripts.produits import livre
from scripts.socle import fichiers
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours
from scripts.socle.francais import date_longue

DELAI_MS = 120_000


def fabriquer(site: Path, chromium: Path, destination: Path) -> int:
    """Imprime le `site` construit dans `destination` ; rend le nombre de pages.

    Le livre est imprimé deux fois : la première donne les numéros de page de la table.

    Lève `ErreurCours`, sans rien écrire, si Chromium échoue ou si un lien ne mène nulle part.
    """
    with console.status("Lecture du site"):
        cours = livre.lire(site)
    edition = date_longue(datetime.date.today().isoformat())
    try:
        with sync_playwright() as playwright, tempfile.TemporaryDirectory() as dossier:
            navigateur = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
            page, brouillon = navigateur.new_page(), Path(dossier) / "livre.html"
            with console.status("Mise en page"):
                numeros = numeros_de_page(_imprimer(page, brouillon, cours.html(edition, {})))
            with console.status("Table et numéros de page"):
                octets = _imprimer(page, brouillon, cours.html(edition, numeros))
    except Error as erreur:
        raise ErreurCours(
            f"Chromium n'a pas pu imprimer le cours ({erreur.message.splitlines()[0]}). "
            "Vérifiez qu'il s'ouvre et qu'il reste de la mémoire, puis relancez « make pdf »."
        ) from erreur
    if casses := sorted(set(liens_casses(octets))):
        raise ErreurCours(f"Liens qui ne mènent nulle part dans le PDF : {', '.join(casses)}.")
    fichiers.ecrire(destination, octets)
    return len(PdfReader(BytesIO(octets)).pages)


def _imprimer(page: Page, fichier: Path, html: str) -> bytes:
    fichier.write_text(html, encoding="utf-8")
    page.goto(fichier.as_uri(), timeout=DELAI_MS)
    return page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def numeros_de_page(pdf: bytes) -> dict[str, int]:
    """La page, à partir de 1, de chaque repère du livre qu'un lien désigne."""
    lecteur = PdfReader(BytesIO(pdf))
    rangs = {
        nom.removeprefix("/"): lecteur.get_destination_page_number(destination)
        for nom, destination in lecteur.named_destinations.items()
    }
    return {nom: rang + 1 for nom, rang in rangs.items() if rang is not None}


def liens(pdf: bytes) -> Iterator[tuple[str, str]]:
    """Chaque lien du PDF : ("repère", nom) s'il est interne, ("adresse", url) sinon."""
    for page in PdfReader(BytesIO(pdf)).pages:
        for annotation in page.get("/Annots") or ():
            lien = annotation.get_object()
            if lien.get("/Subtype") != "/Link":
                continue
            action = lien.get("/A", {})
            if "/URI" in action:
                yield "adresse", str(action["/URI"])
            else:
                yield "repère", str(lien.get("/Dest") or action.get("/D")).removeprefix("/")


def liens_casses(pdf: bytes) -> Iterator[str]:
    """Les liens vers un repère absent, ou vers un fichier de cette machine."""
    connus = numeros_de_page(pdf)
    for genre, cible in liens(pdf):
        if cible not in connus if genre == "repère" else cible.startswith("file:"):
            yield cible
