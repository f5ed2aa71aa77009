"""Lit les cinq formats du corpus, compte les mots, montre ce qui échoue en silence."""

import csv
import re
from email import message_from_bytes, policy
from pathlib import Path

from bs4 import BeautifulSoup
from pypdf import PdfReader

DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
AVANT = {"h1": "\n\n# ", "h2": "\n\n## ", "h3": "\n\n### ", "p": "\n\n", "li": "\n- "}
PHRASE = "ne gêne pas le sommeil : on voit ses chaussons, pas les pages d'un livre"


def lire_pdf(chemin: Path, mode: str = "plain") -> str:
    pages = PdfReader(chemin).pages
    return "\n".join(page.extract_text(extraction_mode=mode) for page in pages)


def rangee(noms: list[str], valeurs: list[str]) -> str:
    return ", ".join(f"{nom} : {v}" for nom, v in zip(noms, valeurs, strict=True))


def lire_csv(chemin: Path) -> str:
    noms, *lignes = csv.reader(chemin.read_text("utf-8").splitlines(), delimiter=";")
    return "\n".join(rangee(noms, valeurs) for valeurs in lignes)


def lire_html(chemin: Path) -> str:
    page = BeautifulSoup(chemin.read_text("utf-8"), "html.parser")
    contenu = page.main or page.article or page
    for tableau in contenu.find_all("table"):
        lignes = [[c.get_text() for c in li(["th", "td"])] for li in tableau("tr")]
        noms, *autres = lignes
        tableau.replace_with("\n\n" + "\n".join(rangee(noms, ligne) for ligne in autres))
    for balise in contenu.find_all(list(AVANT)):
        balise.insert(0, AVANT[balise.name])
    return re.sub(r"\n{3,}", "\n\n", contenu.get_text())


def lire_courriel(chemin: Path) -> str:
    message = message_from_bytes(chemin.read_bytes(), policy=policy.default)
    corps = re.sub(r"(?m)^[> ]+", "", message.get_body().get_content())
    corps = re.sub(r"(?m)^(Le .+ a écrit.*) :$", r"## \1", corps)
    date = f"{message['Date'].datetime:%d/%m/%Y}"
    return f"# {message['Subject']}\n\nDe {message['From']}, le {date}\n\n{corps}"


LECTEURS = {
    ".md": lambda chemin: chemin.read_text("utf-8"),
    ".pdf": lire_pdf,
    ".csv": lire_csv,
    ".html": lire_html,
    ".eml": lire_courriel,
}
total = 0
for chemin in sorted(DOCUMENTS.iterdir()):
    mots = len(LECTEURS[chemin.suffix](chemin).split())
    total += mots
    print(f"{chemin.name:42} {mots:5} mots{'  presque vide ?' if mots < 50 else ''}")
print(f"{'ensemble':42} {total:5} mots")

print("\nPDF en colonnes, puis tableau de PDF :")
catalogue = DOCUMENTS / "catalogue_2026.pdf"
for mode in ("layout", "plain"):
    texte = " ".join(lire_pdf(catalogue, mode).split())
    print(f"  {mode:6} : la phrase est {'entière' if PHRASE in texte else 'coupée'}")
print("  ...", re.search("Brindelune BRI-03.{60}", texte)[0], "...")

print("\nTableau HTML, sans puis avec ses en-têtes :")
etincelle = DOCUMENTS / "calame_etincelle.html"
brut = BeautifulSoup(etincelle.read_text("utf-8"), "html.parser")
print(" ", brut.table("tr")[1].get_text())
print(" ", re.search("Lampe : .+", lire_html(etincelle))[0])

print("\nCourriels, message puis citations :")
for nom in ("2026-03-18_verrerie_hausse_de_prix", "2026-05-06_reclamation_galapiat"):
    message, *citations = lire_courriel(DOCUMENTS / f"{nom}.eml").split("\n## ")
    print(f"  {nom} : {len(message.split())} mots,")
    print(f"    puis {len(citations)} citations, {len(' '.join(citations).split())} mots")
    for partie in (message, *citations):
        taux = ", ".join(re.findall(r"\d+ %|17 heures et 10 minutes", partie))
        print(f"    [{partie.split(chr(10))[0][:44]}] {taux or '-'}")
