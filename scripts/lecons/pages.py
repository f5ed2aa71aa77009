"""Lire les pages Markdown : leurs blocs de code et les fichiers qu'elles incluent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scripts.socle import chemins

CLOTURE = re.compile(r"^(?P<retrait> *)(?P<cloture>`{3,}|~{3,})(?P<info>.*)$")
INCLUSION = re.compile(r'^\s*-{1,}8<-{1,} "(?P<fichier>[^":]+)(?::(?P<section>[^"]+))?"\s*$')
# Ce qui peut précéder des lignes en retrait sans qu'elles soient un bloc de code.
CONTENANT = re.compile(r"^\s*(?:[-*+] |\d+[.)] |!!!|\?\?\?|===|:\s|\[\^|\*\[|<)")
LANGAGES_PYTHON = {"python", "py", "python3", "pycon", "ipython", "ipython3"}


@dataclass(frozen=True)
class Bloc:
    """Un bloc de code d'une page : première ligne (à partir de 1), clôture, langage, contenu."""

    page: Path
    ligne: int
    cloture: str
    info: str
    contenu: str

    @property
    def langage(self) -> str:
        """Langage annoncé, en minuscules : `python`, `bash`… ou chaîne vide."""
        trouve = re.match(r"\s*\{?\s*\.?([\w+-]*)", self.info)
        return trouve[1].lower() if trouve else ""

    @property
    def inclut_seulement(self) -> bool:
        """Vrai si le bloc ne contient que des inclusions de fichiers."""
        lignes = [ligne for ligne in self.contenu.splitlines() if ligne.strip()]
        return bool(lignes) and all(INCLUSION.match(ligne) for ligne in lignes)


@dataclass(frozen=True)
class Inclusion:
    """Une ligne `--8<-- "fichier:section"` d'une page."""

    page: Path
    ligne: int
    fichier: str
    section: str | None


def toutes() -> list[Path]:
    """Les pages Markdown du site."""
    return sorted(chemins.DOCS.rglob("*.md"))


def blocs(page: Path) -> list[Bloc]:
    """Les blocs de code clôturés d'une page, où qu'ils soient (onglets, admonitions, listes)."""
    trouves: list[Bloc] = []
    ouvert: re.Match[str] | None = None
    debut, contenu = 0, list[str]()
    for numero, ligne in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        cloture = CLOTURE.match(ligne)
        if ouvert is None:
            if cloture:
                ouvert, debut, contenu = cloture, numero, []
        elif cloture and not cloture["info"].strip() and _ferme(cloture, ouvert):
            retrait = len(ouvert["retrait"])
            texte = "\n".join(li[retrait:] if not li[:retrait].strip() else li for li in contenu)
            trouves.append(Bloc(page, debut, ouvert["cloture"], ouvert["info"], texte))
            ouvert = None
        else:
            contenu.append(ligne)
    return trouves


def _ferme(cloture: re.Match[str], ouvert: re.Match[str]) -> bool:
    meme_signe = cloture["cloture"][0] == ouvert["cloture"][0]
    return meme_signe and len(cloture["cloture"]) >= len(ouvert["cloture"])


def inclusions(page: Path) -> list[Inclusion]:
    """Les fichiers qu'une page inclut, hors et dans les blocs de code."""
    lignes = page.read_text(encoding="utf-8").splitlines()
    trouvees = ((numero, INCLUSION.match(ligne)) for numero, ligne in enumerate(lignes, 1))
    return [Inclusion(page, numero, t["fichier"], t["section"]) for numero, t in trouvees if t]


def code_en_retrait(page: Path) -> list[int]:
    """Lignes où commence un bloc de code écrit par simple retrait, sans clôture."""
    trouves, precedente, dans_un_bloc, vide = [], "", "", True
    for numero, ligne in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if cloture := CLOTURE.match(ligne):
            signe = cloture["cloture"][0]
            dans_un_bloc = "" if dans_un_bloc == signe else (dans_un_bloc or signe)
        if dans_un_bloc or not ligne.strip():
            vide = True
            continue
        en_retrait = ligne.startswith("    ")
        if en_retrait and vide and precedente[:1].strip() and not CONTENANT.match(precedente):
            trouves.append(numero)
        if not en_retrait or vide:
            precedente = ligne if not en_retrait else precedente
        vide = False
    return trouves
