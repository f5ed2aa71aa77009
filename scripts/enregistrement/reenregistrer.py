"""`make enregistrer` : rejoue et réenregistre ce qui a changé, snippets, carnets et diagrammes."""

from __future__ import annotations

import os
import sys

from scripts.enregistrement import diagrammes
from scripts.lecons import catalogue, registre
from scripts.lecons.carnets import desaccord
from scripts.lecons.catalogue import est_carnet
from scripts.ollama_prive import ouvrir
from scripts.ollama_prive.serveur import MODELE_PAR_DEFAUT
from scripts.outillage import frontal, navigateur
from scripts.socle import chemins
from scripts.socle.commandes import accompagner, console
from scripts.socle.erreurs import ErreurCours


def enregistrer(module: str | None = None, tout: bool = False) -> None:
    """Réenregistre ce qui est périmé, dans tout le cours ou dans le `module` de ce numéro.

    Lève `ErreurCours` si le module n'existe pas ou si un test échoue ; ce qui a déjà été
    enregistré le reste, et relancer reprend à la suite.
    """
    prefixe = f"module_{module}_" if module else "module_"
    snippets = [nom for nom in catalogue.noms_des_snippets() if nom.startswith(prefixe)]
    if not snippets:
        raise ErreurCours(f"Aucun snippet pour le module {module}. Donnez un numéro : MODULE=2.")
    _oublier_les_disparus()
    _dessiner(prefixe)
    raisons = _a_rejouer(snippets, tout)
    if not raisons:
        console.print("Rien à enregistrer : tout est à jour.")
        return
    for nom, raison in raisons.items():
        console.print(f"snippets/{nom} : {raison}", soft_wrap=True)
    _rejouer(list(raisons))


def _a_rejouer(snippets: list[str], tout: bool) -> dict[str, str]:
    """Snippet -> pourquoi il faut le rejouer."""
    if tout:
        return dict.fromkeys(snippets, "demandé")
    modele = os.environ.get("COURS_MODELE") or None
    raisons = registre.a_enregistrer(snippets, modele)
    for nom in [nom for nom in snippets if est_carnet(chemins.SNIPPETS / nom)]:
        if modele not in (None, MODELE_PAR_DEFAUT):
            raisons.pop(nom, None)  # un carnet n'est publié qu'une fois
        elif nom not in raisons and desaccord(nom):
            raisons[nom] = "le carnet publié n'est plus celui de la source"
    return raisons


def _oublier_les_disparus() -> None:
    """Retire du registre, avec leurs fichiers, les snippets et diagrammes qui n'existent plus."""
    contenu = registre.lire()
    fichiers_a_supprimer: list[str] = []
    for nom in [n for n in contenu["snippets"] if not (chemins.SNIPPETS / n).is_file()]:
        entrees = contenu["snippets"].pop(nom).values()
        for entree in entrees:
            fichiers_a_supprimer += [entree["sortie"]["fichier"], *entree.get("figures", {})]
    for nom in [n for n in contenu["diagrammes"] if not (chemins.SNIPPETS / n).is_file()]:
        fichiers_a_supprimer += contenu["diagrammes"].pop(nom)["images"]
    if fichiers_a_supprimer:
        registre.ecrire(contenu)
    for fichier in fichiers_a_supprimer:
        (chemins.RACINE / fichier).unlink(missing_ok=True)


def _dessiner(prefixe: str) -> None:
    sources = [s for s in diagrammes.a_dessiner() if s.parents[1].name.startswith(prefixe)]
    if sources:
        frontal.installer(tout=True)
        navigateur.installer()
        diagrammes.dessiner(sources)


def _rejouer(noms: list[str]) -> None:
    ouvrir.preparer(ouvrir.USAGE_DES_TESTS)
    commande = [sys.executable, "-m", "pytest", "-q", "--enregistrer"]
    commande += [f"--seulement={nom}" for nom in noms]
    tests = chemins.RACINE / "tests" / "lecons"
    for module in sorted({nom.split("/")[0] for nom in noms}):
        commande += sorted(str(fichier) for fichier in tests.glob(f"test_{module}*.py"))
    if accompagner(commande):
        raise ErreurCours(
            "Des tests ont échoué : leurs snippets gardent leur enregistrement précédent. "
            "Corrigez, puis relancez la même commande."
        )
