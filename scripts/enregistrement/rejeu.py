"""Rejouer : rendre à un test l'exécution que le registre a gardée, sans rien exécuter."""

from __future__ import annotations

from pathlib import Path

from scripts.execution.resultat import Compteur, Execution
from scripts.lecons import registre
from scripts.lecons.registre import Enregistrement
from scripts.socle import chemins

ENTETE_GGUF = b"GGUF"


def execution_gardee(nom: str, modele: str, entree: Enregistrement) -> Execution:
    """L'exécution de `nom` avec `modele`, telle qu'elle a été enregistrée."""
    preuve, compte = entree["preuve"], entree["preuve"]["compte"]
    return Execution(
        nom,
        preuve["code"],
        (chemins.RACINE / entree["sortie"]["fichier"]).read_text(encoding="utf-8"),
        preuve["erreurs"],
        entree["duree_s"],
        Compteur(
            compte["tokens_entree"],
            compte["tokens_sortie"],
            compte["duree_s"],
            compte["requetes"],
            set(compte["modeles"]),
        ),
        modele,
        entree["memoire_mio"]["programme"],
        entree["memoire_mio"]["serveur"],
        figures={
            Path(figure).name: (chemins.RACINE / figure).read_bytes()
            for figure in entree.get("figures", {})
        },
    )


def remettre_les_produits(nom: str, modele: str, entree: Enregistrement, dossier: Path) -> None:
    """Remet dans `dossier` ce que le programme y avait laissé.

    D'un gros fichier, on n'a gardé que la taille : il est creux, avec l'en-tête de son format.
    """
    gardes = registre.dossier_des_produits(nom, modele)
    for produit, mesure in entree["preuve"]["produits"].items():
        cible = dossier / produit
        cible.parent.mkdir(parents=True, exist_ok=True)
        if registre.garde(produit, mesure["taille"]):
            cible.write_bytes((gardes / produit).read_bytes())
        else:
            with cible.open("wb") as flux:
                flux.write(ENTETE_GGUF if cible.suffix == ".gguf" else b"")
                flux.truncate(mesure["taille"])
