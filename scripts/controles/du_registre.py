"""Le registre est entier, et rien n'a changé depuis."""

from __future__ import annotations

import json
from collections.abc import Iterator

import jsonschema

from scripts.controles.probleme import Probleme, _relatif
from scripts.lecons import carnets, catalogue, registre
from scripts.socle import chemins, fichiers


def enregistrements_a_jour() -> Iterator[Probleme]:
    """Chaque snippet est enregistré, et rien n'a changé depuis."""
    connus = registre.lire()["snippets"]
    for nom in catalogue.noms_des_snippets():
        raisons = [registre.perime(nom, entree) for entree in connus.get(nom, {}).values()]
        if not raisons:
            raisons = ["il n'a jamais été enregistré"]
        for raison in filter(None, raisons):
            yield Probleme(
                f"snippets/{nom}",
                f"l'enregistrement est périmé, {raison}",
                "Lancez « make enregistrer ».",
            )


def registre_conforme() -> Iterator[Probleme]:
    """Le registre suit son schéma."""
    schema = json.loads(chemins.SCHEMA_REGISTRE.read_text(encoding="utf-8"))
    for erreur in jsonschema.Draft202012Validator(schema).iter_errors(registre.lire()):
        endroit = "/".join(map(str, erreur.absolute_path)) or "racine"
        yield Probleme(
            "snippets/registre.json",
            f"« {endroit} » ne suit pas le schéma ({erreur.message})",
            "Ne modifiez pas le registre à la main : reprenez celui de git, "
            "puis lancez « make enregistrer ».",
        )


def sorties_orphelines() -> Iterator[Probleme]:
    """Chaque sortie, figure, entrée du registre et chaque carnet publié a son snippet."""
    connus = registre.lire()["snippets"]
    sorties = {entree["sortie"]["fichier"] for par in connus.values() for entree in par.values()}
    for fichier in sorted(chemins.SNIPPETS.glob("module_*/**/sorties/*")):
        if _relatif(fichier) not in sorties:
            yield Probleme(
                _relatif(fichier),
                "cette sortie ne correspond à aucun enregistrement",
                "Supprimez-la, ou enregistrez le snippet avec « make enregistrer ».",
            )
    for carnet in sorted(chemins.DOCS.rglob("*.ipynb")):
        if _relatif(carnet) not in sorties:
            yield Probleme(
                _relatif(carnet),
                "ce carnet n'a pas été produit par un enregistrement",
                "Écrivez sa source sous snippets/ et lancez « make enregistrer ».",
            )
    figures = {f for par in connus.values() for e in par.values() for f in e.get("figures", {})}
    for figure in sorted(chemins.FIGURES.rglob("*.svg")):
        if _relatif(figure) not in figures:
            yield Probleme(
                _relatif(figure),
                "cette figure ne correspond à aucun enregistrement",
                "Supprimez-la, ou enregistrez son snippet avec « make enregistrer ».",
            )
    for nom in sorted(set(connus) - set(catalogue.noms_des_snippets())):
        yield Probleme(
            f"snippets/{nom}",
            "le registre a une entrée pour ce snippet, qui n'existe plus",
            "Lancez « make enregistrer », qui la retire.",
        )


def carnets_a_jour() -> Iterator[Probleme]:
    """Chaque carnet publié correspond à sa source."""
    for nom in catalogue.carnets_du_cours():
        if raison := carnets.desaccord(nom):
            yield Probleme(
                _relatif(catalogue.destination(nom)),
                f"{raison} (snippets/{nom})",
                "Modifiez la source, jamais le carnet, puis lancez « make enregistrer ».",
            )


def diagrammes_a_jour() -> Iterator[Probleme]:
    """Chaque diagramme dessiné correspond à sa source Mermaid."""
    connus = registre.lire()["diagrammes"]
    for source in sorted(chemins.SNIPPETS.glob("module_*/diagrammes/*.mmd")):
        nom = source.relative_to(chemins.SNIPPETS).as_posix()
        entree = connus.get(nom)
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
        yield Probleme(_relatif(source), constat, "Lancez « make enregistrer ».")
