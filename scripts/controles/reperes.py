"""Rien d'inachevé n'est publié : ni mesure à venir, ni note pour plus tard, ni trou non comblé."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scripts.controles import attente, des_pages, endroits
from scripts.controles.probleme import Probleme
from scripts.lecons import catalogue, registre
from scripts.publication import phrases
from scripts.socle import chemins
from scripts.socle.chemins import relatif

CODE_EN_LIGNE = re.compile(r"(?P<accents>`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])+?(?<!`)(?P=accents)(?!`)")
CLOTURE = re.compile(r"^ *(`{3,}|~{3,})[\s\S]*?^ *\1", re.MULTILINE)
ENCADRE = re.compile(r"^ *\?\?\?", re.MULTILINE)
ATTRIBUTS = re.compile(r"\{:? ?[.#][^}\n]*\}")
CODE_HTML = re.compile(r"<(code|pre|script|style)\b[\s\S]*?</\1>")
ECHEC = re.compile(r'^ *!!! failure "(?P<titre>.*)"\n(?P<suite>.*)', re.MULTILINE)
PAR_UN_ENREGISTREMENT = "Sortie pas encore enregistrée"


def reperes_oublies() -> Iterator[Probleme]:
    """Aucune page, aucun carnet, aucun fragment ne garde un repère d'attente."""
    des_fragments = {f: list(_du_fragment(f)) for f in sorted(chemins.GENERE.rglob("*.md"))}
    deja_dits = {repere for reperes in des_fragments.values() for repere in reperes}
    for page, rendue in des_pages.rendus().items():
        reperes = [repere for repere in rendue.reperes if repere not in deja_dits]
        for endroit, repere in zip(endroits.situer(page, reperes), reperes, strict=True):
            yield Probleme(
                endroit,
                f"« {repere} » est resté dans la page",
                "Écrivez ce qui manque, ou retirez la phrase ; un mot de code s'écrit entre "
                "accents graves.",
            )
    for carnet, rendue in des_pages.carnets().items():
        for repere in rendue.reperes:
            yield Probleme(
                relatif(carnet),
                f"« {repere} » est resté dans le carnet",
                "Corrigez sa source sous snippets/, puis lancez « make enregistrer ».",
            )
    for fragment, reperes in des_fragments.items():
        for repere in reperes:
            yield Probleme(
                relatif(fragment),
                f"« {repere} » est resté dans ce fragment",
                "Corrigez la clé dans le fichier d'où il est tiré (phrases.toml pour une phrase), "
                "ou refaites la mesure qui manque.",
            )
    yield from _echecs()


def _du_fragment(fragment: Path) -> Iterator[str]:
    """Les repères d'attente d'un fragment, le code mis à part."""
    texte = fragment.read_text(encoding="utf-8")
    for motif in (CLOTURE, CODE_EN_LIGNE, CODE_HTML, ATTRIBUTS, ENCADRE):
        texte = motif.sub(" ", texte)
    for paragraphe in texte.split("\n\n"):
        yield from attente.du_texte(paragraphe)


def _echecs() -> Iterator[Probleme]:
    """Les fragments qui disent qu'un enregistrement manque."""
    jamais_enregistres = _fragments_sans_enregistrement()
    for fragment in sorted(chemins.GENERE.rglob("*.md")):
        texte = fragment.read_text(encoding="utf-8")
        for echec in ECHEC.finditer(texte):
            # Un programme jamais enregistré, une phrase sans valeurs : ils sont signalés ailleurs.
            deja_dit = echec["titre"] == PAR_UN_ENREGISTREMENT and fragment in jamais_enregistres
            if not deja_dit and echec["titre"] != phrases.TITRE:
                yield Probleme(
                    relatif(fragment),
                    f"ce fragment montre « {echec['titre']} »",
                    echec["suite"].strip().replace("`", "").rstrip(".") + ".",
                )


def _fragments_sans_enregistrement() -> set[Path]:
    connus = registre.lire()["snippets"]
    return {
        chemins.GENERE / Path(nom).with_suffix(".md")
        for nom in catalogue.noms_des_programmes()
        if not connus.get(nom)
    }
