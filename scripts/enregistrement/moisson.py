"""Réunir les enregistrements faits ailleurs, chacun avec un autre modèle, dans ce dépôt.

Chaque moisson est le dossier `snippets/` d'une autre copie du dépôt, après `COURS_MODELE=llama3.2
make enregistrer` : son registre et les sorties qu'il nomme suffisent.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scripts.lecons import modeles, registre, syntaxe
from scripts.lecons.registre import Enregistrement
from scripts.socle import chemins, fichiers, verrou
from scripts.socle.erreurs import ErreurCours

DU_COURS = {registre.AUCUN_MODELE, *modeles.MODELES_DU_COURS}


def recolter(dossiers: list[Path]) -> dict[str, int]:
    """Ajoute au registre les enregistrements des modèles étrangers au cours.

    Rend le nombre de programmes ajoutés par modèle. Lève `ErreurCours`, avant d'avoir rien écrit,
    si un dossier n'est pas une moisson. Un enregistrement dont le programme a changé depuis, ou
    dont un fichier manque ou a été modifié, est laissé.
    """
    prises = [prise for dossier in dossiers for prise in _prises(dossier)]
    with verrou.le_depot():
        return _ajouter(prises, dossiers)


def _ajouter(prises: list[Prise], dossiers: list[Path]) -> dict[str, int]:
    contenu = registre.lire()
    comptes: dict[str, int] = {}
    for dossier in dossiers:
        contenu["paquets"] |= registre.lire(dossier / "registre.json")["paquets"]
    for prise in prises:
        for chemin, octets in prise.fichiers.items():
            fichiers.ecrire(chemins.SNIPPETS / chemin, octets)
        contenu["snippets"].setdefault(prise.nom, {})[prise.modele] = prise.entree
        comptes[prise.modele] = comptes.get(prise.modele, 0) + 1
    if prises:
        registre.ecrire(contenu)
    return comptes


@dataclass(frozen=True)
class Prise:
    """Un enregistrement à prendre ; `fichiers` : sa sortie et ses preuves, sous snippets/."""

    nom: str
    modele: str
    entree: Enregistrement
    fichiers: dict[Path, bytes]


def _prises(dossier: Path) -> list[Prise]:
    """Ce qui vaut d'être pris dans une moisson."""
    source = dossier / "registre.json"
    if not source.is_file():
        raise ErreurCours(
            f"{dossier} n'est pas une moisson : registre.json y manque. "
            "Donnez les dossiers décompressés des artefacts « moisson-… »."
        )
    prises = []
    for nom, par_modele in registre.lire(source)["snippets"].items():
        for modele in sorted(set(par_modele) - DU_COURS):
            # Les figures publiées restent celles du modèle que commente la page.
            entree = par_modele[modele].copy()
            entree.pop("figures", None)
            attendus = _attendus(nom, modele, entree)
            if attendus is not None and (lus := _lire(dossier, attendus)) is not None:
                prises.append(Prise(nom, modele, entree, lus))
    return prises


def _attendus(nom: str, modele: str, entree: Enregistrement) -> dict[Path, str] | None:
    """Fichier à trouver -> empreinte ; None si le programme a changé, ou si un nom sort du dossier.

    Les chemins sont recalculés, jamais lus : la moisson vient d'une autre machine.
    """
    snippet, sortie = chemins.SNIPPETS / nom, registre.fichier_de_sortie(nom, modele)
    preuves = registre.dossier_des_produits(nom, modele).relative_to(chemins.SNIPPETS)
    produits = entree["preuve"]["produits"]
    if any(
        ".." in Path(relatif).parts or Path(relatif).is_absolute() for relatif in (nom, *produits)
    ):
        return None
    if not snippet.is_file() or syntaxe.empreinte(snippet) != entree["cle"]["programme"]:
        return None
    if entree["sortie"]["fichier"] != f"snippets/{sortie}":
        return None
    gardes = {
        preuves / n: p["sha256"] for n, p in produits.items() if registre.garde(n, p["taille"])
    }
    return {Path(sortie): entree["sortie"]["sha256"], **gardes}


def _lire(dossier: Path, attendus: dict[Path, str]) -> dict[Path, bytes] | None:
    """Les octets de ces fichiers ; None s'il en manque un, ou s'il a été modifié."""
    trouves = {chemin: dossier / chemin for chemin in attendus}
    if any(
        not fichier.is_file() or fichiers.empreinte(fichier) != attendus[chemin]
        for chemin, fichier in trouves.items()
    ):
        return None
    return {chemin: fichier.read_bytes() for chemin, fichier in trouves.items()}
