"""Les liens du site mènent quelque part : pages, ancres, figures et téléchargements, hors ligne."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from scripts.controles import des_pages, endroits, reglages, rendu
from scripts.controles.lecture import Lien
from scripts.controles.probleme import Probleme
from scripts.lecons import pages
from scripts.socle import chemins
from scripts.socle.chemins import relatif

# Ce que la construction du site écrit, sans qu'aucun fichier de docs/ y corresponde.
ECRITS_PAR_LE_SITE = {
    "404.html",
    "assets/javascripts/iframe-worker.js",
    "assets/javascripts/lunr/min/lunr.fr.min.js",
    "llms.txt",
    "search/search_index.json",
    "sitemap.xml",
}
PAGES = (".md", ".ipynb")
DU_DEPOT = ("README.md", "CONTRIBUTING.md")
SCHEMAS = {"http", "https", "mailto", "tel", "data"}
# Le site que `make serve` montre, sur la machine de qui l'écrit.
APERCU = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\]):8000(?:/|$)")
TITRE = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
IDENTIFIANT = re.compile(r"""\bid\s*=\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Plan:
    """Ce qui existe : les fichiers du site, par leur nom sous docs/, et les ancres des pages."""

    fichiers: set[str]
    ancres: dict[str, set[str]]

    def publies(self) -> set[str]:
        """Les mêmes fichiers sous le nom qu'ils ont dans le site : une page y est un `.html`."""
        return {_publie(nom) for nom in self.fichiers}


def liens_internes() -> Iterator[Probleme]:
    """Chaque lien mène quelque part : à un fichier et une ancre du site, ou à une vraie adresse."""
    carnets = {carnet: des_pages.cellules(carnet) for carnet in des_pages.carnets()}
    plan = _plan(carnets)
    publies = plan.publies()
    for page, rendue in des_pages.rendus().items():
        rompus = [
            (lien, raison)
            for lien in rendue.liens
            if (raison := _rompu(lien, _sous_docs(page), plan, publies))
        ]
        lieux = endroits.situer(page, [_a_chercher(lien) for lien, _ in rompus])
        trouves = [_probleme(lieu, *rompu) for lieu, rompu in zip(lieux, rompus, strict=True)]
        trouves += map(_renvoi_incompris, endroits.situer(page, rendue.renvois), rendue.renvois)
        yield from dict.fromkeys(trouves)
    for carnet, rendue in des_pages.carnets().items():
        for lien in dict.fromkeys(Lien(lien.adresse, False) for lien in rendue.liens):
            if raison := _rompu(lien, _sous_docs(carnet), plan, publies):
                yield _probleme(relatif(carnet), lien, raison)
    yield from _du_reglage(plan)
    yield from _du_depot()


def _a_chercher(lien: Lien) -> str:
    """Ce qui fait retrouver un lien : son adresse, entourée si elle n'est qu'un signe."""
    if len(lien.adresse) > 1:
        return lien.adresse
    return f"]({lien.adresse})" if lien.markdown else f'="{lien.adresse}"'


def _probleme(endroit: str, lien: Lien, raison: str) -> Probleme:
    return Probleme(
        endroit, f"le lien « {lien.adresse} » est rompu, {raison}", "Corrigez l'adresse du lien."
    )


def _renvoi_incompris(endroit: str, renvoi: str) -> Probleme:
    return Probleme(
        endroit,
        f"« {renvoi} » s'affiche avec ses crochets",
        "Un lien s'écrit [texte](adresse), sans espace entre les deux, une note [^1] avec sa ligne "
        "« [^1]: … » ; des crochets de code, entre accents graves.",
    )


def _sous_docs(fichier: Path) -> str:
    return fichier.relative_to(chemins.DOCS).as_posix()


def _publie(nom: str) -> str:
    """Le nom d'un fichier de docs/ dans le site."""
    radical, extension = posixpath.splitext(nom)
    if posixpath.basename(nom) == "README.md":
        radical = posixpath.join(posixpath.dirname(nom), "index")
    return f"{radical}.html" if extension in PAGES else nom


def _plan(carnets: dict[Path, list[str]]) -> Plan:
    fichiers = reglages.publies(map(_sous_docs, filter(Path.is_file, chemins.DOCS.rglob("*"))))
    ancres = {_sous_docs(page): set(rendue.ancres) for page, rendue in des_pages.rendus().items()}
    for carnet, cellules in carnets.items():
        ancres[_sous_docs(carnet)] = set(_ancres_du_carnet(cellules))
    return Plan(fichiers | ECRITS_PAR_LE_SITE | set(pages.telechargements()), ancres)


def _rompu(lien: Lien, depuis: str, plan: Plan, publies: set[str]) -> str | None:
    """Pourquoi ce lien de `depuis` ne mène nulle part, ou None s'il est bon ou externe."""
    try:
        adresse = urlsplit(lien.adresse.strip())
    except ValueError:
        return "son adresse n'en est pas une"
    if adresse.scheme or adresse.netloc:
        return _mal_adresse(lien.adresse.strip(), adresse)
    if not adresse.path and not adresse.fragment:
        return "il ne mène nulle part"
    if adresse.path.startswith("/"):
        return "il est absolu, et le site peut être ailleurs qu'à la racine"
    cible = depuis if lien.markdown else _publie(depuis)
    if adresse.path:
        cible = posixpath.normpath(posixpath.join(posixpath.dirname(depuis), unquote(adresse.path)))
        if adresse.path.endswith("/") and not lien.markdown:
            cible = posixpath.join(cible, "index.html")
    existants = plan.fichiers if lien.markdown else publies
    if cible not in existants:
        return _absence(cible, lien, plan, publies)
    ancre = unquote(adresse.fragment)
    sources = [nom for nom in plan.ancres if cible in (nom, _publie(nom))]
    if ancre and sources and not any(ancre in plan.ancres[nom] for nom in sources):
        return f"l'ancre « {ancre} » n'existe pas dans docs/{sources[0]}"
    return None


def _mal_adresse(ecrite: str, adresse: SplitResult) -> str | None:
    """Pourquoi une adresse hors du site n'en est pas une, ou None si elle peut en être une."""
    if not adresse.scheme:
        return "il commence par « // » : écrivez « https:// » ou un chemin du site"
    if adresse.scheme not in SCHEMAS:
        return f"« {adresse.scheme}: » n'est pas le début d'une adresse qu'un lecteur peut ouvrir"
    vide = adresse.netloc if adresse.scheme in {"http", "https"} else adresse.path
    if not vide:
        return f"rien ne suit « {adresse.scheme}: »"
    if APERCU.match(ecrite):
        return "il mène à l'aperçu du site sur votre machine : écrivez le chemin de la page"
    return None


def _absence(cible: str, lien: Lien, plan: Plan, publies: set[str]) -> str:
    if lien.markdown and cible in publies:
        return f"un lien Markdown nomme la source de la page, pas « {cible} »"
    if not lien.markdown and cible in plan.fichiers:
        return f"un lien écrit en HTML ou dans un carnet nomme la page publiée, {_publie(cible)}"
    return f"« {cible} » n'existe pas dans le site"


def _du_reglage(plan: Plan) -> Iterator[Probleme]:
    """Les fichiers que nomme mkdocs.yml existent, et la navigation mène à chaque page."""
    if not (chemins.RACINE / "mkdocs.yml").is_file():
        return
    nommees = [nom for nom in reglages.pages_de_la_navigation() if not urlsplit(nom).scheme]
    for nom in nommees:
        if nom not in plan.fichiers:
            yield Probleme(
                "mkdocs.yml",
                f"la navigation nomme « {nom} », qui n'existe pas",
                "Corrigez le nom, relatif à docs/, ou retirez cette ligne.",
            )
    for nom in sorted(plan.ancres):
        if nommees and nom in plan.fichiers and nom not in nommees:
            yield Probleme(
                f"docs/{nom}",
                "cette page n'est pas dans la navigation",
                "Ajoutez-la à la navigation, dans mkdocs.yml, ou retirez-la.",
            )
    for nom in reglages.fichiers_nommes():
        dossiers = (chemins.DOCS, chemins.RACINE / "overrides")
        if not urlsplit(nom).scheme and not any((d / nom).is_file() for d in dossiers):
            yield Probleme(
                "mkdocs.yml",
                f"« {nom} » n'existe dans aucun dossier du site",
                "Corrigez le nom, ou retirez-le.",
            )


def _du_depot() -> Iterator[Probleme]:
    """Les liens du README et des consignes aux contributeurs mènent à des fichiers du dépôt."""
    fichiers = [chemins.RACINE / nom for nom in DU_DEPOT]
    textes = {f: f.read_text(encoding="utf-8") for f in fichiers if f.is_file()}
    for fichier, rendu_du_fichier in rendu.de_tous(textes, "depot").items():
        absents = [
            lien.adresse
            for lien in rendu_du_fichier.liens
            if not urlsplit(lien.adresse).scheme
            and not (chemins.RACINE / unquote(urlsplit(lien.adresse).path)).exists()
        ]
        for lieu, adresse in zip(endroits.situer(fichier, absents), absents, strict=True):
            raison = "aucun fichier du dépôt n'a ce nom"
            yield _probleme(lieu, Lien(adresse, False), raison)


# --- Les carnets publiés ---


def _ancres_du_carnet(cellules: list[str]) -> Iterator[str]:
    """Les ancres que `nbconvert` donne aux titres : le texte, une espace devenant un tiret."""
    for cellule in cellules:
        for titre in TITRE.findall(cellule):
            yield re.sub(r"[*_`]|\]\([^)]*\)|\[", "", titre).replace(" ", "-")
        yield from IDENTIFIANT.findall(cellule)
