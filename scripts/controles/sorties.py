"""Sous chaque programme qu'une page montre, sa sortie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from scripts.controles import des_pages, exemptions
from scripts.controles.lecture import Rendu
from scripts.controles.probleme import Probleme
from scripts.lecons import catalogue, pages
from scripts.socle import chemins
from scripts.socle.chemins import relatif


class Etape(NamedTuple):
    """Un programme que la page montre, ou une sortie : laquelle, de quel programme, où."""

    est_une_sortie: bool
    nom: str
    ligne: int


def sorties_sous_leur_programme() -> Iterator[Probleme]:
    """Sous chaque programme montré, sa propre sortie ; sous aucun, celle d'un autre.

    La règle suit la lecture de la page. Un programme montré en plusieurs extraits a sa sortie après
    le dernier ; une page peut aussi commencer par la sortie, si son programme est le suivant.
    """
    noms = catalogue.noms_des_programmes()
    # Un programme jamais enregistré est déjà signalé : il n'a encore aucune sortie à montrer.
    sans_sortie = exemptions.sans_sortie() | set(filter(_jamais_enregistre, noms))
    for page, rendue in des_pages.rendus().items():
        # Une inclusion manquée est déjà signalée, et fausserait l'ordre.
        if _tout_est_inclus(page, rendue):
            yield from _ordre(page, _etapes(rendue, noms), sans_sortie)


def _tout_est_inclus(page: Path, rendue: Rendu) -> bool:
    affichees = rendue.inclusions_ratees or any("-8<-" in bloc.texte for bloc in rendue.blocs)
    existent = ((chemins.RACINE / i.fichier).is_file() for i in pages.inclusions(page))
    return not affichees and all(existent)


def _jamais_enregistre(nom: str) -> bool:
    fragment = chemins.GENERE / PurePosixPath(nom).with_suffix(".md")
    return fragment.is_file() and fragment.read_text(encoding="utf-8").startswith("!!! failure")


def _etapes(rendue: Rendu, noms: list[str]) -> list[Etape]:
    """Ce que la page montre, dans l'ordre ; des extraits ou des onglets voisins n'en font qu'un."""
    programmes = {f"snippets/{nom}": nom for nom in noms}
    fragments = {f"genere/{PurePosixPath(nom).with_suffix('.md')}": nom for nom in noms}
    etapes: list[Etape] = []
    for montre in rendue.montres:
        programme = programmes.get(montre.fichier)
        nom = (
            programme or fragments.get(montre.fragment) or _programme_de(montre.fichier, programmes)
        )
        if nom is None:
            continue
        etape = Etape(programme is None, nom, montre.ligne)
        if etapes and etapes[-1][:2] == etape[:2]:
            etapes.pop()
        etapes.append(etape)
    return etapes


def _ordre(page: Path, etapes: Sequence[Etape], sans_sortie: set[str]) -> Iterator[Probleme]:
    precedente: Etape | None = None
    en_tete = ""  # le programme dont la sortie a été montrée avant lui
    suites = zip(etapes, [*etapes, None][1:], [*etapes, None, None][2:], strict=True)
    for etape, suivante, d_apres in suites:
        if etape.est_une_sortie:
            sous_le_sien = precedente is not None and precedente.nom == etape.nom
            avant_le_sien = suivante is not None and suivante[:2] == (False, etape.nom)
            # Un programme suivi de sa sortie n'en a pas une autre avant lui.
            avant_le_sien &= d_apres is None or d_apres[:2] != (True, etape.nom)
            attendu = precedente.nom if precedente and not precedente.est_une_sortie else ""
            if not sous_le_sien and (attendu or not avant_le_sien):
                yield _sortie_mal_placee(page, etape.nom, attendu, etape.ligne)
            en_tete = etape.nom if avant_le_sien and not sous_le_sien else ""
        else:
            suivie = suivante is not None and suivante.est_une_sortie
            if not suivie and etape.nom not in {en_tete, *sans_sortie}:
                yield _sortie_absente(page, etape.nom, etape.ligne)
        precedente = etape


def _programme_de(fichier: str, programmes: dict[str, str]) -> str | None:
    """Le programme dont ce fichier est une sortie ou une preuve, incluse sans son fragment."""
    parties = PurePosixPath(fichier).parts
    dossier = next((nom for nom in ("sorties", "preuves") if nom in parties), "")
    if not dossier or parties[-1] == dossier:
        return None
    rang = parties.index(dossier)
    produit = PurePosixPath(parties[rang + 1])
    for extension in catalogue.EXTENSIONS:
        for radical in (produit.name, produit.stem, produit.name.split(".")[0]):
            if nom := programmes.get("/".join([*parties[:rang], f"{radical}{extension}"])):
                return nom
    return None


def _fragment(nom: str) -> str:
    return f'--8<-- "genere/{PurePosixPath(nom).with_suffix(".md")}"'


def _sortie_mal_placee(page: Path, nom: str, attendu: str, ligne: int) -> Probleme:
    endroit = f"{relatif(page)}:{ligne}"
    if attendu:
        return Probleme(
            endroit,
            f"sous le programme {attendu} se trouve la sortie d'un autre, {nom}",
            f"Incluez sous ce programme sa propre sortie : {_fragment(attendu)}.",
        )
    return Probleme(
        endroit,
        f"la sortie de {nom} n'est pas sous son programme",
        f'Placez-la après --8<-- "snippets/{nom}", ou retirez-la.',
    )


def _sortie_absente(page: Path, nom: str, ligne: int) -> Probleme:
    return Probleme(
        f"{relatif(page)}:{ligne}",
        f"le programme {nom} est montré sans sa sortie",
        f"Incluez-la après son dernier extrait : {_fragment(nom)} ; s'il n'y a rien à montrer, "
        "déclarez-le avec sa raison dans snippets/exemptions.toml, sous [[sans_sortie]].",
    )
