"""Un programme se lit d'un regard : 40 lignes et 88 colonnes au plus, ou une exemption déclarée.

`[[longueur]]` de snippets/exemptions.toml donne les mesures d'un programme trop long. Elles ne
peuvent que diminuer : plus long, c'est refusé ; plus court, il faut le dire. Un carnet est fait de
cellules et n'est pas mesuré. D'un exercice, on mesure ce que son lecteur reçoit (le départ et la
vérification), puis ce que montre sa solution.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scripts.controles.probleme import Probleme
from scripts.lecons import archives, catalogue, exemptions
from scripts.socle import chemins

LISTE = "snippets/exemptions.toml"
REMEDE = "Lancez « .venv/bin/python -m scripts resserrer », qui met la liste à jour."


class Mesure(NamedTuple):
    """Le nombre de lignes d'un programme, et la largeur de la plus longue."""

    lignes: int
    colonnes: int

    def __str__(self) -> str:
        """« 97 lignes, 88 colonnes »."""
        return f"{self.lignes} lignes, {self.colonnes} colonnes"


LIMITES = Mesure(40, 88)


def longueurs_tenues() -> Iterator[Probleme]:
    """Chaque programme tient dans les limites, ou a exactement les mesures de son exemption."""
    declarees = {
        exemption["fichier"]: Mesure(exemption["lignes"], exemption["colonnes"])
        for exemption in exemptions.de("longueur")
    }
    mesures = {nom: mesurer(nom) for nom in mesures_a_prendre()}
    for nom, mesure in mesures.items():
        if constat := _constat(mesure, declarees.get(nom)):
            yield Probleme(f"snippets/{nom}", *constat)
    for nom in sorted(declarees.keys() - mesures.keys()):
        yield Probleme(LISTE, f"l'exemption de longueur de {nom} ne sert plus", REMEDE)


def mesures_a_prendre() -> list[str]:
    """Les programmes et les fichiers réunis, carnets exceptés."""
    noms = catalogue.noms_des_snippets()
    return [nom for nom in noms if not catalogue.est_carnet(chemins.SNIPPETS / nom)]


def mesurer(nom: str) -> Mesure:
    """La mesure d'un programme sans ses repères ; d'un exercice, la pire de ses deux formes."""
    texte = (chemins.SNIPPETS / nom).read_text(encoding="utf-8")
    formes = ["solution", "depart"] if catalogue.est_un_exercice(nom) else ["solution"]
    lues = [archives.sans_reperes(texte, retiree).strip("\n").split("\n") for retiree in formes]
    return Mesure(max(map(len, lues)), max(len(ligne) for lignes in lues for ligne in lignes))


def resserrer() -> int:
    """Ramène chaque exemption à la mesure de son programme, si elle a diminué ; rend leur nombre.

    Celle qui ne sert plus s'en va. Aucune ne s'ajoute ni ne grandit : cela s'écrit à la main.
    """
    restantes = []
    for exemption in exemptions.de("longueur"):
        nom = exemption["fichier"]
        actuelle = mesurer(nom) if (chemins.SNIPPETS / nom).is_file() else LIMITES
        if not _conforme(actuelle):
            declaree = (exemption["lignes"], exemption["colonnes"])
            lignes, colonnes = map(min, actuelle, declaree)
            restantes.append({**exemption, "lignes": lignes, "colonnes": colonnes})
    exemptions.remplacer("longueur", restantes)
    return len(restantes)


def _conforme(mesure: Mesure) -> bool:
    return mesure.lignes <= LIMITES.lignes and mesure.colonnes <= LIMITES.colonnes


def _constat(mesure: Mesure, declaree: Mesure | None) -> tuple[str, str] | None:
    """Ce qui ne va pas dans cette mesure, et le remède ; None si elle est permise."""
    if declaree is None:
        if _conforme(mesure):
            return None
        return (
            f"ce programme a {mesure}, plus que {LIMITES}",
            "Gardez une idée, et réunissez ce que d'autres leçons partagent dans un fichier du "
            "module.",
        )
    if _conforme(mesure):
        return f"ce programme tient maintenant dans {LIMITES}", REMEDE
    if mesure.lignes > declaree.lignes or mesure.colonnes > declaree.colonnes:
        return (
            f"ce programme a {mesure}, plus que son exemption ({declaree})",
            "Raccourcissez-le : la liste des exemptions ne peut que rétrécir.",
        )
    if mesure != declaree:
        return (
            f"ce programme a {mesure}, moins que son exemption ({declaree})",
            REMEDE,
        )
    return None
