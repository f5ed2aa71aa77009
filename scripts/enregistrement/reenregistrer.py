"""`make enregistrer` : rejoue et réenregistre ce qui a changé, programmes, essais et diagrammes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scripts.enregistrement import carnets, diagrammes, lancer, verdicts
from scripts.enregistrement.plan import Candidat, modele_de_session
from scripts.execution import lanceur
from scripts.lecons import catalogue, cle, journal, marqueurs, modeles, registre
from scripts.lecons.carnets import desaccord, page_de
from scripts.lecons.catalogue import est_carnet
from scripts.lecons.registre import Enregistrement
from scripts.ollama_prive import ouvrir
from scripts.outillage import frontal, navigateur
from scripts.socle import chemins, verrou
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours, MauvaisUsage

Raisons = dict[tuple[str, str], str]


def enregistrer(module: str | None = None, tout: bool = False) -> None:
    """Réenregistre ce qui est périmé, dans tout le cours ou dans le `module` de ce numéro.

    Lève `MauvaisUsage` si le module n'existe pas, `ErreurCours` si un test échoue ; chaque
    programme réussi est inscrit aussitôt, et relancer la même commande continue avec les autres.
    """
    prefixe = f"module_{module}_" if module else "module_"
    if not any(nom.startswith(prefixe) for nom in catalogue.noms_des_programmes()):
        raise MauvaisUsage(f"Aucun programme pour le module {module}. Donnez un numéro : MODULE=2.")
    with verrou.un_seul_passage():
        lancer.reporter_les_verdicts()
        _oublier_les_disparus()
        _dessiner(prefixe)
        _remettre_le_texte_des_carnets(prefixe)
        choisi = os.environ.get("COURS_MODELE", "")
        raisons = a_rejouer(prefixe, choisi, tout) | essais_a_rejouer(prefixe, tout)
        try:
            if raisons:
                _rejouer(raisons)
            else:
                console.print("Rien à enregistrer : tout est à jour.")
        finally:
            verdicts.recalculer()


def _lieu(nom: str) -> str:
    return nom if "::" in nom else f"snippets/{nom}"


def a_rejouer(prefixe: str, modele: str, tout: bool) -> Raisons:
    """(programme, modèle) -> pourquoi il faut l'enregistrer ; `modele` est celui qu'on a nommé."""
    contexte = lanceur.contexte(registre.lire())
    raisons: Raisons = {}
    for nom in catalogue.noms_des_programmes():
        if nom.startswith(prefixe):
            raisons |= _du_programme(nom, modele, tout, contexte)
    return raisons


def _du_programme(nom: str, modele: str, tout: bool, contexte: cle.Contexte) -> Raisons:
    entrees = contexte.registre["snippets"].get(nom, {})
    carnet = est_carnet(chemins.SNIPPETS / nom)
    if modele:
        etranger = bool(modele_de_session(nom, modele))
        if carnet and etranger:
            return {}  # un carnet n'est publié qu'une fois
        communs = (registre.AUCUN_MODELE, modeles.MODELE_D_EMBEDDING)
        entrees = {cle_: e for cle_, e in entrees.items() if cle_ in (modele, *communs)}
    if not entrees:
        return {(nom, modele): "il n'a jamais été enregistré"}
    raisons: Raisons = {}
    for connu, entree in entrees.items():
        raison = "demandé" if tout else cle.perime(nom, connu, entree, contexte)
        if raison is None and carnet:
            raison = desaccord(nom)
        if raison:
            raisons[nom, connu] = raison
    return raisons


def essais_a_rejouer(prefixe: str, tout: bool) -> Raisons:
    """(essai, "") -> pourquoi il faut le rejouer."""
    contexte = lanceur.contexte(registre.lire())
    return {
        (nom, ""): raison
        for nom in marqueurs.essais()
        if nom.rpartition("/test_")[2].startswith(prefixe) or prefixe == "module_"
        if (raison := "demandé" if tout else cle.essai_perime(nom, contexte))
    }


def _remettre_le_texte_des_carnets(prefixe: str) -> None:
    """Un carnet dont seul le texte a changé est republié sans être exécuté."""
    for nom in catalogue.carnets_du_cours():
        if nom.startswith(prefixe) and carnets.remettre_le_texte(nom):
            console.print(f"snippets/{nom} : texte remis dans le carnet publié, sans l'exécuter")


def _oublier_les_disparus() -> None:
    """Retire du registre, avec leurs fichiers, ce qui n'existe plus ou n'est plus un programme."""
    contenu = registre.lire()
    a_supprimer: list[str] = []
    programmes = set(catalogue.noms_des_programmes())
    for nom in [n for n in contenu["snippets"] if n not in programmes]:
        for modele, entree in contenu["snippets"].pop(nom).items():
            a_supprimer += fichiers_de(nom, modele, entree)
    for nom in [n for n in contenu["diagrammes"] if not (chemins.SNIPPETS / n).is_file()]:
        a_supprimer += contenu["diagrammes"].pop(nom)["images"]
    essais = set(marqueurs.essais())
    perdus = [nom for nom in contenu["essais"] if nom not in essais]
    for nom in perdus:
        del contenu["essais"][nom]
    if a_supprimer or perdus:
        registre.ecrire(contenu)
        journal.oublier({*contenu["snippets"], *essais})
    gardes = {
        fichier
        for nom, par_modele in contenu["snippets"].items()
        for modele, entree in par_modele.items()
        for fichier in fichiers_de(nom, modele, entree)
    }
    for fichier in sorted(set(a_supprimer) - gardes):
        _supprimer(chemins.RACINE / fichier)


def fichiers_de(nom: str, modele: str, entree: Enregistrement) -> Iterator[str]:
    """Tout ce qu'un enregistrement a écrit, relatif au dépôt ; un produit non gardé aussi."""
    yield entree["sortie"]["fichier"]
    yield from entree.get("figures", {})
    preuves = registre.dossier_des_produits(nom, modele)
    yield from (chemins.relatif(preuves / produit) for produit in entree["preuve"]["produits"])
    if carnet := entree.get("carnet"):
        yield carnet["fichier"]
        yield chemins.relatif(page_de(chemins.RACINE / carnet["fichier"]))


def _supprimer(fichier: Path) -> None:
    """Supprime un fichier, s'il est là, et les dossiers qu'il laisse vides."""
    fichier.unlink(missing_ok=True)
    for dossier in fichier.parents:
        if not dossier.is_dir() or any(dossier.iterdir()):
            return
        dossier.rmdir()


def _dessiner(prefixe: str) -> None:
    sources = [s for s in diagrammes.a_dessiner() if s.parents[1].name.startswith(prefixe)]
    if sources:
        frontal.installer("diagrammes")
        navigateur.installer()
        diagrammes.dessiner(sources)


def _rejouer(raisons: Raisons) -> None:
    """Exécute par module et par modèle. Lève `ErreurCours` s'il y a eu des échecs."""
    candidats = [Candidat(nom, modele, 0, "", raison=r) for (nom, modele), r in raisons.items()]
    candidats = lancer.ecarter_les_modeles_absents(candidats)
    for candidat in candidats:
        avec = f" ({candidat.modele})" if candidat.modele else ""
        console.print(f"{_lieu(candidat.nom)}{avec} : {candidat.raison}", soft_wrap=True)
    ouvrir.preparer(ouvrir.USAGE_DES_TESTS)
    echecs = [
        code
        for _, modele, lot in lancer.lots(candidats)
        if (code := lancer.executer([c.nom for c in lot], modele, enregistrer=True))
    ]
    if echecs:
        raise ErreurCours(
            "Des tests ont échoué : leurs programmes gardent leur enregistrement précédent. "
            "Corrigez, puis relancez la même commande."
        )
