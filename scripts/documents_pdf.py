"""Les PDF d'Orvelune, composés à partir de `snippets/donnees/sources/*.md` : `make documents`.

Une source dont le nom est dans `EN_DEUX_COLONNES` est composée sur deux colonnes. La composition
est reproductible : mêmes sources, mêmes octets, sans date ni identifiant tiré au sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table

from scripts import chemins, fichiers

SOURCES = chemins.DONNEES / "sources"
DESTINATION = chemins.DONNEES / "documents"
EN_DEUX_COLONNES = {"catalogue_2026"}
MARGE, GOUTTIERE = 18 * mm, 8 * mm
CADRE = [
    ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def styles() -> dict[str, ParagraphStyle]:
    """Le style de chaque sorte de bloc."""
    modeles = getSampleStyleSheet()
    texte = ParagraphStyle("texte", parent=modeles["BodyText"], fontSize=9.5, leading=12.5)
    return {
        "h1": modeles["Title"],
        "h2": modeles["Heading2"],
        "h3": modeles["Heading3"],
        "texte": texte,
        "puce": ParagraphStyle("puce", parent=texte, leftIndent=10, bulletIndent=2),
        "cellule": ParagraphStyle("cellule", parent=texte, fontSize=7, leading=8.5),
    }


def composer(source: str, titre: str, colonnes: int = 1) -> bytes:
    """Le PDF d'un texte Markdown : titres, paragraphes, listes à puces et tableaux."""
    largeur = (A4[0] - 2 * MARGE - (colonnes - 1) * GOUTTIERE) / colonnes
    cadres = [
        Frame(MARGE + rang * (largeur + GOUTTIERE), MARGE, largeur, A4[1] - 2 * MARGE)
        for rang in range(colonnes)
    ]
    tampon = BytesIO()
    document = BaseDocTemplate(
        tampon, pagesize=A4, title=titre, author="Orvelune", lang="fr", invariant=1
    )
    document.addPageTemplates(PageTemplate(frames=cadres, onPage=_numeroter))
    document.build(list(_blocs(source, largeur - 12)))
    return tampon.getvalue()


def _numeroter(toile: Any, document: Any) -> None:
    toile.setFont("Helvetica", 8)
    toile.drawCentredString(A4[0] / 2, MARGE / 2, f"Orvelune — page {document.page}")


def _blocs(source: str, largeur: float) -> Iterator[Any]:
    """Les blocs de ReportLab, dans l'ordre ; `largeur` utile en points."""
    style = styles()
    arbre = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(source))
    for noeud in arbre.children:
        if noeud.type == "heading":
            yield Paragraph(_en_ligne(noeud), style[noeud.tag])
        elif noeud.type == "paragraph":
            yield Paragraph(_en_ligne(noeud), style["texte"])
        elif noeud.type == "bullet_list":
            for point in noeud.children:
                yield Paragraph(_en_ligne(point), style["puce"], bulletText="–")
        elif noeud.type == "table":
            yield from (_tableau(noeud, largeur, style["cellule"]), Spacer(1, 6))
        else:
            raise ValueError(f"bloc Markdown non prévu dans un PDF : {noeud.type}")


def _tableau(noeud: SyntaxTreeNode, largeur: float, style: ParagraphStyle) -> Table:
    lignes = [ligne for partie in noeud.children for ligne in partie.children]
    cellules = [[Paragraph(_en_ligne(c), style) for c in ligne.children] for ligne in lignes]
    colonnes = len(cellules[0])
    return Table(cellules, colWidths=[largeur / colonnes] * colonnes, repeatRows=1, style=CADRE)


def _en_ligne(noeud: SyntaxTreeNode) -> str:
    """Le texte d'un nœud, gras et italique en balises de ReportLab."""
    balises = {"strong": "b", "em": "i"}
    if noeud.type in ("text", "code_inline"):
        return noeud.content.replace("&", "&amp;").replace("<", "&lt;")
    if noeud.type in ("softbreak", "hardbreak"):
        return " "
    interieur = "".join(_en_ligne(enfant) for enfant in noeud.children)
    balise = balises.get(noeud.type)
    return f"<{balise}>{interieur}</{balise}>" if balise else interieur


def fabriquer(destination: Path = DESTINATION) -> list[Path]:
    """Écrit un PDF par source ; rend leurs chemins, triés."""
    produits = []
    for source in sorted(SOURCES.glob("*.md")):
        texte = source.read_text(encoding="utf-8")
        titre = texte.splitlines()[0].removeprefix("# ")
        pdf = composer(texte, titre, 2 if source.stem in EN_DEUX_COLONNES else 1)
        produits.append(destination / f"{source.stem}.pdf")
        fichiers.ecrire(produits[-1], pdf)
    return produits
