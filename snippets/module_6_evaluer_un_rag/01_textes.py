"""Lit les 32 documents une fois pour toutes et range leur texte dans textes.jsonl."""

import csv
import json
from email import message_from_bytes, policy
from pathlib import Path

from bs4 import BeautifulSoup
from pypdf import PdfReader

DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"


def lire_pdf(chemin: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(chemin).pages)


def lire_courriel(chemin: Path) -> str:
    message = message_from_bytes(chemin.read_bytes(), policy=policy.default)
    return f"# {message['Subject']}\n\n{message.get_body().get_content()}"


def lire_csv(chemin: Path) -> str:
    lignes = csv.DictReader(chemin.read_text("utf-8").splitlines(), delimiter=";")
    paires = ([f"{nom} : {valeur}" for nom, valeur in ligne.items()] for ligne in lignes)
    return "\n".join(map(", ".join, paires))


def lire_html(chemin: Path) -> str:
    page = BeautifulSoup(chemin.read_text("utf-8"), "html.parser")
    contenu = page.main or page.article or page
    for balise in contenu.find_all(["h1", "h2", "h3", "p", "table", "ul", "ol"]):
        balise.insert(0, "\n\n## " if balise.name[0] == "h" else "\n\n")
    return contenu.get_text(" ")


def lire_texte(chemin: Path) -> str:
    return chemin.read_text("utf-8")


LECTEURS = {".pdf": lire_pdf, ".eml": lire_courriel, ".csv": lire_csv, ".html": lire_html}
textes = {
    chemin.name: LECTEURS.get(chemin.suffix, lire_texte)(chemin)
    for chemin in sorted(DOCUMENTS.iterdir())
}
with Path("textes.jsonl").open("w", encoding="utf-8") as sortie:
    for document, texte in textes.items():
        ligne = {"document": document, "texte": texte}
        print(json.dumps(ligne, ensure_ascii=False), file=sortie)
mots = sum(len(texte.split()) for texte in textes.values())
print(f"{len(textes)} documents, {mots} mots dans textes.jsonl")
