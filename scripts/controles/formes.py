"""Les fichiers lisibles ont aussi la forme que les outils attendent.

Ces contrôles passent après la lisibilité et avant les autres, qu'ils arrêtent s'ils trouvent
quelque chose. Chacun nomme le fichier, et ce qui y manque ou y a un autre type.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from scripts.controles import reglages
from scripts.controles.probleme import Probleme
from scripts.experience.resultats import (
    MODELES,
    MODULE,
    PROVENANCE,
    RESULTATS,
    lire,
)
from scripts.lecons import exemptions, journal
from scripts.publication import fragments, glossaire, performances
from scripts.publication.module_9 import contributions, phrases
from scripts.socle import chemins, pannes
from scripts.socle.chemins import relatif
from scripts.socle.erreurs import ErreurCours, FichierInvalide

EXEMPTIONS = "snippets/exemptions.toml"
VERSIONS_DE_PHRASE = ("texte", "sinon", "proche")
CLES_DE_PHRASE = {*VERSIONS_DE_PHRASE, "si", "modele"}
CONDITION = re.compile(
    r"^(?P<gauche>[^>]+) > (?P<droite>[^>+]+?)(?: \+ (?P<marge>\d+(?:\.\d+)?))?$"
)
REGISTRE = "snippets/registre.json"


def exemptions_conformes() -> Iterator[Probleme]:
    """Chaque exemption a ses clés, et une raison."""
    remede = "Donnez-lui la forme des autres exemptions du fichier."
    for table, declarees in exemptions.lire().items():
        cles = exemptions.TABLES.get(table)
        if cles is None or not isinstance(declarees, list):
            connues = ", ".join(f"[[{nom}]]" for nom in exemptions.TABLES)
            yield Probleme(
                EXEMPTIONS,
                f"« {table} » n'est pas une liste d'exemptions connue",
                f"Écrivez l'une de celles-ci : {connues}.",
            )
            continue
        for rang, exemption in enumerate(declarees, 1):
            nom = f"l'exemption [[{table}]] numéro {rang}"
            if constat := _forme_d_exemption(exemption, cles):
                yield Probleme(EXEMPTIONS, f"{nom} {constat}", remede)
            elif constat := _de_trop(exemption, declarees[: rang - 1]):
                yield Probleme(EXEMPTIONS, f"{nom} {constat}", "Retirez-la de la liste.")


def _de_trop(exemption: dict[str, str], precedentes: list[dict[str, str]]) -> str | None:
    if any({**autre, "raison": exemption["raison"]} == exemption for autre in precedentes):
        return "répète une autre exemption"
    snippet = exemption.get("snippet")
    if snippet and not (chemins.SNIPPETS / snippet).is_file():
        return f"nomme un programme qui n'existe pas, {snippet}"
    return None


def _forme_d_exemption(exemption: object, cles: set[str]) -> str | None:
    if not isinstance(exemption, dict):
        return "n'est pas une table"
    if manquantes := cles - set(exemption):
        return f"n'a pas de clé « {min(manquantes)} »"
    if inconnues := set(exemption) - cles:
        return f"a une clé inconnue, « {min(inconnues)} »"
    for cle in sorted(cles):
        valeur = exemption[cle]
        if not exemptions.a_le_bon_type(cle, valeur) or not str(valeur).strip():
            quoi = "un entier" if cle in exemptions.NOMBRES else "un texte, ou est vide"
            return f"a un « {cle} » qui n'est pas {quoi}"
    return None


def mkdocs_conforme() -> Iterator[Probleme]:
    """Dans mkdocs.yml, chaque extension a un nom et des réglages ; les exclusions se lisent."""
    try:
        reglages.publies([])
    except ValueError:
        remede = "Écrivez un motif par ligne, comme dans un fichier `.gitignore`."
        yield Probleme("mkdocs.yml", "« exclude_docs » n'est pas une suite de motifs", remede)
    declarees = reglages.lire().get("markdown_extensions") or []
    remede = "Écrivez un nom par ligne, ses réglages dessous ; voyez la documentation de mkdocs."
    if not isinstance(declarees, list):
        yield Probleme("mkdocs.yml", "« markdown_extensions » n'est pas une liste", remede)
        return
    for declaree in declarees:
        seule = declaree if not isinstance(declaree, dict) else [*declaree.items()]
        if isinstance(seule, list):
            juste = len(seule) == 1 and isinstance(seule[0][0], str)
            juste = juste and isinstance(seule[0][1], dict | None)
        else:
            juste = isinstance(seule, str)
        if not juste:
            yield Probleme("mkdocs.yml", f"l'extension « {declaree} » est mal déclarée", remede)


def extensions_chargees() -> Iterator[Probleme]:
    """Chaque extension que déclare mkdocs.yml se charge, avec ses réglages.

    Sinon, on accuserait chaque page de ne pas se rendre.
    """
    import markdown

    for declaree in reglages.lire().get("markdown_extensions") or []:
        nom = next(iter(declaree)) if isinstance(declaree, dict) else declaree
        try:
            reglage = reglages.importes(declaree)
            markdown.Markdown(extensions=[nom], extension_configs={nom: reglage})
        except Exception as erreur:  # chaque extension échoue à sa façon
            yield Probleme(
                "mkdocs.yml",
                f"l'extension « {nom} » ne se charge pas ({_en_bref(erreur)})",
                "Corrigez son nom ou ses réglages, ou reprenez la version de git.",
            )


def carnets_conformes() -> Iterator[Probleme]:
    """Chaque carnet publié a des cellules, chacune d'un type et d'un texte."""
    for carnet in sorted(chemins.DOCS.rglob("*.ipynb")):
        contenu: Any = json.loads(carnet.read_text(encoding="utf-8"))
        cellules = contenu.get("cells") if isinstance(contenu, dict) else None
        if not isinstance(cellules, list) or not all(map(_est_une_cellule, cellules)):
            yield Probleme(
                relatif(carnet),
                "ce n'est pas un carnet Jupyter",
                "Reprenez la version de git, ou relancez « make enregistrer ».",
            )


def _est_une_cellule(cellule: object) -> bool:
    if not isinstance(cellule, dict) or not isinstance(cellule.get("cell_type"), str):
        return False
    source = cellule.get("source")
    return isinstance(source, str) or (
        isinstance(source, list) and all(isinstance(ligne, str) for ligne in source)
    )


# --- Le module 9 : phrases et contributions ---


def phrases_conformes() -> Iterator[Probleme]:
    """Chaque phrase à trous a ses versions, et compare des mesures qui existent."""
    if not phrases.PHRASES.is_file():
        return
    nom = chemins.en_clair(phrases.PHRASES)
    declarees = tomllib.loads(phrases.PHRASES.read_text(encoding="utf-8"))
    for titre, declaree in declarees.items():
        if constat := _forme_de_phrase(declaree):
            yield Probleme(
                nom, f"la phrase « {titre} » {constat}", "Donnez-lui la forme des autres phrases."
            )


def _forme_de_phrase(declaree: object) -> str | None:
    if not isinstance(declaree, dict):
        return "n'est pas une table"
    if inconnues := set(declaree) - CLES_DE_PHRASE:
        return f"a une clé inconnue, « {min(inconnues)} »"
    for cle, valeur in declaree.items():
        if not isinstance(valeur, str):
            return f"a un « {cle} » qui n'est pas un texte"
    if "texte" not in declaree:
        return "n'a pas de clé « texte »"
    if declaree.get("modele", MODELES[0]) not in MODELES:
        return f"nomme un modèle inconnu, {declaree['modele']}"
    if "si" in declaree:
        if "sinon" not in declaree:
            return "a une condition, mais pas de « sinon »"
        if CONDITION.match(declaree["si"]) is None:
            return "a une condition qui n'est pas de la forme « a.mesure > b.mesure + marge »"
    return None


def conditions_des_phrases() -> Iterator[Probleme]:
    """La condition d'une phrase compare deux mesures que l'expérience a prises."""
    if not phrases.PHRASES.is_file():
        return
    try:
        lignes = lire()
        mesures = {modele: dict(phrases.valeurs(lignes, modele)) for modele in MODELES}
    except Exception:  # des résultats d'une autre forme : `fragments_calculables` le dira
        return
    declarees = tomllib.loads(phrases.PHRASES.read_text(encoding="utf-8"))
    for titre, declaree in declarees.items():
        connues = mesures[declaree.get("modele", MODELES[0])]
        condition = CONDITION.match(declaree.get("si", ""))
        for cle in (condition["gauche"], condition["droite"]) if condition and connues else ():
            if cle not in connues:
                yield Probleme(
                    chemins.en_clair(phrases.PHRASES),
                    f"la condition de « {titre} » compare « {cle} », que rien ne mesure",
                    "Corrigez cette clé : un bras, un point, une mesure.",
                )


def contributions_conformes() -> Iterator[Probleme]:
    """Chaque ligne que les lecteurs ont ajoutée au module 9 suit son schéma."""
    if not contributions.CONTRIBUTIONS.parent.is_dir():
        return
    nom, remede = (
        chemins.en_clair(contributions.CONTRIBUTIONS),
        "Corrigez cette ligne, ou retirez-la.",
    )
    schema_illisible = Probleme(
        chemins.en_clair(contributions.SCHEMA),
        "ce n'est pas le schéma d'une contribution",
        "Reprenez la version de git.",
    )
    if not contributions.CONTRIBUTIONS.is_file() or not contributions.SCHEMA.is_file():
        yield Probleme(nom, "ce fichier ou son schéma manque", "Reprenez la version de git.")
        return
    schema: Any = json.loads(contributions.SCHEMA.read_text(encoding="utf-8"))
    if not _est_un_schema(schema):
        yield schema_illisible
        return
    try:
        entete, lignes = contributions.colonnes_et_lignes(
            contributions.CONTRIBUTIONS.read_text(encoding="utf-8")
        )
    except ErreurCours as erreur:
        yield Probleme(nom, str(erreur), remede)
        return
    if entete != schema["required"]:
        attendues = ",".join(schema["required"])
        yield Probleme(f"{nom}:1", "l'en-tête n'est pas celui du schéma", f"Écrivez : {attendues}.")
        return
    for numero, brute in lignes:
        for constat in _ecarts(brute, schema):
            yield Probleme(f"{nom}:{numero}", constat, remede)


def _est_un_schema(schema: Any) -> bool:
    import jsonschema

    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError:
        return False
    requises = schema.get("required") if isinstance(schema, dict) else None
    proprietes = schema.get("properties") if isinstance(schema, dict) else None
    return (
        isinstance(requises, list)
        and isinstance(proprietes, dict)
        and "$ref" not in json.dumps(schema)
        and set(requises) == set(proprietes) == set(contributions.COLONNES)
    )


def _ecarts(brute: Mapping[str, str], schema: Any) -> Iterator[str]:
    """Ce qui, dans une ligne, ne suit pas le schéma, en français."""
    import jsonschema

    try:
        ligne = contributions.convertir(brute)
    except ErreurCours as erreur:
        yield str(erreur)
        return
    for erreur_de_schema in jsonschema.Draft202012Validator(schema).iter_errors(ligne):
        cle = "".join(map(str, erreur_de_schema.absolute_path)) or "la ligne"
        yield f"« {cle} » {en_francais(erreur_de_schema)}"
    for cle, valeur in ligne.items():
        if isinstance(valeur, float) and not math.isfinite(valeur):
            yield f"« {cle} » n'est pas un nombre fini"
    if not contributions.est_une_date(ligne["date"]):
        yield f"« date » n'est pas une date, {ligne['date']!r}"


def en_francais(erreur: Any) -> str:
    """Une erreur de `jsonschema`, dite en français."""
    borne, valeur = erreur.validator_value, erreur.instance
    phrases = {
        "enum": f"vaut {valeur!r}, qui n'est pas dans la liste du schéma",
        "exclusiveMinimum": f"vaut {valeur}, et doit dépasser {borne}",
        "maxLength": f"est trop long, {borne} signes au plus",
        "maximum": f"vaut {valeur}, plus que {borne}",
        "minLength": f"est trop court, {borne} signes au moins",
        "minimum": f"vaut {valeur}, moins que {borne}",
        "pattern": f"vaut {valeur!r}, qui n'a pas la forme {borne}",
        "required": "n'a pas toutes les clés du schéma",
        "type": f"vaut {valeur!r}, d'un autre type que {borne}",
    }
    return phrases.get(erreur.validator, f"ne suit pas le schéma, clé « {erreur.validator} »")


# --- Les fragments ---


def _mesures() -> None:
    for modele in MODELES:
        list(phrases.valeurs(lire(), modele))


# D'où viennent les données des fragments, et ce qui les lit ; chacune ne suppose que les
# précédentes.
SOURCES_DES_FRAGMENTS: dict[str, Callable[[], object]] = {
    "snippets/executions.json": journal.lire,
    "docs/annexes/performances.json": performances.fragment,
    "docs/annexes/glossaire.md": glossaire.abreviations,
    chemins.en_clair(MODULE / "donnees" / "faits_orvelune.toml"): phrases.sortes_de_faits,
    chemins.en_clair(PROVENANCE): partial(phrases.provenance, ()),
    chemins.en_clair(RESULTATS): _mesures,
    chemins.en_clair(contributions.CONTRIBUTIONS): contributions.tableau,
}


def fragments_calculables() -> Iterator[Probleme]:
    """Les fragments de genere/ se calculent : les données qu'ils résument ont la bonne forme."""
    try:
        fragments.generer()
    except FichierInvalide as erreur:
        yield Probleme(erreur.fichier, erreur.constat, erreur.remede)
    except ErreurCours as erreur:
        yield Probleme("genere/", "un fragment ne se calcule pas", str(erreur))
    except OSError as erreur:
        nom = chemins.en_clair(erreur.filename) if erreur.filename else "genere/"
        yield Probleme(nom, pannes.raison(erreur), pannes.remede(erreur))
    except Exception as erreur:  # une donnée d'une forme que personne n'avait prévue
        yield Probleme(
            _source() or REGISTRE,
            f"un fragment n'a pas pu en être tiré ({_en_bref(erreur)})",
            "Une donnée y manque ou a une autre forme : reprenez la version de git.",
        )


def _en_bref(erreur: Exception) -> str:
    """Ce que dit l'exception, sans son texte anglais."""
    if isinstance(erreur, KeyError) and erreur.args:
        return f"« {erreur.args[0]} » y manque"
    return type(erreur).__name__


def _source() -> str:
    """Le premier fichier dont la lecture, seule, échoue ; une chaîne vide si toutes passent."""
    for fichier, lecture in SOURCES_DES_FRAGMENTS.items():
        try:
            lecture()
        except Exception:  # celles que `fragments_calculables` vient de rattraper
            return fichier
    return ""
