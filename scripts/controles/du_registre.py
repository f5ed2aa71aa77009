"""Le registre est entier, et rien n'a changé depuis ce qu'il garde."""

from __future__ import annotations

import json
from collections.abc import Iterator

import jsonschema

from scripts.controles.formes import en_francais
from scripts.controles.probleme import Probleme
from scripts.execution import lanceur
from scripts.lecons import carnets, catalogue, cle, marqueurs, registre
from scripts.lecons.registre import Registre
from scripts.socle import chemins, fichiers
from scripts.socle.chemins import relatif


def enregistrements_a_jour() -> Iterator[Probleme]:
    """Chaque programme est enregistré, et rien de ce dont il dépend n'a changé depuis."""
    contexte = lanceur.contexte(registre.lire())
    for nom in catalogue.noms_des_programmes():
        entrees = contexte.registre["snippets"].get(nom, {})
        raisons = [cle.perime(nom, modele, entree, contexte) for modele, entree in entrees.items()]
        if not raisons:
            raisons = ["il n'a jamais été enregistré"]
        for raison in dict.fromkeys(filter(None, raisons)):
            yield Probleme(
                f"snippets/{nom}",
                f"l'enregistrement est périmé, {raison}",
                "Lancez « make enregistrer ».",
            )


def essais_a_jour() -> Iterator[Probleme]:
    """Chaque essai a été joué, et rien de ce dont il dépend n'a changé depuis."""
    contexte = lanceur.contexte(registre.lire())
    for nom in marqueurs.essais():
        if raison := cle.essai_perime(nom, contexte):
            yield Probleme(
                nom,
                f"le verdict de cet essai ne vaut plus, {raison}",
                "Lancez « make enregistrer ».",
            )
    for nom in sorted(set(contexte.registre["essais"]) - set(marqueurs.essais())):
        yield Probleme(
            nom,
            "le registre a un verdict pour cet essai, qui n'existe plus",
            "Lancez « make enregistrer », qui le retire.",
        )


ATTESTER = ".venv/bin/python -m scripts lanceur"


def lanceur_atteste() -> Iterator[Probleme]:
    """Le code qui exécute les programmes est celui de la version que portent les clés."""
    for nom in lanceur.changes():
        yield Probleme(
            nom,
            "le lanceur a changé depuis qu'on l'a attesté",
            f"Si les sorties ne peuvent pas en dépendre, lancez « {ATTESTER} --meme-effet » ; "
            f"sinon, « {ATTESTER} --autre-effet », puis « make enregistrer ».",
        )


def registre_conforme() -> Iterator[Probleme]:
    """Le registre suit son schéma."""
    schema = json.loads(chemins.SCHEMA_REGISTRE.read_text(encoding="utf-8"))
    if not isinstance(schema, dict) or set(schema.get("required", ())) != set(registre.vide()):
        raise ValueError("ce schéma n'est pas celui du registre")
    for erreur in jsonschema.Draft202012Validator(schema).iter_errors(registre.lire()):
        endroit = "/".join(map(str, erreur.absolute_path)) or "racine"
        yield Probleme(
            "snippets/registre.json",
            f"dans le registre, « {endroit} » {en_francais(erreur)[:200]}",
            "Ne modifiez pas le registre à la main : reprenez celui de git, "
            "puis lancez « make enregistrer ».",
        )


def sorties_orphelines() -> Iterator[Probleme]:
    """Chaque sortie, figure, preuve, entrée du registre et carnet publié a son programme."""
    connu = registre.lire()
    entrees = [entree for par in connu["snippets"].values() for entree in par.values()]
    sorties = {entree["sortie"]["fichier"] for entree in entrees}
    for fichier in sorted(chemins.SNIPPETS.glob("module_*/**/sorties/*")):
        if relatif(fichier) not in sorties:
            yield Probleme(
                relatif(fichier),
                "cette sortie ne correspond à aucun enregistrement",
                "Supprimez-la, ou enregistrez le programme avec « make enregistrer ».",
            )
    publies = {entree["carnet"]["fichier"] for entree in entrees if "carnet" in entree}
    for carnet in sorted(chemins.DOCS.rglob("*.ipynb")):
        if relatif(carnet) not in publies:
            yield Probleme(
                relatif(carnet),
                "ce carnet n'a pas été produit par un enregistrement",
                "Écrivez sa source sous snippets/ et lancez « make enregistrer ».",
            )
    figures = {figure for entree in entrees for figure in entree.get("figures", {})}
    for figure in sorted(chemins.FIGURES.rglob("*.svg")):
        if relatif(figure) not in figures:
            yield Probleme(
                relatif(figure),
                "cette figure ne correspond à aucun enregistrement",
                "Supprimez-la, ou enregistrez son programme avec « make enregistrer ».",
            )
    yield from _preuves_orphelines(connu)
    for nom in sorted(set(connu["snippets"]) - set(catalogue.noms_des_programmes())):
        yield Probleme(
            f"snippets/{nom}",
            "le registre a une entrée pour ce programme, qui n'existe plus",
            "Lancez « make enregistrer », qui la retire.",
        )


def _preuves_orphelines(connu: Registre) -> Iterator[Probleme]:
    gardees = {
        relatif(registre.dossier_des_produits(nom, modele) / produit)
        for nom, par_modele in connu["snippets"].items()
        for modele, entree in par_modele.items()
        for produit in entree["preuve"]["produits"]
    }
    for preuve in sorted(chemins.SNIPPETS.glob("module_*/preuves/**/*")):
        if preuve.is_file() and relatif(preuve) not in gardees:
            yield Probleme(
                relatif(preuve),
                "cette preuve ne correspond à aucun enregistrement",
                "Supprimez-la, ou enregistrez son programme avec « make enregistrer ».",
            )


def carnets_a_jour() -> Iterator[Probleme]:
    """Chaque carnet publié se lit, correspond à sa source, et sa page au carnet."""
    for nom in catalogue.carnets_du_cours():
        try:
            publie = catalogue.destination(nom)
            raison = carnets.desaccord(nom) or carnets.page_perimee(publie)
        except Exception as erreur:  # `jupytext` et `nbformat` échouent de bien des façons
            yield Probleme(
                f"snippets/{nom}",
                f"Jupyter ne lit pas ce carnet ou sa publication ({type(erreur).__name__})",
                "Reprenez la version de git, puis lancez « make enregistrer ».",
            )
            continue
        if raison:
            yield Probleme(
                relatif(publie),
                f"{raison} (snippets/{nom})",
                "Modifiez la source, jamais le carnet, puis lancez « make enregistrer ».",
            )


def diagrammes_a_jour() -> Iterator[Probleme]:
    """Chaque diagramme dessiné correspond à sa source Mermaid."""
    connus = registre.lire()["diagrammes"]
    for nom in connus:
        if not (chemins.SNIPPETS / nom).is_file():
            remede = "Reprenez-la de git, ou lancez « make enregistrer », qui retire le dessin."
            yield Probleme(f"snippets/{nom}", "la source de ce diagramme manque", remede)
    for source in sorted(chemins.SNIPPETS.glob("module_*/diagrammes/*.mmd")):
        entree = connus.get(source.relative_to(chemins.SNIPPETS).as_posix())
        if entree is None or entree["source"] != fichiers.empreinte(source):
            constat = "ce diagramme a changé depuis qu'il a été dessiné"
        elif any(
            not (chemins.RACINE / image).is_file()
            or fichiers.empreinte(chemins.RACINE / image) != empreinte
            for image, empreinte in entree["images"].items()
        ):
            constat = "une image de ce diagramme a été modifiée ou supprimée"
        else:
            continue
        yield Probleme(relatif(source), constat, "Lancez « make enregistrer ».")
