"""Réunir les enregistrements faits ailleurs, chacun avec un autre modèle, dans ce dépôt.

Chaque moisson est le dossier `snippets/` d'une autre copie du dépôt, après `COURS_MODELE=llama3.2
make enregistrer` : son registre et les sorties qu'il nomme suffisent.
"""

from __future__ import annotations

from pathlib import Path

from scripts.lecons import modeles, registre, syntaxe
from scripts.lecons.registre import Enregistrement
from scripts.socle import chemins, fichiers
from scripts.socle.erreurs import ErreurCours

DU_COURS = {registre.AUCUN_MODELE, *modeles.MODELES_DU_COURS}


def recolter(dossiers: list[Path]) -> dict[str, int]:
    """Ajoute au registre les enregistrements des modèles étrangers au cours.

    Rend le nombre de programmes ajoutés par modèle. Lève `ErreurCours`, avant d'avoir rien écrit,
    si un dossier n'est pas une moisson. Un enregistrement dont le programme a changé depuis, ou
    dont la sortie manque ou a été modifiée, est laissé.
    """
    prises = [prise for dossier in dossiers for prise in _prises(dossier)]
    contenu = registre.lire()
    comptes: dict[str, int] = {}
    for dossier in dossiers:
        contenu["paquets"] |= registre.lire(dossier / "registre.json")["paquets"]
    for nom, modele, entree, sortie in prises:
        fichiers.ecrire(chemins.RACINE / entree["sortie"]["fichier"], sortie)
        contenu["snippets"].setdefault(nom, {})[modele] = entree
        comptes[modele] = comptes.get(modele, 0) + 1
    if prises:
        registre.ecrire(contenu)
    return comptes


def _prises(dossier: Path) -> list[tuple[str, str, Enregistrement, bytes]]:
    """Ce qui vaut d'être pris dans une moisson : programme, modèle, enregistrement, sortie."""
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
            sortie = _sortie(dossier, nom, modele, entree)
            if sortie is not None:
                prises.append((nom, modele, entree, sortie))
    return prises


def _sortie(dossier: Path, nom: str, modele: str, entree: Enregistrement) -> bytes | None:
    """Les octets de la sortie, si elle est celle du registre et si le programme n'a pas changé.

    Son chemin est recalculé, jamais lu : la moisson vient d'une autre machine.
    """
    snippet = chemins.SNIPPETS / nom
    attendue = registre.fichier_de_sortie(nom, modele)
    fichier = dossier / attendue
    if (
        ".." in Path(nom).parts
        or not snippet.is_file()
        or syntaxe.empreinte(snippet) != entree["cle"]["programme"]
        or entree["sortie"]["fichier"] != f"snippets/{attendue}"
        or not fichier.is_file()
        or fichiers.empreinte(fichier) != entree["sortie"]["sha256"]
    ):
        return None
    return fichier.read_bytes()
