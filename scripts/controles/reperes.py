"""Rien d'inachevé n'est publié : ni mesure à venir, ni note pour plus tard, ni trou non comblé."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from scripts.controles.probleme import Probleme
from scripts.lecons import catalogue, pages, registre
from scripts.socle import chemins
from scripts.socle.chemins import relatif

INACHEVE = re.compile(
    r"\bÀ[  ](?:MESURER|FAIRE|COMPLÉTER|REMPLIR|RÉDIGER|VÉRIFIER|TRADUIRE)\b"
    r"|\b(?:TODO|FIXME|TBD)\b|\bXXX+\b"
    r"|\[(?:à|À)[  ](?:mesurer|faire|compléter|remplir|rédiger|vérifier)\b[^\]\n]*\](?![(\[])"
    r"|\b[Ll]orem[  ]ipsum\b"
    r"|\{\{[^}\n]*\}\}|\{%[^}\n]*%\}"
)
# Tout repère contient l'un d'eux.
INDICES = ("À", "TODO", "FIXME", "TBD", "XXX", "[à", "orem", "{")
# `{clé}` : un trou ; `{ .classe }`, `{#ancre}`, `{ largeur=300 }` : des attributs, que le site lit.
TROU = re.compile(r"\{(?![\s:]*[.#])[^{}=\n]*\}")
CODE_EN_LIGNE = re.compile(r"(?P<accents>`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])+?(?<!`)(?P=accents)(?!`)")
CLOTURE = re.compile(r"^ *(`{3,}|~{3,})[\s\S]*?^ *\1", re.MULTILINE)
CODE_HTML = re.compile(r"<(code|pre|script|style)\b[\s\S]*?</\1>")
ECHEC = re.compile(r'^ *!!! failure "(?P<titre>.*)"\n(?P<suite>.*)', re.MULTILINE)
PAR_UN_ENREGISTREMENT = "Sortie pas encore enregistrée"


def reperes_oublies() -> Iterator[Probleme]:
    """Aucune page, aucun carnet, aucun fragment ne garde un repère d'attente."""
    for page in pages.toutes():
        for numero, repere in dans_le_texte(page.read_text(encoding="utf-8")):
            yield Probleme(
                f"{relatif(page)}:{numero}",
                f"« {repere} » est resté dans la page",
                "Écrivez ce qui manque, ou retirez la phrase.",
            )
    for carnet in sorted(chemins.DOCS.rglob("*.ipynb")):
        for cellule in json.loads(carnet.read_text(encoding="utf-8"))["cells"]:
            if cellule["cell_type"] == "markdown":
                for _, repere in dans_le_texte("".join(cellule["source"])):
                    yield Probleme(
                        relatif(carnet),
                        f"« {repere} » est resté dans le carnet",
                        "Corrigez sa source sous snippets/, puis lancez « make enregistrer ».",
                    )
    yield from _des_fragments()


def dans_le_texte(texte: str) -> Iterator[tuple[int, str]]:
    """(ligne, repère) de chaque repère d'attente d'un Markdown, le code mis à part."""
    if not any(indice in texte for indice in INDICES):
        return  # le cas ordinaire, dix fois plus vite
    if not (INACHEVE.search(texte) or TROU.search(texte)):
        return
    for motif in (CLOTURE, CODE_EN_LIGNE, CODE_HTML):
        texte = motif.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), texte)
    for numero, ligne in enumerate(texte.split("\n"), 1):
        trouves = [trouve[0] for trouve in INACHEVE.finditer(ligne)]
        sans_doublons = INACHEVE.sub("", ligne)
        yield from ((numero, repere) for repere in trouves)
        yield from ((numero, trou) for trou in TROU.findall(sans_doublons))


def _des_fragments() -> Iterator[Probleme]:
    jamais_enregistres = _fragments_sans_enregistrement()
    for fragment in sorted(chemins.GENERE.rglob("*.md")):
        texte = fragment.read_text(encoding="utf-8")
        for _, repere in dans_le_texte(texte):
            yield Probleme(
                relatif(fragment),
                f"« {repere} » est resté dans ce fragment",
                "Corrigez la clé dans le fichier d'où il est tiré (phrases.toml pour une phrase), "
                "ou refaites la mesure qui manque.",
            )
        for echec in ECHEC.finditer(texte):
            # Un programme jamais enregistré est déjà signalé, sous son nom.
            if echec["titre"] != PAR_UN_ENREGISTREMENT or fragment not in jamais_enregistres:
                yield Probleme(
                    relatif(fragment),
                    f"ce fragment montre « {echec['titre']} »",
                    echec["suite"].strip().replace("`", "").rstrip(".") + ".",
                )


def _fragments_sans_enregistrement() -> set[Path]:
    connus = registre.lire()["snippets"]
    return {
        chemins.GENERE / Path(nom).with_suffix(".md")
        for nom in catalogue.noms_des_snippets()
        if not connus.get(nom)
    }
