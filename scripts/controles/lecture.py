"""Lire le HTML d'une page comme son lecteur : ce qui y est du code, de la prose, un lien, un trou.

Un bloc de code qui n'est pas fait que de repères a été écrit dans la page, quelle que soit la façon
dont il l'a été. Du code en ligne en est aussi quand rien, entre ses lignes, n'est une phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from scripts.controles import attente, instructions

# Deux signes d'usage privé, qu'aucune page n'emploie, autour du rang de l'inclusion.
REPERE = re.compile("\ue000(\\d+)\ue001")
# L'attribut que porte la légende d'une sortie enregistrée, et qu'aucune page ne peut écrire.
SCEAU = "\ue001"

VIDES = frozenset("area base br col embed hr img input link meta source track wbr".split())
# Les éléments où du HTML montre un texte tel quel ; les seconds, s'il a plusieurs lignes.
TELS_QUELS = frozenset("pre samp xmp listing plaintext textarea tt output".split())
CODES = frozenset(("code", "kbd", "var"))
INVISIBLES = frozenset(("script", "style", "template"))
EN_LIGNE = frozenset(
    "a abbr b bdi bdo big cite del dfn em font i ins label mark q s small span strike strong sub "
    "sup time u".split()
)
CONNUS = frozenset(
    "address article aside audio blockquote body button canvas caption center colgroup data "
    "datalist dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "head header hgroup html iframe legend li main map math menu meter nav noscript object ol "
    "optgroup option p param picture progress rp rt ruby search section select slot summary svg "
    "table tbody td tfoot th thead title tr ul video".split()
).union(VIDES, TELS_QUELS, CODES, INVISIBLES, EN_LIGNE)
ADRESSES = frozenset(
    "href src poster data action formaction longdesc cite xlink:href background".split()
)
LUS = ("title", "alt", "aria-label")
STYLE_DE_CODE = re.compile(
    r"white-space\s*:\s*(?:pre|break-spaces)|font[\w-]*\s*:[^;}]*(?:mono|courier|consolas|menlo)",
    re.IGNORECASE,
)
POLICE_DE_CODE = re.compile(r"mono|courier|consolas|menlo", re.IGNORECASE)
CACHE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
URL_DE_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
RENVOI_AUTOMATIQUE = re.compile(r"^\s*\d+\s*;\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
PROVENANCE = re.compile(r"\s*Sortie enregistrée le \d")
INCLUSION_RATEE = re.compile(r".*-8<-.*")


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
    """Du code ou une sortie écrits dans la page : leur genre, leur langage et leur texte.

    Le genre est `bloc`, `html`, `ligne`, `python` ou `provenance`. `debut` est ce qui le fait
    retrouver dans la page si son texte n'y est pas tel quel ; `ligne`, celle d'une inclusion qu'il
    contient, ou zéro.
    """

    genre: str
    langage: str
    texte: str
    debut: str = ""
    ligne: int = 0


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
    inclusions_ratees: list[str] = field(default_factory=list)
    reperes: list[str] = field(default_factory=list)
    renvois: list[str] = field(default_factory=list)
    erreur: str = ""


@dataclass
class Noeud:
    """Un élément du HTML, ses attributs, et ce qu'il contient dans l'ordre."""

    balise: str
    attributs: dict[str, str]
    enfants: list[Noeud | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """Les classes de l'élément."""
        return self.attributs.get("class", "").split()

    def descendants(self) -> Iterator[Noeud]:
        """Les éléments qu'il contient, à toute profondeur, dans l'ordre."""
        for enfant in self.enfants:
            if isinstance(enfant, Noeud):
                yield enfant
                yield from enfant.descendants()

    def texte(self) -> str:
        """Son texte, une ligne par `<br>`."""
        if self.balise == "br":
            return "\n"
        return "".join(e.texte() if isinstance(e, Noeud) else e for e in self.enfants)


class Arbre(HTMLParser):
    """L'arbre d'un HTML, même mal fermé, et ses commentaires."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.racine = Noeud("", {})
        self.ouverts = [self.racine]
        self.commentaires: list[str] = []

    def handle_starttag(self, balise: str, attributs: list[tuple[str, str | None]]) -> None:
        noeud = Noeud(balise, {nom: valeur or "" for nom, valeur in attributs})
        self.ouverts[-1].enfants.append(noeud)
        if balise not in VIDES:
            self.ouverts.append(noeud)

    def handle_startendtag(self, balise: str, attributs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(balise, attributs)
        if balise not in VIDES:
            self.ouverts.pop()

    def handle_endtag(self, balise: str) -> None:
        for rang in range(len(self.ouverts) - 1, 0, -1):
            if self.ouverts[rang].balise == balise:
                del self.ouverts[rang:]
                return
            if self.ouverts[rang].balise == "template":
                return  # rien de ce qu'il contient ne ferme ce qui l'entoure

    def handle_data(self, texte: str) -> None:
        self.ouverts[-1].enfants.append(texte)

    def handle_comment(self, texte: str) -> None:
        self.commentaires.append(texte)


@dataclass(frozen=True)
class _Contexte:
    """Ce que les éléments ouverts disent de ceux qu'ils contiennent."""

    cache: bool = False
    surligne: bool = False
    langage: str = ""
    numeros: bool = False
    tableau_de_code: bool = False
    dessin: bool = False
    scelle: bool = False

    def dans(self, noeud: Noeud) -> _Contexte:
        """Le même, une fois entré dans cet élément."""
        classes = noeud.classes
        langages = [c.removeprefix("language-") for c in classes if c.startswith("language-")]
        surligne = "highlight" in classes
        return _Contexte(
            self.cache or _est_cache(noeud),
            self.surligne or surligne,
            langages[0] if surligne and langages else self.langage,
            self.numeros or "linenodiv" in classes,
            self.tableau_de_code or "highlighttable" in classes,
            self.dessin or noeud.balise in {"svg", "math"},
            self.scelle or noeud.attributs.get("title") == SCEAU,
        )


def _est_cache(noeud: Noeud) -> bool:
    style = CACHE.search(noeud.attributs.get("style", ""))
    return noeud.balise in INVISIBLES or "hidden" in noeud.attributs or style is not None


@dataclass
class _Ligne:
    """Ce que le lecteur voit sur une ligne : ses codes, et si une phrase les accompagne."""

    codes: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)

    def est_du_code(self) -> bool:
        return bool(self.codes) and not any(signe.isalpha() for signe in "".join(self.prose))

    def est_vide(self) -> bool:
        return not self.codes and not any(signe.isalnum() for signe in "".join(self.prose))


class Lecture:
    """Parcourt l'arbre d'une page et relève, dans `rendu`, ce que les contrôles en lisent."""

    def __init__(self, inclus: list[Montre]) -> None:
        self.rendu = Rendu()
        self.inclus = inclus
        self.lignes = [_Ligne()]
        self.paragraphe: list[str] = []
        self.scelle = False

    def lire(self, page: str) -> Rendu:
        """Ce que donne ce HTML."""
        arbre = Arbre()
        arbre.feed(page)
        arbre.close()
        for commentaire in arbre.commentaires:
            self.rendu.reperes += attente.du_commentaire(commentaire)
        for noeud in arbre.racine.descendants():
            self._relever(noeud)
        self._parcourir(arbre.racine, _Contexte())
        self._finir_le_paragraphe()
        self._code_sans_phrase()
        return self.rendu

    # --- Ce que dit un élément seul ---

    def _relever(self, noeud: Noeud) -> None:
        """Ses ancres, ses adresses, ce que disent ses attributs, et s'il imite du code."""
        attributs = noeud.attributs
        self.rendu.ancres += [attributs[nom] for nom in ("id", "name") if attributs.get(nom)]
        if "headerlink" not in noeud.classes:
            markdown = "data-markdown" in attributs
            self.rendu.liens += [Lien(adresse, markdown) for adresse in _adresses(noeud)]
        for nom in LUS:
            if nom in attributs:
                self.rendu.reperes += attente.du_texte(attributs[nom])
        if noeud.balise in {"strong", "b", "em", "i"}:
            self.rendu.reperes += attente.du_gras(noeud.texte())
        if _imite_du_code(noeud):
            self.rendu.blocs.append(BlocRendu("html", "", "", f"<{noeud.balise}"))

    # --- Ce que montre la page, dans l'ordre ---

    def _parcourir(self, noeud: Noeud, contexte: _Contexte) -> None:
        for enfant in noeud.enfants:
            if isinstance(enfant, str):
                self._prose(enfant, contexte)
                continue
            balise, interieur = enfant.balise, contexte.dans(enfant)
            if balise in TELS_QUELS or (balise == "text" and contexte.dessin):
                self._bloc(enfant, interieur)
            elif balise in CODES:
                self._code(enfant, interieur)
            elif balise == "br":
                self._prose("\n", contexte)
            elif balise == "hr" or balise not in INVISIBLES | VIDES:
                self._element(enfant, interieur)

    def _element(self, noeud: Noeud, contexte: _Contexte) -> None:
        if noeud.balise not in CONNUS and "-" not in noeud.balise and not contexte.dessin:
            self.rendu.reperes.append(f"<{noeud.balise}>")
        if noeud.balise in EN_LIGNE:
            self._parcourir(noeud, contexte)
            return
        self._finir_le_paragraphe()
        self.scelle = contexte.scelle
        if "provenance" in noeud.classes and not contexte.scelle:
            self._provenance_ecrite(noeud.texte())
            self.scelle = True  # elle n'est dite qu'une fois
        self._parcourir(noeud, contexte)
        self._finir_le_paragraphe()
        self.scelle = False

    def _prose(self, texte: str, contexte: _Contexte) -> None:
        self._reperes(texte, contexte, dans_un_bloc=False)
        premiere, *suivantes = texte.split("\n")
        self.lignes[-1].prose.append(premiere)
        self.lignes += [_Ligne(prose=[ligne]) for ligne in suivantes]
        self.paragraphe.append(texte)

    def _finir_le_paragraphe(self) -> None:
        texte, self.paragraphe = "".join(self.paragraphe), []
        self.lignes.append(_Ligne())
        if not texte.strip():
            return
        self.rendu.reperes += attente.du_texte(texte)
        self.rendu.renvois += attente.renvois_incompris(texte)
        self.rendu.inclusions_ratees += [t.strip() for t in INCLUSION_RATEE.findall(texte)]
        if PROVENANCE.match(texte) and not self.scelle:
            self._provenance_ecrite(texte)

    def _provenance_ecrite(self, texte: str) -> None:
        self.rendu.blocs.append(BlocRendu("provenance", "", texte))

    def _bloc(self, noeud: Noeud, contexte: _Contexte) -> None:
        self._finir_le_paragraphe()
        self.lignes[-1].prose.append("bloc")
        texte = _en_clair(noeud.texte())
        if contexte.numeros and contexte.tableau_de_code and not re.search(r"[^\d\s]", texte):
            return
        self._reperes(texte, contexte, dans_un_bloc=True)
        ligne = next((self.inclus[rang].ligne for rang in self._rangs(texte)), 0)
        if not contexte.surligne or noeud.balise != "pre":
            self.rendu.blocs.append(BlocRendu("html", "", texte, f"<{noeud.balise}", ligne))
        elif REPERE.sub("", texte).strip():
            self.rendu.blocs.append(BlocRendu("bloc", contexte.langage, texte, ligne=ligne))
        self.lignes.append(_Ligne())

    def _code(self, noeud: Noeud, contexte: _Contexte) -> None:
        texte = _en_clair(noeud.texte())
        self._reperes(texte, contexte, dans_un_bloc=False)
        self.rendu.reperes += attente.du_code(texte)
        self.paragraphe.append(attente.CODE)
        annonce = any(classe.startswith("language-py") for classe in noeud.classes)
        if "\n" in texte.strip():
            self.rendu.blocs.append(BlocRendu("ligne", "", texte, f"<{noeud.balise}"))
        elif noeud.balise == "code" and (annonce or instructions.est_un_programme(texte)):
            self.rendu.blocs.append(BlocRendu("python", "python", texte, texte))
        if noeud.balise == "code":
            self.lignes[-1].codes.append(texte)
        else:
            self.lignes[-1].prose.append(texte)

    def _rangs(self, texte: str) -> list[int]:
        """Les rangs des inclusions dont ce texte contient le repère."""
        return [rang for rang in map(int, REPERE.findall(texte)) if rang < len(self.inclus)]

    def _reperes(self, texte: str, contexte: _Contexte, dans_un_bloc: bool) -> None:
        """Note les inclusions dont ce texte contient le repère, si le lecteur les voit."""
        if not contexte.cache:
            for rang in self._rangs(texte):
                self.rendu.montres.append(replace(self.inclus[rang], dans_un_bloc=dans_un_bloc))

    def _code_sans_phrase(self) -> None:
        """Des codes qui se suivent, sans une phrase entre eux, et dont l'un est une instruction."""
        suite: list[str] = []
        for ligne in [*self.lignes, _Ligne(prose=["fin"])]:
            if ligne.est_du_code():
                suite += ligne.codes
            elif not ligne.est_vide():
                if len(suite) > 1 and any(map(instructions.agit, suite)):
                    self._oublier_les_programmes(suite)
                    self.rendu.blocs.append(BlocRendu("ligne", "", "\n".join(suite)))
                suite = []

    def _oublier_les_programmes(self, codes: list[str]) -> None:
        """Ceux de la suite n'ont pas à être dits deux fois."""
        blocs = self.rendu.blocs
        blocs[:] = [b for b in blocs if b.genre not in {"python", "ligne"} or b.texte not in codes]


def _en_clair(code: str) -> str:
    """Le texte d'un code, où une accolade échappée reprend sa barre oblique."""
    return code.replace(attente.ACCOLADE, "\\{")


def _adresses(noeud: Noeud) -> Iterator[str]:
    attributs = noeud.attributs
    yield from (attributs[nom] for nom in attributs if nom in ADRESSES)
    for liste in (attributs.get("srcset", ""), attributs.get("imagesrcset", "")):
        for image in liste.split(","):
            yield from image.split()[:1]
    style = noeud.texte() if noeud.balise == "style" else attributs.get("style", "")
    yield from URL_DE_STYLE.findall(style)
    if noeud.balise == "meta" and attributs.get("http-equiv", "").lower() == "refresh":
        yield from RENVOI_AUTOMATIQUE.findall(attributs.get("content", ""))


def _imite_du_code(noeud: Noeud) -> bool:
    """Vrai si cet élément donne à du texte l'allure d'un code, sans être l'un de ceux du site."""
    style = noeud.texte() if noeud.balise == "style" else noeud.attributs.get("style", "")
    return bool(
        STYLE_DE_CODE.search(style)
        or (noeud.balise == "font" and POLICE_DE_CODE.search(noeud.attributs.get("face", "")))
        or "srcdoc" in noeud.attributs
        or (
            "highlight" in noeud.classes
            and noeud.balise != "pre"
            and not any(interieur.balise == "pre" for interieur in noeud.descendants())
        )
    )
