"""Rendre une page comme le site la rend, avec un repère à la place de chaque fichier inclus.

Un fragment de genere/ est inséré dans la page ; tout autre fichier inclus y est remplacé par un
repère. Le HTML qui en sort est lu par `lecture`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from scripts.controles import attente, reglages
from scripts.controles.lecture import SCEAU, BlocRendu, Lecture, Lien, Montre, Rendu
from scripts.lecons.pages import CLOTURE, EN_TETE, INCLUSION
from scripts.publication.fragments import LANCER
from scripts.socle import chemins, memoire

# Les signes d'usage privé dont se sert la lecture : une page qui en contient n'en a plus.
PRIVES = str.maketrans(dict.fromkeys("\ue000\ue001\ue002\ue003", "\ufffd"))
LEGENDE = "{ .provenance }"
LEGENDE_SCELLEE = f'{{ .provenance title="{SCEAU}" }}'


def de_tous(textes: Mapping[Path, str], souvenir: str) -> dict[Path, Rendu]:
    """Le rendu de chaque texte, repris du `souvenir` de la dernière fois si rien n'y a changé."""
    gardes = memoire.reprendre(souvenir)
    reglage = memoire.empreinte_des_fichiers([reglages.fichier()])
    rendus: dict[Path, Rendu] = {}
    actuels: dict[str, Any] = {}
    for page, brut in textes.items():
        texte, inclus = inserer(brut)
        cle = memoire.empreinte_de(reglage, texte, repr(inclus))
        if cle not in gardes:
            gardes[cle] = asdict(rendre(texte, inclus))
        actuels[cle] = gardes[cle]
        rendus[page] = _relire(gardes[cle])
    if actuels.keys() != memoire.reprendre(souvenir).keys():
        memoire.garder(souvenir, actuels)
    return rendus


def _relire(garde: Mapping[str, Any]) -> Rendu:
    return Rendu(
        **{
            **garde,
            "montres": [Montre(**montre) for montre in garde["montres"]],
            "blocs": [BlocRendu(**bloc) for bloc in garde["blocs"]],
            "liens": [Lien(**lien) for lien in garde["liens"]],
        }
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
    nom = posixpath.normpath(inclusion["fichier"])
    fragment = chemins.RACINE / nom
    if nom.startswith("genere/") and nom not in par and fragment.is_file():
        contenu = fragment.read_text(encoding="utf-8").translate(PRIVES)
        for interieure in _sceller(contenu, nom):
            complete = inclusion["retrait"] + interieure if interieure else ""
            yield from _inserer_une_ligne(complete, numero, inclus, (*par, nom))
        return
    yield f"{inclusion['retrait']}\ue000{len(inclus)}\ue001"
    inclus.append(Montre(nom, inclusion["section"], numero, par[0] if par else ""))


def _sceller(fragment: str, nom: str) -> Iterator[str]:
    """Les lignes d'un fragment ; ses commandes « Lancer » et ses légendes viennent de lui."""
    commande = False
    for ligne in fragment.replace(LEGENDE, LEGENDE_SCELLEE).split("\n"):
        cloture = CLOTURE.match(ligne)
        if commande and not cloture:
            yield f'{ligne[: -len(ligne.lstrip())]}--8<-- "{nom}"'  # lui-même : un repère
        else:
            yield ligne
        if cloture:
            commande = f".{LANCER}" in cloture["info"]


def rendre(texte: str, inclus: list[Montre]) -> Rendu:
    """Rend ce Markdown avec les extensions du site et relève ce que le lecteur en verra."""
    try:
        page = _convertisseur().reset().convert(texte.replace("\\{", attente.ACCOLADE))
        return Lecture(inclus).lire(page)
    except Exception as erreur:  # une extension peut échouer de bien des façons sur un texte abîmé
        _Convertisseur.actuel = None
        return Rendu(erreur=f"{type(erreur).__name__} : {erreur}")


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
