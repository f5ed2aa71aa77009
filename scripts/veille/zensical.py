"""Le site construit par Zensical, successeur de Material for MkDocs : ce qui diffère, et où.

Material n'est plus maintenu après mai 2027. Ce passage ne bloque rien : il dit ce qu'une migration
demanderait aujourd'hui. Les carnets, que Zensical ne rend pas, sont hors de la comparaison.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from scripts.socle import chemins
from scripts.socle.commandes import lancer

COPIES = ("docs", "genere", "overrides", "snippets")
# Une étiquette Python que Zensical n'a pas de quoi résoudre, et des carnets qu'il ne rend pas.
A_RETIRER = re.compile(
    r"^ +tags_sort_by: .*\n|^ +- [^\n]*\.ipynb\n|^hooks: .*\n|^strict: .*\n|^watch: .*\n", re.M
)
COMPTES = {
    "blocs de code": ".highlight",
    "tableaux": "table",
    "encadrés": ".admonition",
    "volets": "details",
    "onglets": ".tabbed-set",
    "images": "img",
    "infobulles": "abbr",
    "liens": "a[href]:not(.headerlink)",
}
A_IGNORER = ("assets/", "search", "sitemap.xml.gz")
MOTS_MONTRES = 8


def comparer_le_cours(dossier: Path) -> str:
    """Construit le site des deux façons sous `dossier`, et rend le rapport Markdown.

    Lève `ErreurCours` si l'un des deux ne se construit pas.
    """
    mkdocs, copie = dossier / "mkdocs", dossier / "copie"
    lancer(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", mkdocs],
        etape="Construction par MkDocs",
        si_echec="Le site ne se construit plus avec MkDocs.",
        cwd=chemins.RACINE,
    )
    for nom in COPIES:
        shutil.copytree(chemins.RACINE / nom, copie / nom)
    configuration = (chemins.RACINE / "mkdocs.yml").read_text(encoding="utf-8")
    (copie / "mkdocs.yml").write_text(A_RETIRER.sub("", configuration), encoding="utf-8")
    version = _construire(copie, dossier / "venv")
    return rapport(version, comparer(mkdocs, copie / "site"))


def _construire(copie: Path, venv: Path) -> str:
    """Installe le dernier Zensical, construit `copie`, et rend sa version."""
    uv, python = Path(sys.executable).with_name("uv"), venv / "bin" / "python"
    si_echec = "Zensical n'a pas pu être installé : réessayez quand le réseau répond."
    creer = [uv, "venv", "--python", sys.executable, venv]
    lancer(creer, etape="Environnement de Zensical", si_echec=si_echec)
    installer = [uv, "pip", "install", "--python", python, "--upgrade", "zensical"]
    lancer(installer, etape="Installation de Zensical", si_echec=si_echec)
    lancer(
        [venv / "bin" / "zensical", "build", "--clean"],
        etape="Construction par Zensical",
        si_echec="Zensical ne construit pas le site.",
        cwd=copie,
    )
    lire = [python, "-c", "import importlib.metadata as m; print(m.version('zensical'))"]
    return lancer(lire, etape="Version de Zensical", si_echec=si_echec).strip()


def comparer(mkdocs: Path, zensical: Path) -> dict[str, list[str]]:
    """Fichier -> ce qui y diffère. Un fichier identique n'y est pas."""
    differences: dict[str, list[str]] = {}
    avant, apres = _fichiers(mkdocs), _fichiers(zensical)
    for nom in sorted(avant ^ apres):
        cote = "Zensical ne le produit pas" if nom in avant else "Zensical l'ajoute"
        differences[nom] = [cote]
    for nom in sorted(avant & apres):
        if nom.endswith(".html") and (ecarts := _ecarts(mkdocs / nom, zensical / nom)):
            differences[nom] = ecarts
    return differences


def _fichiers(site: Path) -> set[str]:
    """Les fichiers d'un site construit, sans ceux du thème ni les carnets."""
    tous = {f.relative_to(site).as_posix() for f in site.rglob("*") if f.is_file()}
    carnets = {nom for nom in tous if nom.endswith(".ipynb")}
    rendus = {nom.removesuffix(".ipynb") + ".html" for nom in carnets}
    return {nom for nom in tous - carnets - rendus if not nom.startswith(A_IGNORER)}


def _ecarts(page_mkdocs: Path, page_zensical: Path) -> list[str]:
    avant, apres = _contenu(page_mkdocs), _contenu(page_zensical)
    ecarts = []
    for quoi, selecteur in COMPTES.items():
        nombres = len(avant.select(selecteur)), len(apres.select(selecteur))
        if nombres[0] != nombres[1]:
            ecarts.append(f"{quoi} : {nombres[0]} avec MkDocs, {nombres[1]} avec Zensical")
    if perdues := _ancres(avant) - _ancres(apres):
        ecarts.append(f"ancres perdues : {', '.join(sorted(perdues)[:MOTS_MONTRES])}")
    perdus, ajoutes = _mots(avant) - _mots(apres), _mots(apres) - _mots(avant)
    for quoi, mots in (("mots perdus", perdus), ("mots ajoutés", ajoutes)):
        if mots:
            exemples = " ".join(mot for mot, _ in mots.most_common(MOTS_MONTRES))
            ecarts.append(f"{quoi} : {mots.total()} ({exemples})")
    return ecarts


def _contenu(page: Path) -> Tag:
    """L'article d'une page, sans les boutons du thème ; la page entière s'il n'y en a pas."""
    soupe = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    article = soupe.select_one("article") or soupe
    for bouton in article.select(".md-content__button, .headerlink, .md-tags, .md-source-file"):
        bouton.decompose()
    return article


def _ancres(article: Tag) -> set[str]:
    return {str(balise["id"]) for balise in article.select("h1[id], h2[id], h3[id], h4[id]")}


def _mots(article: Tag) -> Counter[str]:
    return Counter(re.findall(r"\w+", article.get_text(" ")))


def rapport(version: str, differences: dict[str, list[str]]) -> str:
    """La liste Markdown de ce qui diffère."""
    lignes = [f"### Avec Zensical {version}", ""]
    if not differences:
        return "\n".join([*lignes, "Rien ne diffère : la migration est prête.", ""])
    lignes += [f"{len(differences)} fichiers diffèrent.", ""]
    lignes += [f"- `{nom}` : {' ; '.join(ecarts)}" for nom, ecarts in differences.items()]
    return "\n".join([*lignes, ""])


def comparer_et_rendre() -> str:
    """Le rapport, dans un dossier provisoire qui disparaît ensuite."""
    with tempfile.TemporaryDirectory(prefix="cours-zensical-") as dossier:
        return comparer_le_cours(Path(dossier))
