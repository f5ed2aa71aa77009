"""Le temps de construction du site, comparé à mkdocs et Material seuls sur les mêmes pages."""

from __future__ import annotations

import base64
import json
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from scripts.bench.mesure import Passage, chronometrer
from scripts.lecons import carnets, catalogue
from scripts.publication.performances import Mesure, Resultat
from scripts.socle import chemins
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours

# Nombre de pages -> nombre de passages de chaque côté, dont on garde le meilleur.
PASSAGES = {30: 3, 300: 2}
LIMITE_DE_TEMPS = 1.1
LIMITE_DE_MEMOIRE = 1.2
SECTIONS = 6
COPIES = ("mkdocs.yml", "scripts", "overrides", "snippets", "verrous", "docs/assets")
CONFIGURATIONS = {"notre site": "essai-cours.yml", "mkdocs seul": "essai-simple.yml"}
ENVIRONNEMENT = {"NO_MKDOCS_2_WARNING": "1", "COURS_DEPOT": "https://github.com/exemple/cours"}
PAQUETS = ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "pymdown-extensions")
EXTENSIONS_MARKDOWN = re.compile(r"^markdown_extensions:\n(?:[ \-#].*\n|\n)*", re.MULTILINE)

PHRASES = (
    "Un modèle de langage prolonge un texte, token après token, d'après ce qu'il a vu pendant son "
    "entraînement. La température règle le hasard du choix, la graine le rend reproductible.",
    "Avant de changer un modèle, essayez un autre prompt : c'est gratuit, immédiat, et la sortie "
    "enregistrée plus bas montre ce que l'on gagne déjà.",
    "Un RAG cherche les passages utiles, puis les ajoute au prompt. Les poids ne changent pas : "
    "la même empreinte avant et après le prouve.",
    "Le fine-tuning poursuit l'entraînement sur quelques exemples choisis. Il change un "
    "comportement, un format, un ton ; il enseigne mal des faits nouveaux.",
    "Une fenêtre de contexte trop courte coupe le début du texte sans rien dire. Comparez le "
    "nombre de tokens lus avec celui que vous attendiez.",
)
ONGLETS = "\n".join(
    f'=== "{systeme}"\n\n    ```bash\n    {commande}\n    ```\n'
    for systeme, commande in (
        ("macOS", "brew install ollama"),
        ("Windows", "winget install Ollama.Ollama"),
        ("Linux", "curl -fsSL https://ollama.com/install.sh | sh"),
    )
)
TABLE = """\
| Option | Rôle | Valeur des leçons |
|:--|:--|--:|
| `temperature` | hasard du choix de chaque token | 0 |
| `seed` | graine de ce hasard | 7 |
| `num_ctx` | tokens que le modèle peut lire | 2048 |
| `num_predict` | tokens qu'il peut produire | 80 |
"""
QUIZ = """\
??? reponse-fausse "Le modèle a appris un fait nouveau"
    Non : ses poids n'ont pas changé, seul le prompt est plus long.

??? reponse-juste "Le passage était dans le prompt"
    Oui : retirez-le, et la réponse redevient fausse.
"""


def lecon(numero: int, extraits: list[str]) -> str:
    """Une page de leçon : six sections de texte, code, sortie, onglets, table et quiz.

    `extraits` : les programmes (relatifs à snippets/) parmi lesquels elle prend les siens.
    """
    entete = f"---\ntitle: Leçon {numero}\ndescription: Essai.\ntags: [essai, leçon]\n---\n"
    sections = [
        _section(rang, extraits[(numero * SECTIONS + rang) % len(extraits)], numero)
        for rang in range(SECTIONS)
    ]
    return "\n".join([entete, f"# Leçon {numero}", "", *sections])


def _section(rang: int, extrait: str, numero: int) -> str:
    langage = "python" if extrait.endswith(".py") else "bash"
    texte = "\n\n".join(PHRASES[(numero + rang + i) % len(PHRASES)] for i in range(2))
    code = f'```{langage} title="{Path(extrait).name}"\n--8<-- "snippets/{extrait}"\n```\n'
    sortie = f'--8<-- "genere/{Path(extrait).with_suffix(".md").as_posix()}"\n'
    remarque = f'!!! tip "Ce qu\'il faut remarquer"\n    {PHRASES[rang % len(PHRASES)]}\n'
    annexe = (ONGLETS, TABLE, QUIZ)[rang % 3]
    titre = f"## Étape {rang + 1} de la leçon {numero}\n"
    return "\n".join([titre, texte, "", code, sortie, remarque, annexe])


def carnet(numero: int) -> str:
    """Un carnet exécuté : six cellules de texte et de code, leurs sorties, une figure."""
    cellules = [_cellule_texte("titre", f"# Carnet {numero}")]
    for rang in range(SECTIONS):
        texte = f"## Mesure {rang}\n\n{PHRASES[rang % len(PHRASES)]}"
        cellules.append(_cellule_texte(f"texte-{rang}", texte))
        cellules.append(_cellule_code(rang))
    noyau = {"name": "python3", "display_name": "Python 3", "language": "python"}
    contenu = {
        "cells": cellules,
        "metadata": {"kernelspec": noyau, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(contenu, ensure_ascii=False, indent=1)


def _cellule_texte(identifiant: str, texte: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identifiant, "metadata": {}, "source": texte}


def _cellule_code(rang: int) -> dict[str, Any]:
    code = "\n".join(f"taux_{i} = sum(justes[{i}:]) / {i + 1}" for i in range(12))
    figure = base64.b64encode(bytes(range(256)) * 120).decode()
    sorties: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": "mesure : 0.75\n" * 8}
    ]
    if rang == 0:
        image = {"image/png": figure, "text/plain": "<Figure>"}
        sorties.append({"output_type": "display_data", "data": image, "metadata": {}})
    return {
        "cell_type": "code",
        "id": f"code-{rang}",
        "metadata": {},
        "execution_count": rang + 1,
        "source": code,
        "outputs": sorties,
    }


@dataclass
class Serie:
    """Les passages d'un côté : durées en secondes et pics de mémoire en Mio."""

    durees_s: list[float] = field(default_factory=list)
    memoires_mio: list[float] = field(default_factory=list)

    def noter(self, passage: Passage) -> None:
        """Ajoute un passage."""
        self.durees_s.append(round(passage.duree_s, 3))
        self.memoires_mio.append(round(passage.memoire_mio, 1))


def preparer(racine: Path, pages: int) -> None:
    """Copie dans `racine` ce qui construit le site, avec `pages` leçons et deux carnets.

    Comme ceux du cours, les carnets arrivent avec leur page, rendue d'avance.
    """
    for nom in COPIES:
        source = chemins.RACINE / nom
        if source.is_dir():
            shutil.copytree(source, racine / nom, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, racine / nom)
    docs = racine / "docs"
    for jour in ("annexes", "jour-1", "jour-2", "jour-3"):
        (docs / jour).mkdir()
    shutil.copy(chemins.DOCS / "annexes" / "glossaire.md", docs / "annexes")
    (docs / "index.md").write_text("# Accueil\n\nUne page d'essai.\n", encoding="utf-8")
    extraits = catalogue.noms_des_programmes()
    for nom, numero in _noms_des_lecons(pages).items():
        (docs / nom).write_text(lecon(numero, extraits), encoding="utf-8")
    for numero, nom in enumerate(CARNETS, start=1):
        (docs / nom).write_text(carnet(numero), encoding="utf-8")
        carnets.ecrire_la_page(docs / nom)
    _ecrire_les_configurations(racine, pages)


CARNETS = ("jour-3/carnet_1.ipynb", "jour-3/carnet_2.ipynb")


def _noms_des_lecons(pages: int) -> dict[str, int]:
    """Chemin de chaque leçon, réparties sur trois jours -> son numéro."""
    return {f"jour-{1 + numero % 3}/lecon_{numero:03}.md": numero for numero in range(1, pages + 1)}


def _ecrire_les_configurations(racine: Path, pages: int) -> None:
    """Notre configuration, dont seule la navigation change ; et Material sans rien d'autre.

    Les deux rendent le même Markdown : mêmes extensions, recopiées de mkdocs.yml.
    """
    reglages = (racine / "mkdocs.yml").read_text(encoding="utf-8")
    extensions = EXTENSIONS_MARKDOWN.search(reglages)
    if extensions is None:
        raise ErreurCours("mkdocs.yml n'a plus de section « markdown_extensions » : corrigez-le.")
    lecons = ["index.md", "annexes/glossaire.md", *_noms_des_lecons(pages)]
    notre = f"INHERIT: mkdocs.yml\nstrict: false\n{_navigation([*lecons, *CARNETS])}"
    simple = (
        "site_name: Essai\ntheme: {name: material}\n"
        f"exclude_docs: '*.ipynb'\n{_navigation(lecons)}{extensions[0]}"
    )
    for nom, contenu in zip(CONFIGURATIONS.values(), (notre, simple), strict=True):
        (racine / nom).write_text(contenu, encoding="utf-8")


def _navigation(pages: list[str]) -> str:
    """La navigation par jour, en YAML."""
    lignes = ["nav:"]
    for jour in ("jour-1", "jour-2", "jour-3"):
        lignes.append(f"  - {jour.replace('-', ' ').title()}:")
        lignes += [f"      - {page}" for page in pages if page.startswith(jour)]
    lignes += [f"  - {page}" for page in pages if not page.startswith("jour-")]
    return "\n".join(lignes) + "\n"


def construire(racine: Path, configuration: str) -> Passage:
    """Construit le site à partir de rien : ni site ni cache de carnets d'un passage précédent."""
    for reste in ("site", ".cache"):
        shutil.rmtree(racine / reste, ignore_errors=True)
    commande = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", racine / configuration]
    passage = chronometrer(commande, cwd=racine, env=ENVIRONNEMENT | {"COURS_RACINE": str(racine)})
    return passage.exiger_la_reussite("Le site d'essai ne se construit pas.")


def comparer(pages: int, passages: int) -> dict[str, Serie]:
    """Construit `passages` fois de chaque côté, en alternant, dans un dossier temporaire."""
    series = {cote: Serie() for cote in CONFIGURATIONS}
    with tempfile.TemporaryDirectory(prefix="cours-bench-") as dossier:
        racine = Path(dossier).resolve()
        preparer(racine, pages)
        generer_les_fragments(racine)
        for numero in range(1, passages + 1):
            for cote, configuration in CONFIGURATIONS.items():
                with console.status(f"{pages} pages, {cote}, passage {numero} sur {passages}"):
                    passage = construire(racine, configuration)
                series[cote].noter(passage)
                console.print(
                    f"{pages} pages, {cote} : {passage.duree_s:.2f} s, "
                    f"{passage.memoire_mio:.0f} Mio"
                )
    return series


def generer_les_fragments(racine: Path) -> None:
    """Écrit genere/ : mkdocs seul, sans crochet, inclut les mêmes morceaux de pages."""
    commande = [
        sys.executable,
        "-c",
        "from scripts.publication import fragments; fragments.generer()",
    ]
    passage = chronometrer(commande, cwd=racine, env={"COURS_RACINE": str(racine)})
    passage.exiger_la_reussite("Les fragments du site d'essai n'ont pas pu être écrits.")


def mesurer() -> Mesure:
    """Temps et mémoire de la construction à 30 et 300 pages, rapportés à mkdocs seul."""
    resultats: list[Resultat] = []
    brut: dict[str, Any] = {"versions": {nom: metadata.version(nom) for nom in PAQUETS}}
    for pages, passages in PASSAGES.items():
        series = comparer(pages, passages)
        brut[f"{pages} pages"] = {cote: vars(serie) for cote, serie in series.items()}
        resultats += rapports(pages, *series.values())
    return Mesure(resultats, brut)


def rapports(pages: int, notre: Serie, simple: Serie) -> list[Resultat]:
    """Les rapports de temps et de mémoire, entre meilleurs passages."""
    temps = min(notre.durees_s) / min(simple.durees_s)
    memoire = min(notre.memoires_mio) / min(simple.memoires_mio)
    return [
        Resultat(f"Construction de {pages} pages, temps", temps, "×", "≤", LIMITE_DE_TEMPS),
        Resultat(f"Construction de {pages} pages, mémoire", memoire, "×", "≤", LIMITE_DE_MEMOIRE),
    ]
