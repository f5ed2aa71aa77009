"""Ce que montrent les pages vient de fichiers qui ont tourné."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from scripts.controles.probleme import Probleme, _relatif
from scripts.lecons import catalogue, pages, sections
from scripts.socle import chemins

# Ce qu'une page peut inclure : du code et des données suivis, ou ce qui est calculé d'après eux.
DOSSIERS_INCLUS = ("snippets/", "genere/")


def snippets_montres() -> Iterator[Probleme]:
    """Chaque snippet est sur une page."""
    montres = {inclusion.fichier for page in pages.toutes() for inclusion in pages.inclusions(page)}
    for nom in catalogue.noms_des_snippets():
        if catalogue.est_carnet(chemins.SNIPPETS / nom):
            continue
        if f"snippets/{nom}" not in montres:
            yield Probleme(
                f"snippets/{nom}",
                "ce snippet n'est sur aucune page",
                f'Incluez-le avec --8<-- "snippets/{nom}", ou supprimez-le.',
            )


def code_des_pages() -> Iterator[Probleme]:
    """Aucune page ne montre du code ou une sortie qui ne vienne d'un fichier exécuté."""
    exemptes = {(exemption["page"], exemption["contenu"].strip()) for exemption in _exemptions()}
    for page in pages.toutes():
        for bloc in pages.blocs(page):
            exempte = (_relatif(page), bloc.contenu.strip()) in exemptes
            if not (bloc.inclut_seulement or _teste_en_ligne(bloc) or exempte):
                yield _bloc_non_suivi(bloc)
        for ligne in pages.code_en_retrait(page):
            yield Probleme(
                f"{_relatif(page)}:{ligne}",
                "du code est écrit par simple retrait",
                "Mettez-le dans un fichier de snippets/ et incluez ce fichier.",
            )
        texte = page.read_text(encoding="utf-8")
        if "<pre" in texte:
            yield Probleme(
                _relatif(page),
                "du code est écrit en HTML (<pre>)",
                "Mettez-le dans un fichier de snippets/ et incluez ce fichier.",
            )


def _teste_en_ligne(bloc: pages.Bloc) -> bool:
    """Vrai pour le Python court que pytest-examples exécute (clôture ``` et pas de saut)."""
    return bloc.langage in {"python", "py"} and bloc.cloture == "```" and "skip" not in bloc.info


def _bloc_non_suivi(bloc: pages.Bloc) -> Probleme:
    quoi = "du Python" if bloc.langage in pages.LANGAGES_PYTHON else "un bloc"
    return Probleme(
        f"{_relatif(bloc.page)}:{bloc.ligne}",
        f"{quoi} ({bloc.langage or 'sans langage'}) ne vient d'aucun fichier exécuté",
        "Mettez-le dans un snippet et incluez le snippet ou sa sortie enregistrée ; si rien ici ne "
        "peut l'exécuter, déclarez-le avec sa raison dans snippets/exemptions.toml.",
    )


def _exemptions() -> list[dict[str, str]]:
    if not chemins.EXEMPTIONS.is_file():
        return []
    declarees = tomllib.loads(chemins.EXEMPTIONS.read_text(encoding="utf-8"))
    blocs: list[dict[str, str]] = declarees.get("bloc", [])
    return blocs


def exemptions_utiles() -> Iterator[Probleme]:
    """Chaque exemption correspond encore à un bloc de sa page : la liste ne peut que rétrécir."""
    montres = {
        (_relatif(page), bloc.contenu.strip())
        for page in pages.toutes()
        for bloc in pages.blocs(page)
    }
    for exemption in _exemptions():
        if (exemption["page"], exemption["contenu"].strip()) not in montres:
            debut = exemption["contenu"].strip().splitlines()[0]
            yield Probleme(
                "snippets/exemptions.toml",
                f"l'exemption « {debut} » de {exemption['page']} ne sert plus",
                "Retirez-la de la liste.",
            )


def inclusions_valides() -> Iterator[Probleme]:
    """Chaque inclusion désigne un fichier suivi et une section qui existent."""
    generes = {_relatif(chemin) for chemin in chemins.GENERE.rglob("*.md")}
    for page in pages.toutes():
        for inclusion in pages.inclusions(page):
            endroit = f"{_relatif(page)}:{inclusion.ligne}"
            fichier = chemins.RACINE / inclusion.fichier
            if not inclusion.fichier.startswith(DOSSIERS_INCLUS):
                yield Probleme(
                    endroit,
                    f"« {inclusion.fichier} » n'est pas sous snippets/",
                    "Une page n'inclut que des fichiers de snippets/ ou de genere/.",
                )
            elif not fichier.is_file() and inclusion.fichier not in generes:
                yield Probleme(
                    endroit,
                    f"le fichier « {inclusion.fichier} » n'existe pas",
                    "Corrigez le nom ; les sorties sont sous genere/, au nom du snippet.",
                )
            elif inclusion.section and not _a_la_section(fichier, inclusion.section):
                yield Probleme(
                    endroit,
                    f"la section « {inclusion.section} » n'existe pas dans {inclusion.fichier}",
                    f"Ajoutez la balise « --8<-- [start:{inclusion.section}] » ou corrigez le nom.",
                )


def _a_la_section(fichier: Path, section: str) -> bool:
    return section in sections.sections(fichier.read_text(encoding="utf-8"))
