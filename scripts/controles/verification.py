"""Les contrôles rapides, sans modèle : rien sur le site qui ne vienne d'un fichier qui a tourné.

Les préalables passent d'abord, dans l'ordre : le premier qui trouve quelque chose arrête tout, car
les autres contrôles supposent des fichiers lisibles et de la bonne forme.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from scripts.controles import des_pages, reglages
from scripts.controles.blocs import code_des_pages
from scripts.controles.conclusions import exemptions_de_conclusion_utiles
from scripts.controles.des_pages import pages_rendues, snippets_montres
from scripts.controles.des_tests import snippets_testes
from scripts.controles.du_registre import (
    carnets_a_jour,
    diagrammes_a_jour,
    enregistrements_a_jour,
    essais_a_jour,
    lanceur_atteste,
    registre_conforme,
    sorties_orphelines,
)
from scripts.controles.exemptions import exemptions_utiles
from scripts.controles.formes import (
    carnets_conformes,
    conditions_des_phrases,
    contributions_conformes,
    exemptions_conformes,
    extensions_chargees,
    fragments_calculables,
    mkdocs_conforme,
    phrases_conformes,
)
from scripts.controles.inclusions import inclusions_bien_placees, inclusions_valides
from scripts.controles.liens import liens_internes
from scripts.controles.lisibilite import fichiers_lisibles
from scripts.controles.longueur import longueurs_tenues
from scripts.controles.phrases import phrases_calculees, phrases_declarees, phrases_incluses
from scripts.controles.premier_modele import defauts_montres
from scripts.controles.probleme import Probleme
from scripts.controles.reperes import reperes_oublies
from scripts.controles.requis import declarations_conformes, fichiers_requis, verrous_entiers
from scripts.controles.reunis import fichiers_reunis_justes
from scripts.controles.sorties import sorties_sous_leur_programme
from scripts.experience.resultats import MODULE, RESULTATS
from scripts.lecons import catalogue, marqueurs, pages, syntaxe
from scripts.publication.module_9 import phrases
from scripts.socle import chemins, memoire, pannes, sans_changement
from scripts.socle.chemins import relatif
from scripts.socle.erreurs import ErreurCours

Controle = Callable[[], Iterator[Probleme]]


def _si_change(controle: Controle, lus: Callable[[], Iterable[Path]]) -> Controle:
    """Le même contrôle, passé seulement si un fichier qu'il lit a changé depuis un succès."""
    nom = controle.__name__

    def avec_memoire() -> Iterator[Probleme]:
        cle = memoire.empreinte_des_fichiers([Path(nom), *lus()])
        if sans_changement.reussis(nom, cle):
            return
        problemes = list(controle())
        if not problemes:
            sans_changement.retenir(nom, cle)
        yield from problemes

    avec_memoire.__name__, avec_memoire.__doc__ = nom, controle.__doc__
    return avec_memoire


def _du_reglage() -> Iterator[Path]:
    yield reglages.fichier()


def _du_registre() -> Iterator[Path]:
    yield from (chemins.REGISTRE, chemins.SCHEMA_REGISTRE)


def _des_carnets() -> Iterator[Path]:
    yield chemins.REGISTRE
    yield from sorted(chemins.DOCS.rglob("*.ipynb"))
    yield from sorted(chemins.DOCS.rglob("*.html"))
    yield from (chemins.SNIPPETS / nom for nom in catalogue.carnets_du_cours())


def _des_conclusions() -> Iterator[Path]:
    yield chemins.EXEMPTIONS
    yield from pages.toutes()


def _du_module_9() -> Iterator[Path]:
    yield from (phrases.PHRASES, RESULTATS, MODULE / "donnees" / "faits_orvelune.toml")


def registre_entier() -> Iterator[Probleme]:
    """Le registre suit son schéma, et ce schéma en est un."""
    if chemins.REGISTRE.is_file():
        contenu = json.loads(chemins.REGISTRE.read_text(encoding="utf-8"))
        if not isinstance(contenu, dict) or "snippets" not in contenu:
            yield Probleme(
                relatif(chemins.REGISTRE), "ce n'est pas un registre", pannes.REMEDE_DE_GIT
            )
            return
    try:
        yield from registre_conforme()
    except ErreurCours as erreur:
        yield Probleme(relatif(chemins.REGISTRE), "ce registre ne se lit pas", str(erreur))
    except Exception as erreur:  # jsonschema échoue de bien des façons sur un schéma abîmé
        yield Probleme(
            relatif(chemins.SCHEMA_REGISTRE),
            f"ce schéma ne sert pas à contrôler le registre ({type(erreur).__name__})",
            "Reprenez la version de git.",
        )


# Dans l'ordre ; le premier qui trouve quelque chose arrête la vérification.
PREALABLES: tuple[Controle, ...] = (
    fichiers_requis,
    fichiers_lisibles,
    declarations_conformes,
    verrous_entiers,
    exemptions_conformes,
    mkdocs_conforme,
    _si_change(extensions_chargees, _du_reglage),
    carnets_conformes,
    phrases_conformes,
    contributions_conformes,
    _si_change(registre_entier, _du_registre),
    _si_change(conditions_des_phrases, _du_module_9),
    phrases_declarees,
    fragments_calculables,
)
SUITE: tuple[Controle, ...] = (
    lanceur_atteste,
    enregistrements_a_jour,
    essais_a_jour,
    pages_rendues,
    snippets_montres,
    snippets_testes,
    fichiers_reunis_justes,
    longueurs_tenues,
    defauts_montres,
    sorties_orphelines,
    inclusions_valides,
    inclusions_bien_placees,
    sorties_sous_leur_programme,
    code_des_pages,
    exemptions_utiles,
    _si_change(exemptions_de_conclusion_utiles, _des_conclusions),
    phrases_calculees,
    phrases_incluses,
    reperes_oublies,
    liens_internes,
    _si_change(carnets_a_jour, _des_carnets),
    diagrammes_a_jour,
)
CONTROLES: tuple[Controle, ...] = (*PREALABLES, *SUITE)


def verifier() -> list[Probleme]:
    """Tous les problèmes trouvés, contrôle par contrôle ; ceux du premier préalable qui échoue."""
    des_pages.oublier()
    for prealable in PREALABLES:
        if problemes := list(prealable()):
            return problemes
    problemes = [probleme for controle in SUITE for probleme in controle()]
    for souvenirs in (syntaxe.ARBRES, marqueurs.ESSAIS):
        souvenirs.garder()
    return problemes
