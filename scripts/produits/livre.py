"""Le site en une seule page HTML, à imprimer : garde, table, puis chaque page dans l'ordre."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

STYLE = Path(__file__).with_suffix(".css")
SUPERFLU = (
    ".headerlink, .anchor-link, .md-content__button, .md-tags, .a-lecran, "
    ".zeroclipboard-container, script, link, .module-fait, .score-du-quiz, #bilan, #tout-effacer"
)
NOMS = ("id", "for", "name")  # les cases des onglets ont les mêmes noms d'une page à l'autre


@dataclass(frozen=True)
class Chapitre:
    """Une page du site, adaptée au livre."""

    chemin: str
    titre: str
    html: str


@dataclass(frozen=True)
class Livre:
    """De quoi composer le livre ; `styles` sont des adresses `file:`."""

    titre: str
    resume: str
    licence: str
    styles: list[str]
    chapitres: list[Chapitre]

    def html(self, edition: str, numeros: Mapping[str, int]) -> str:
        """Le livre, daté, avec dans sa table le numéro de page de chaque repère connu."""
        styles = "".join(f'<link rel="stylesheet" href="{style}">' for style in self.styles)
        table = "".join(_ligne(chapitre, numeros) for chapitre in self.chapitres)
        return (
            f'<!doctype html><html lang="fr"><head><meta charset="utf-8">'
            f"<title>{escape(self.titre)}</title>{styles}"
            f"<style>{STYLE.read_text(encoding='utf-8')}</style></head>"
            '<body data-md-color-scheme="default" data-md-color-primary="custom" '
            'data-md-color-accent="custom">'
            f'<section class="garde md-typeset"><p class="titre">{escape(self.titre)}</p>'
            f"<p>{escape(self.resume)}</p><p>Édition du {edition}</p>"
            f"<p>{escape(self.licence)}</p></section>"
            f'<nav class="table md-typeset"><h1>Table</h1><ol>{table}</ol></nav>'
            f"{''.join(chapitre.html for chapitre in self.chapitres)}</body></html>"
        )


def lire(site: Path) -> Livre:
    """Le livre d'un site construit."""
    pages = dict(_pages(site))
    accueil = pages["index.html"]
    styles = {
        _ressource(chemin, _attribut(style, "href"), site): None
        for chemin, page in pages.items()
        for style in page.select("link[rel=stylesheet]")
    }
    chapitres = [_chapitre(chemin, page, site, set(pages)) for chemin, page in pages.items()]
    return Livre(
        titre=_contenu(accueil, 'meta[property="og:site_name"]'),
        resume=_contenu(accueil, 'meta[name="description"]'),
        licence=_texte(accueil, ".md-copyright__highlight"),
        styles=list(styles),
        chapitres=chapitres,
    )


def repere(chemin: str, ancre: str = "") -> str:
    """Le nom, unique dans le livre, d'une page ou d'une ancre de cette page."""
    page = chemin.removesuffix(".html").replace("/", ".")
    return f"{page}--{ancre}" if ancre else page


def adresse_dans_le_livre(
    chemin: str, lien: str, connues: set[str], en_ligne: str | None
) -> str | None:
    """Où mène, dans le livre, un `lien` de la page `chemin`.

    Une page connue devient un repère. Un autre fichier du site mène au site en ligne (`en_ligne`
    est l'adresse qu'y a cette page), ou nulle part (``None``) si le site n'est pas publié.
    """
    morceaux = urlsplit(lien)
    if morceaux.scheme or morceaux.netloc:
        return lien
    cible = _chemin(chemin, lien) if morceaux.path else chemin
    if cible in connues:
        return f"#{repere(cible, unquote(morceaux.fragment))}"
    return urljoin(en_ligne, lien) if en_ligne else None


def _pages(site: Path) -> Iterator[tuple[str, BeautifulSoup]]:
    """Chaque page et son chemin, de l'accueil à la dernière, par leurs liens « suivant »."""
    chemin = "index.html"
    while chemin:
        page = BeautifulSoup((site / chemin).read_text(encoding="utf-8"), "html.parser")
        yield chemin, page
        suivante = page.select_one('head link[rel="next"]')
        chemin = _chemin(chemin, _attribut(suivante, "href")) if suivante else ""


def _chapitre(chemin: str, page: BeautifulSoup, site: Path, connues: set[str]) -> Chapitre:
    article = page.select_one("article")
    if article is None:
        raise ValueError(f"{chemin} n'a pas d'article : le gabarit du thème a changé")
    en_ligne = _contenu(page, 'meta[property="og:url"]') or None  # absente d'un site non publié
    for superflu in article.select(SUPERFLU):
        superflu.decompose()
    for element in article.find_all(True):
        for nom in NOMS:
            if valeur := _attribut(element, nom):
                element[nom] = repere(chemin, valeur)
    for bloc in article.select("details"):
        bloc["open"] = ""
    for lien in article.select("a[href]"):
        adresse = adresse_dans_le_livre(chemin, _attribut(lien, "href"), connues, en_ligne)
        if adresse is None:
            lien.unwrap()
        else:
            lien["href"] = adresse
    for image in article.select("img[src]"):
        image["src"] = _ressource(chemin, _attribut(image, "src"), site)
        del image["loading"]  # le navigateur n'attend pas une image paresseuse pour imprimer
    for bloc in article.select(".aide-memoire"):  # sa feuille de style a son propre format de page
        bloc["class"] = ""
    titre = _texte(article, "h1")
    article["id"] = repere(chemin)
    article["class"] = "chapitre md-typeset"
    return Chapitre(chemin, titre, str(article))


def _ligne(chapitre: Chapitre, numeros: Mapping[str, int]) -> str:
    """Une ligne de la table ; l'accueil et l'index de chaque jour y sont en gras."""
    nom = repere(chapitre.chemin)
    classe = ' class="partie"' if chapitre.chemin.endswith("index.html") else ""
    return (
        f'<li{classe}><a href="#{nom}"><span>{escape(chapitre.titre)}</span>'
        f"<span>{numeros.get(nom, '')}</span></a></li>"
    )


def _ressource(chemin: str, adresse: str, site: Path) -> str:
    """L'adresse `file:` d'une image ou d'un style, avec son fragment (`#only-light`)."""
    if urlsplit(adresse).scheme:
        return adresse
    fragment = urldefrag(adresse).fragment
    return (site / _chemin(chemin, adresse)).absolute().as_uri() + (fragment and f"#{fragment}")


def _chemin(page: str, lien: str) -> str:
    """Le chemin, depuis la racine du site, de ce que désigne le `lien` relatif d'une `page`."""
    relatif = unquote(urlsplit(lien).path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), relatif))


def _attribut(element: Tag, nom: str) -> str:
    valeur = element.get(nom)
    return valeur if isinstance(valeur, str) else ""


def _texte(element: Tag, selecteur: str) -> str:
    trouve = element.select_one(selecteur)
    return " ".join(trouve.get_text().split("\n")).strip() if trouve else ""


def _contenu(page: BeautifulSoup, selecteur: str) -> str:
    trouve = page.select_one(selecteur)
    return _attribut(trouve, "content") if trouve else ""
