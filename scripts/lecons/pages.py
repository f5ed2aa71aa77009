"""Lire les pages Markdown : leurs blocs de code et les fichiers qu'elles incluent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scripts.lecons import catalogue
from scripts.socle import chemins

CLOTURE = re.compile(r"^(?P<retrait> *)(?P<cloture>`{3,}|~{3,})(?P<info>.*)$")
INCLUSION = re.compile(
    r'^(?P<retrait>[ \t]*)-{1,}8<-{1,}[ \t]+"(?P<fichier>[^":]+)(?::(?P<section>[^"]+))?"\r?$'
)
TELECHARGEMENTS = "telechargements"
LANGAGES_PYTHON = {"python", "py", "python3", "pycon", "ipython", "ipython3"}
EN_TETE = re.compile(r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*\n", re.MULTILINE | re.DOTALL)
# L'expression de pytest-examples : ce qu'elle trouve, et rien d'autre, est exécuté par les tests.
EXEMPLE = re.compile(r"(^ *```)( *)(.*?)\n(.+?)\1", re.MULTILINE | re.DOTALL)


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
    return _blocs(page)[0]


def cloture_jamais_fermee(page: Path) -> Bloc | None:
    """Le dernier bloc de la page, si rien ne le ferme."""
    return _blocs(page)[1]


def _blocs(page: Path) -> tuple[list[Bloc], Bloc | None]:
    """Les blocs fermés, dans l'ordre, et celui qui reste ouvert à la fin."""
    trouves: list[Bloc] = []
    ouvert: re.Match[str] | None = None
    debut, contenu = 0, list[str]()
    for numero, ligne in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
        cloture = CLOTURE.match(ligne)
        if ouvert is None:
            if cloture:
                ouvert, debut, contenu = cloture, numero, []
        elif cloture and not cloture["info"].strip() and _ferme(cloture, ouvert):
            trouves.append(_bloc(page, debut, ouvert, contenu))
            ouvert = None
        else:
            contenu.append(ligne)
    return trouves, _bloc(page, debut, ouvert, contenu) if ouvert else None


def _bloc(page: Path, debut: int, ouvert: re.Match[str], contenu: list[str]) -> Bloc:
    retrait = len(ouvert["retrait"])
    texte = "\n".join(li[retrait:] if not li[:retrait].strip() else li for li in contenu)
    return Bloc(page, debut, ouvert["cloture"], ouvert["info"], texte)


def _ferme(cloture: re.Match[str], ouvert: re.Match[str]) -> bool:
    meme_signe = cloture["cloture"][0] == ouvert["cloture"][0]
    return meme_signe and len(cloture["cloture"]) >= len(ouvert["cloture"])


def inclusions(page: Path) -> list[Inclusion]:
    """Les fichiers qu'une page inclut, hors et dans les blocs de code."""
    lignes = page.read_text(encoding="utf-8").split("\n")
    trouvees = ((numero, INCLUSION.match(ligne)) for numero, ligne in enumerate(lignes, 1))
    return [Inclusion(page, numero, t["fichier"], t["section"]) for numero, t in trouvees if t]


def fichiers_montres(markdown: str) -> list[str]:
    """Les fichiers de leçon que cette page inclut, relatifs à snippets/, sorties exceptées."""
    lignes = (INCLUSION.match(ligne) for ligne in markdown.splitlines())
    fichiers = {ligne["fichier"] for ligne in lignes if ligne}
    return sorted(
        fichier.removeprefix("snippets/")
        for fichier in fichiers
        if fichier.startswith("snippets/module_") and "/sorties/" not in fichier
    )


def telechargements() -> dict[str, Path]:
    """Adresse dans le site -> le fichier qu'une page montre, ou le module qui s'archive."""
    noms = {nom for page in toutes() for nom in fichiers_montres(page.read_text(encoding="utf-8"))}
    montres = {nom: chemins.SNIPPETS / nom for nom in sorted(noms)}
    modules = {f"{nom}.zip": chemins.SNIPPETS / nom for nom in catalogue.noms_des_modules()}
    # Un fichier qui manque : pymdownx.snippets le dira mieux que nous.
    return {f"{TELECHARGEMENTS}/{n}": f for n, f in (montres | modules).items() if f.exists()}


def exemples_python(texte: str) -> list[tuple[str, str]]:
    """(annonce, code) de chaque bloc Python que pytest-examples trouve dans ce Markdown."""
    return [
        (trouve[3].lower(), trouve[4])
        for trouve in EXEMPLE.finditer(texte)
        if trouve[3].lower().startswith(("py", "{.py"))
    ]
