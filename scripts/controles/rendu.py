"""Ce que le lecteur voit d'une page : ses blocs de code, ce qu'ils incluent, ses liens, ses ancres.

La page est rendue avec les extensions du site. Un fragment de genere/ y est inséré ; tout autre
fichier inclus y est remplacé par un repère. Un bloc de code qui n'est pas fait que de repères
a donc été écrit dans la page, quelle que soit la façon dont il l'a été.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

from scripts.controles import reglages
from scripts.lecons.pages import EN_TETE, INCLUSION
from scripts.socle import chemins, memoire

# Deux signes d'usage privé, qu'aucune page n'emploie, autour du rang de l'inclusion.
REPERE = re.compile("\ue000(\\d+)\ue001")
PRIVES = str.maketrans("\ue000\ue001", "\ufffd\ufffd")
MEMOIRE = "pages"


@dataclass(frozen=True)
class Montre:
    """Un fichier inclus que la page montre vraiment.

    `fragment` est le fragment de genere/ par lequel il passe, s'il n'est pas inclus directement.
    """

    fichier: str
    section: str | None
    ligne: int
    fragment: str = ""
    dans_un_bloc: bool = False


@dataclass(frozen=True)
class BlocRendu:
    """Un bloc de code écrit dans la page : son genre (`bloc`, `html`, `ligne`), langage et texte.

    `debut` est ce qui le fait retrouver dans la page, si son texte n'y est pas tel quel.
    """

    genre: str
    langage: str
    texte: str
    debut: str = ""


@dataclass(frozen=True)
class Lien:
    """Une adresse, telle qu'écrite ; `markdown` si mkdocs la traduit, faux si c'est du HTML."""

    adresse: str
    markdown: bool


@dataclass
class Rendu:
    """Ce qu'une page donne une fois rendue."""

    montres: list[Montre] = field(default_factory=list)
    blocs: list[BlocRendu] = field(default_factory=list)
    liens: list[Lien] = field(default_factory=list)
    ancres: list[str] = field(default_factory=list)
    inclusions_ratees: bool = False
    erreur: str = ""


def de_toutes(pages: list[Path]) -> dict[Path, Rendu]:
    """Le rendu de chaque page, repris de la dernière fois si rien n'y a changé."""
    gardes = memoire.reprendre(MEMOIRE)
    reglage = memoire.empreinte_des_fichiers([reglages.fichier()])
    rendus: dict[Path, Rendu] = {}
    actuels: dict[str, Any] = {}
    for page in pages:
        texte, inclus = inserer(page.read_text(encoding="utf-8"))
        cle = memoire.empreinte_de(reglage, texte, repr(inclus))
        if cle not in gardes:
            gardes[cle] = asdict(rendre(texte, inclus))
        actuels[cle] = gardes[cle]
        rendus[page] = _relire(gardes[cle])
    if actuels.keys() != memoire.reprendre(MEMOIRE).keys():
        memoire.garder(MEMOIRE, actuels)
    return rendus


def _relire(garde: dict[str, Any]) -> Rendu:
    return Rendu(
        [Montre(**montre) for montre in garde["montres"]],
        [BlocRendu(**bloc) for bloc in garde["blocs"]],
        [Lien(**lien) for lien in garde["liens"]],
        garde["ancres"],
        garde["inclusions_ratees"],
        garde["erreur"],
    )


def inserer(texte: str) -> tuple[str, list[Montre]]:
    """Le Markdown où chaque fichier inclus est un repère, et ces fichiers, dans l'ordre."""
    inclus: list[Montre] = []
    lignes: list[str] = []
    texte = EN_TETE.sub(lambda en_tete: "\n" * en_tete[0].count("\n"), texte.translate(PRIVES))
    for numero, ligne in enumerate(texte.split("\n"), 1):
        lignes += _inserer_une_ligne(ligne, numero, inclus, ())
    return "\n".join(lignes), inclus


def _inserer_une_ligne(
    ligne: str, numero: int, inclus: list[Montre], par: tuple[str, ...]
) -> Iterator[str]:
    """La ligne, ou ce qui remplace une inclusion ; `par` nomme les fragments traversés."""
    inclusion = INCLUSION.match(ligne)
    if inclusion is None:
        yield ligne
        return
    nom = inclusion["fichier"]
    fragment = chemins.RACINE / nom
    if nom.startswith("genere/") and nom not in par and fragment.is_file():
        contenu = fragment.read_text(encoding="utf-8").translate(PRIVES)
        for interieure in contenu.split("\n"):
            complete = inclusion["retrait"] + interieure if interieure else ""
            yield from _inserer_une_ligne(complete, numero, inclus, (*par, nom))
        return
    yield f"{inclusion['retrait']}\ue000{len(inclus)}\ue001"
    inclus.append(Montre(nom, inclusion["section"], numero, par[0] if par else ""))


def rendre(texte: str, inclus: list[Montre]) -> Rendu:
    """Rend ce Markdown avec les extensions du site et relève ce que le lecteur en verra."""
    lecteur = _LecteurDePage(inclus)
    try:
        lecteur.feed(_convertisseur().reset().convert(texte))
        lecteur.close()
    except Exception as erreur:  # une extension peut échouer de bien des façons sur un texte abîmé
        _Convertisseur.actuel = None
        return Rendu(erreur=f"{type(erreur).__name__} : {erreur}")
    return lecteur.rendu


class _Convertisseur:
    """Le convertisseur Markdown et le réglage pour lequel il a été construit."""

    actuel: ClassVar[Any] = None
    reglage: ClassVar[str] = ""


def _convertisseur() -> Any:
    """Le convertisseur du site, construit à la première page à rendre : il coûte 0,3 s."""
    import markdown

    reglage = reglages.fichier().read_text(encoding="utf-8")
    if _Convertisseur.actuel is None or _Convertisseur.reglage != reglage:
        noms, regles = reglages.extensions()
        convertisseur = markdown.Markdown(extensions=noms, extension_configs=regles)
        convertisseur.treeprocessors.register(_Marque(), "marque-des-liens", -100)
        _Convertisseur.actuel, _Convertisseur.reglage = convertisseur, reglage
    return _Convertisseur.actuel


class _Marque:
    """Distingue les liens du Markdown, que mkdocs traduit, de ceux du HTML : un traitement."""

    def run(self, racine: Any) -> None:
        """Pose l'attribut `data-markdown` sur chaque lien et chaque image de la page."""
        for element in racine.iter():
            if element.tag in {"a", "img"}:
                element.set("data-markdown", "")


class _LecteurDePage(HTMLParser):
    """Relève, dans le HTML d'une page, les blocs de code, les repères, les liens et les ancres."""

    # Les éléments où du HTML montre un texte tel quel ; `code` ne compte que sur plusieurs lignes.
    TELS_QUELS = frozenset({"pre", "samp", "xmp", "listing", "plaintext", "textarea"})
    PARAGRAPHES = frozenset({"p", "li", "td", "th", "dd", "dt", "summary"})
    ADRESSES = frozenset({"href", "src", "poster", "data", "action"})
    VIDES = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self, inclus: list[Montre]) -> None:
        super().__init__(convert_charrefs=True)
        self.rendu = Rendu()
        self.inclus = inclus
        self.ouverts: list[tuple[str, dict[str, str]]] = []
        self.bloc: list[str] | None = None  # le texte du bloc de code ouvert
        self.code: list[str] | None = None  # le texte du code en ligne ouvert
        self.lignes_de_code: list[
            list[tuple[str, str]]
        ] = []  # ce que contient chaque paragraphe ouvert

    def handle_starttag(self, balise: str, attributs: list[tuple[str, str | None]]) -> None:
        attribut = {nom: valeur or "" for nom, valeur in attributs}
        self._relever(balise, attribut)
        if balise == "br":
            self._texte("\n", saut=True)
        if balise in self.VIDES:
            return
        self.ouverts.append((balise, attribut))
        if balise in self.TELS_QUELS and self.bloc is None and not self._numeros_de_ligne():
            self.bloc = []
        elif balise == "code" and self.bloc is None and self.code is None:
            self.code = []
        elif balise in self.PARAGRAPHES:
            self.lignes_de_code.append([])

    def handle_startendtag(self, balise: str, attributs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(balise, attributs)
        if balise not in self.VIDES:
            self.handle_endtag(balise)

    def handle_endtag(self, balise: str) -> None:
        if balise not in [ouvert for ouvert, _ in self.ouverts]:
            return
        while self.ouverts:
            ouvert, attribut = self.ouverts.pop()
            self._fermer(ouvert, attribut)
            if ouvert == balise:
                return

    def close(self) -> None:
        super().close()
        while self.ouverts:
            self._fermer(*self.ouverts.pop())

    def handle_data(self, texte: str) -> None:
        self._texte(texte)

    def _relever(self, balise: str, attribut: dict[str, str]) -> None:
        """Les ancres et les adresses d'un élément."""
        self.rendu.ancres += [attribut[nom] for nom in ("id", "name") if attribut.get(nom)]
        markdown = "data-markdown" in attribut
        adresses = [attribut[nom] for nom in attribut if nom in self.ADRESSES]
        for image in attribut.get("srcset", "").split(","):
            adresses += image.split()[:1]
        classes = attribut.get("class", "").split()
        if "headerlink" not in classes and not (balise == "input" or balise == "form"):
            self.rendu.liens += [Lien(adresse, markdown) for adresse in adresses]
        if "white-space" in attribut.get("style", ""):
            self.rendu.blocs.append(BlocRendu("html", "", "", "white-space"))

    def _texte(self, texte: str, saut: bool = False) -> None:
        dans_du_code = self.bloc is not None or self.code is not None
        if self.bloc is not None:
            self.bloc.append(texte)
        elif self.code is not None:
            self.code.append(texte)
        else:
            self._reperes(texte, dans_un_bloc=False)
            self.rendu.inclusions_ratees |= "8<-" in texte
        if self.lignes_de_code and (texte.strip() or saut):
            genre = "code" if dans_du_code else "br" if saut else "prose"
            self.lignes_de_code[-1].append((genre, texte))

    def _reperes(self, texte: str, dans_un_bloc: bool) -> None:
        """Note les inclusions dont ce texte contient le repère."""
        for rang in map(int, REPERE.findall(texte)):
            if rang < len(self.inclus):
                self.rendu.montres.append(replace(self.inclus[rang], dans_un_bloc=dans_un_bloc))

    def _fermer(self, balise: str, attribut: dict[str, str]) -> None:
        if balise in self.TELS_QUELS and self.bloc is not None:
            if any(ouvert in self.TELS_QUELS for ouvert, _ in self.ouverts):
                return
            texte, self.bloc = "".join(self.bloc), None
            self._reperes(texte, dans_un_bloc=True)
            surligne, langage = self._surlignage()
            if not surligne:
                self.rendu.blocs.append(BlocRendu("html", "", texte, f"<{balise}"))
            elif REPERE.sub("", texte).strip():
                self.rendu.blocs.append(BlocRendu("bloc", langage, texte))
        elif balise == "code" and self.code is not None:
            texte, self.code = "".join(self.code), None
            self._reperes(texte, dans_un_bloc=False)
            if "\n" in texte.strip():
                self.rendu.blocs.append(BlocRendu("ligne", "", texte, "<code"))
        elif balise in self.PARAGRAPHES and self.lignes_de_code:
            contenu = self.lignes_de_code.pop()
            genres = [genre for genre, _ in contenu]
            if "prose" not in genres and "br" in genres and genres.count("code") > 1:
                texte = "\n".join(texte for genre, texte in contenu if genre == "code")
                self.rendu.blocs.append(BlocRendu("ligne", "", texte))

    def _surlignage(self) -> tuple[bool, str]:
        """(vrai, langage) si le bloc est celui d'une clôture ou d'un retrait, pas du HTML écrit."""
        for _, attribut in reversed(self.ouverts):
            classes = attribut.get("class", "").split()
            if "highlight" in classes:
                langages = [
                    c.removeprefix("language-") for c in classes if c.startswith("language-")
                ]
                return True, langages[0] if langages else ""
        return False, ""

    def _numeros_de_ligne(self) -> bool:
        return any("linenodiv" in attribut.get("class", "") for _, attribut in self.ouverts)
