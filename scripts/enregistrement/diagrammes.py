"""Dessine les diagrammes Mermaid en SVG, clairs et sombres : la page n'a aucun script à charger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from scripts.lecons import registre
from scripts.outillage import frontal, navigateur
from scripts.socle import chemins, fichiers
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours

# Les couleurs du site (docs/assets/stylesheets/cours.css) : fond des boîtes, trait, texte, groupes.
COULEURS = {
    "clair": ("#eef3f8", "#17405f", "#1d242b", "#f6f7f9"),
    "sombre": ("#22303d", "#8fc1ea", "#e3e7ec", "#1a222a"),
}
MERMAID = frontal.NODE_MODULES / "mermaid"
DESSINER = """async ([texte, reglages]) => {
    mermaid.initialize(reglages);
    return (await mermaid.render(reglages.deterministicIDSeed, texte)).svg;
}"""


def images(source: Path) -> dict[str, Path]:
    """`module_x/diagrammes/nom.mmd` -> docs/assets/diagrammes/module_x/nom-clair.svg et -sombre."""
    dossier = chemins.DOCS / "assets" / "diagrammes" / source.parents[1].name
    return {nom: dossier / f"{source.stem}-{nom}.svg" for nom in COULEURS}


def _reglages(source: Path, nom: str) -> dict[str, Any]:
    """Les réglages de Mermaid pour la version claire ou sombre d'un diagramme."""
    fond, trait, texte, groupe = COULEURS[nom]
    return {
        "startOnLoad": False,
        "theme": "base",
        "themeVariables": {
            "darkMode": nom == "sombre",
            "primaryColor": fond,
            "primaryBorderColor": trait,
            "primaryTextColor": texte,
            "lineColor": trait,
            "textColor": texte,
            "titleColor": texte,
            "clusterBkg": groupe,
            "clusterBorder": trait,
            "edgeLabelBackground": groupe,
        },
        "htmlLabels": False,
        "flowchart": {"htmlLabels": False},
        "fontFamily": "sans-serif",
        "deterministicIds": True,
        "deterministicIDSeed": f"{source.stem.replace('_', '-')}-{nom}",
    }


def a_dessiner() -> list[Path]:
    """Les sources qui ont changé depuis leur dessin, ou dont une image manque ou a changé."""
    connus = registre.lire()["diagrammes"]
    return [
        source
        for source in sorted(chemins.SNIPPETS.glob("module_*/diagrammes/*.mmd"))
        if _nom(source) not in connus
        or connus[_nom(source)]["source"] != fichiers.empreinte(source)
        or not all(image.is_file() for image in images(source).values())
        or any(
            fichiers.empreinte(chemins.RACINE / image) != empreinte
            for image, empreinte in connus[_nom(source)]["images"].items()
        )
    ]


def dessiner(sources: list[Path]) -> None:
    """Dessine chaque source dans les deux thèmes et l'inscrit au registre.

    Lève `ErreurCours` en nommant le fichier si Mermaid refuse une source.
    """
    version = json.loads((MERMAID / "package.json").read_text(encoding="utf-8"))["version"]
    with sync_playwright() as playwright:
        executable = navigateur.installer()
        lancer = playwright.chromium.launch
        with lancer(executable_path=executable, args=navigateur.OPTIONS) as chromium:
            page = chromium.new_page()
            page.set_content("<html><body></body></html>")
            page.add_script_tag(path=MERMAID / "dist" / "mermaid.min.js")
            for source in sources:
                console.print(f"Diagramme {_nom(source)}")
                _inscrire(source, _dessiner_un(page, source), version)


def _dessiner_un(page: Page, source: Path) -> dict[str, str]:
    """Empreinte de chaque image dessinée, par chemin relatif au dépôt."""
    empreintes = {}
    for nom, image in images(source).items():
        texte = source.read_text(encoding="utf-8")
        try:
            svg = page.evaluate(DESSINER, [texte, _reglages(source, nom)])
        except Exception as erreur:
            raise ErreurCours(f"Mermaid refuse snippets/{_nom(source)} : {erreur}") from erreur
        fichiers.ecrire(image, svg + "\n")
        empreintes[chemins.relatif(image)] = fichiers.empreinte(image)
    return empreintes


def _inscrire(source: Path, empreintes: dict[str, str], version: str) -> None:
    contenu = registre.lire()
    contenu["diagrammes"][_nom(source)] = {
        "source": fichiers.empreinte(source),
        "images": empreintes,
        "mermaid": version,
    }
    registre.ecrire(contenu)


def _nom(source: Path) -> str:
    return source.relative_to(chemins.SNIPPETS).as_posix()
