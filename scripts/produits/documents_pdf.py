"""Les PDF d'Orvelune, composés à partir de `snippets/donnees/sources/*.md` : `make documents`.

Une source dont le nom est dans `EN_DEUX_COLONNES` est composée sur deux colonnes. La composition
est reproductible : mêmes sources, mêmes octets, sans date ni identifiant tiré au sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from scripts.socle import chemins, fichiers

SOURCES = chemins.DONNEES / "sources"
DESTINATION = chemins.DONNEES / "documents"
EN_DEUX_COLONNES = {"catalogue_2026"}
MARGE, GOUTTIERE = 18 * mm, 8 * mm
# Un tableau de plus de colonnes que cela traverse la page, dans un bandeau au-dessus du texte.
COLONNES_DE_TABLEAU_ETROIT = 6
HAUTEUR_DU_BANDEAU = 100 * mm
CADRE = [
    ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


@cache
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
    hauteur = A4[1] - 2 * MARGE
    bandeau = Frame(MARGE, MARGE + hauteur - HAUTEUR_DU_BANDEAU, _largeur(1), HAUTEUR_DU_BANDEAU)
    dispositions = {
        "texte": _colonnes(colonnes, hauteur),
        "bandeau": [bandeau, *_colonnes(colonnes, hauteur - HAUTEUR_DU_BANDEAU)],
    }
    tampon = BytesIO()
    document = BaseDocTemplate(
        tampon, pagesize=A4, title=titre, author="Orvelune", lang="fr", invariant=1
    )
    document.addPageTemplates(
        [PageTemplate(nom, cadres, onPage=_numeroter) for nom, cadres in dispositions.items()]
    )
    document.build(list(_blocs(source, colonnes)))
    return tampon.getvalue()


def _largeur(colonnes: int) -> float:
    """La largeur d'une colonne, en points."""
    return float((A4[0] - 2 * MARGE - (colonnes - 1) * GOUTTIERE) / colonnes)


def _colonnes(combien: int, hauteur: float) -> list[Frame]:
    largeur = _largeur(combien)
    return [
        Frame(MARGE + rang * (largeur + GOUTTIERE), MARGE, largeur, hauteur)
        for rang in range(combien)
    ]


def _numeroter(toile: Any, document: Any) -> None:
    toile.setFont("Helvetica", 8)
    toile.drawCentredString(A4[0] / 2, MARGE / 2, f"Orvelune — page {document.page}")


def _blocs(source: str, colonnes: int) -> Iterator[Any]:
    """Les blocs de ReportLab, dans l'ordre, pour un texte sur `colonnes` colonnes."""
    arbre = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(source))
    noeuds = arbre.children
    for noeud, suivant in zip(noeuds, [*noeuds[1:], None], strict=True):
        if _est_large(suivant, colonnes):
            yield from (NextPageTemplate("bandeau"), PageBreak())
            yield from _bloc(noeud, colonnes)
        elif _est_large(noeud, colonnes):
            yield from _bloc(noeud, 1)
            yield from (NextPageTemplate("texte"), FrameBreak())
        else:
            yield from _bloc(noeud, colonnes)


def _est_large(noeud: SyntaxTreeNode | None, colonnes: int) -> bool:
    """Vrai pour un tableau trop large pour une des `colonnes` de texte."""
    if noeud is None or noeud.type != "table" or colonnes == 1:
        return False
    entete = noeud.children[0].children[0]
    return len(entete.children) > COLONNES_DE_TABLEAU_ETROIT


def _bloc(noeud: SyntaxTreeNode, colonnes: int) -> Iterator[Any]:
    style = styles()
    if noeud.type == "heading":
        yield Paragraph(_en_ligne(noeud), style[noeud.tag])
    elif noeud.type == "paragraph":
        yield Paragraph(_en_ligne(noeud), style["texte"])
    elif noeud.type == "bullet_list":
        for point in noeud.children:
            yield Paragraph(_en_ligne(point), style["puce"], bulletText="–")
    elif noeud.type == "table":
        yield from (_tableau(noeud, _largeur(colonnes) - 12, style["cellule"]), Spacer(1, 6))
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
