"""`llms.txt` : le plan du cours pour un modèle de langage, au format de llmstxt.org."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

from scripts.publication.depot import en_ligne


@dataclass(frozen=True)
class Lien:
    """Une page du cours : son titre, son adresse, ce qu'on y trouve."""

    titre: str
    adresse: str
    description: str

    def __str__(self) -> str:
        """Une ligne de liste Markdown."""
        return f"- [{self.titre}]({self.adresse}): {self.description}"


def composer(titre: str, resume: str, sections: Mapping[str, Sequence[Lien]]) -> str:
    """Le titre, le résumé, puis une section par jour."""
    blocs = [f"# {titre}", f"> {resume.strip()}"]
    for nom, liens in sections.items():
        blocs += [f"## {nom}", "\n".join(map(str, liens))]
    return "\n\n".join(blocs) + "\n"


def plan_pour_les_modeles(config: MkDocsConfig, navigation: Navigation) -> str:
    """Le `llms.txt` du site : ses pages par jour, chacune avec sa description."""

    def lien(page: Page) -> Lien:
        adresse = page.canonical_url if en_ligne(config) else page.url
        description = page.meta.get("description") or config.site_description
        return Lien(page.title or "", adresse or page.url, description or "")

    sections: dict[str, list[Lien]] = {}
    for element in navigation.items:
        pages = element.children if isinstance(element, Section) else [element]
        sections[element.title or ""] = [lien(page) for page in pages if isinstance(page, Page)]
    return composer(config.site_name, config.site_description or "", sections)
