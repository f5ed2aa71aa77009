"""Chaque contrôle rapide échoue sur un dépôt abîmé, en nommant le fichier et le remède."""

from __future__ import annotations

import json

import jupytext

from scripts.controles.probleme import Probleme
from scripts.controles.verification import verifier
from scripts.lecons import carnets, catalogue, registre
from scripts.socle import chemins, fichiers
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

PAGE = "docs/jour-2/4_essai.md"
CARNET = f"snippets/{MODULE}/carnet_essai.py"


def seul_probleme(depot: Depot) -> Probleme:
    """Le problème du dépôt, qui doit être unique."""
    problemes = verifier()
    assert len(problemes) == 1, "\n".join(map(str, problemes))
    assert problemes[0].remede.endswith(".")
    return problemes[0]


def test_depot_sain(depot: Depot) -> None:
    assert verifier() == []


def test_un_mot_change_dans_un_snippet(depot: Depot) -> None:
    depot.remplacer(f"snippets/{SNIPPET}", "Bonjour", "Bonsoir")
    probleme = seul_probleme(depot)
    assert probleme.fichier == f"snippets/{SNIPPET}"
    assert "son code a changé" in probleme.constat
    assert "make enregistrer" in probleme.remede


def test_donnees_changees(depot: Depot) -> None:
    depot.ecrire("snippets/donnees/noms.json", '"Grace"\n')
    probleme = seul_probleme(depot)
    assert "donnees/noms.json" in probleme.constat


def test_paquet_change(depot: Depot) -> None:
    depot.remplacer(f"snippets/{SNIPPET}", "import json", "import json\nimport ollama")
    depot.enregistrer()
    assert verifier() == []
    depot.remplacer("verrous/dev.txt", "ollama==0.6.3", "ollama==0.7.0")
    assert "ollama est passé de 0.6.3 à 0.7.0" in seul_probleme(depot).constat


def test_sortie_modifiee_a_la_main(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/sorties/01_bonjour.txt", "Bonjour le monde\n")
    assert "sorties/01_bonjour.txt" in seul_probleme(depot).constat


def test_figure_modifiee_a_la_main(depot: Depot) -> None:
    depot.enregistrer(figures={"essai-clair.svg": b"<svg/>"})
    figure = f"docs/assets/figures/{MODULE}/essai-clair.svg"
    assert verifier() == []
    depot.ecrire(figure, "<svg>autre chose</svg>")
    assert "sa figure a été modifiée ou supprimée" in seul_probleme(depot).constat


def test_figure_orpheline(depot: Depot) -> None:
    depot.ecrire(f"docs/assets/figures/{MODULE}/perdue.svg", "<svg/>")
    assert "cette figure ne correspond à aucun enregistrement" in seul_probleme(depot).constat


def test_snippet_jamais_enregistre(depot: Depot) -> None:
    depot.ecrire("snippets/registre.json", '{"snippets": {}, "diagrammes": {}}')
    constats = [str(probleme) for probleme in verifier()]
    assert any("jamais été enregistré" in constat for constat in constats)


def test_snippet_sans_test(depot: Depot) -> None:
    depot.ecrire(f"tests/lecons/test_{MODULE}.py", "")
    probleme = seul_probleme(depot)
    assert "aucun test" in probleme.constat
    assert f"tests/lecons/test_{MODULE}.py" in probleme.remede


def test_test_sans_snippet(depot: Depot) -> None:
    depot.remplacer(f"tests/lecons/test_{MODULE}.py", "01_bonjour", "02_absent")
    fichiers = {probleme.fichier for probleme in verifier()}
    assert fichiers == {f"tests/lecons/test_{MODULE}.py", f"snippets/{SNIPPET}"}


def test_sortie_orpheline(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/sorties/09_oubliee.txt", "?\n")
    assert seul_probleme(depot).fichier == f"snippets/{MODULE}/sorties/09_oubliee.txt"


def test_enregistrement_sans_snippet(depot: Depot) -> None:
    contenu = registre.lire()
    contenu["snippets"][f"{MODULE}/09_efface.py"] = contenu["snippets"][SNIPPET]
    registre.ecrire(contenu)
    assert "n'existe plus" in seul_probleme(depot).constat


def test_registre_hors_schema(depot: Depot) -> None:
    contenu = registre.lire()
    contenu["snippets"][SNIPPET]["smollm2:135m"]["duree_s"] = "vite"  # type: ignore[typeddict-item]
    registre.ecrire(contenu)
    probleme = seul_probleme(depot)
    assert probleme.fichier == "snippets/registre.json"
    assert "duree_s" in probleme.constat


def test_registre_d_un_autre_format(depot: Depot) -> None:
    depot.remplacer("snippets/registre.json", '"version": 2', '"version": 3')
    probleme = seul_probleme(depot)
    assert probleme.fichier == "snippets/registre.json"
    assert "est au format 3, et ces outils lisent le 2" in probleme.remede


def _publier_le_carnet(depot: Depot) -> None:
    """Ajoute au dépôt d'essai un carnet publié et enregistré."""
    nom = f"{MODULE}/carnet_essai.py"
    depot.ecrire(CARNET, '# %% [markdown]\n# # Carnet\n\n# %%\nprint("mesure")\n')
    test = depot.lire(f"tests/lecons/test_{MODULE}.py")
    depot.ecrire(f"tests/lecons/test_{MODULE}.py", f'{test}\n\npytest.mark.snippet("{nom}")\n')
    jupytext.write(jupytext.read(depot.racine / CARNET), catalogue.destination(nom))
    depot.enregistrer(nom)
    publie = catalogue.destination(nom)
    carnets.ecrire_la_page(publie)
    contenu = registre.lire()
    contenu["snippets"][nom]["smollm2:135m"]["carnet"] = {
        "fichier": chemins.relatif(publie),
        "sha256": fichiers.empreinte(publie),
    }
    registre.ecrire(contenu)


def test_carnet_a_jour(depot: Depot) -> None:
    _publier_le_carnet(depot)
    assert verifier() == []


def test_carnet_different_de_sa_source(depot: Depot) -> None:
    _publier_le_carnet(depot)
    depot.remplacer(CARNET, "mesure", "autre mesure")
    constats = {probleme.fichier: probleme.constat for probleme in verifier()}
    assert "ne sont plus celles de sa source" in constats["docs/jour-2/4_carnet_essai.ipynb"]


def test_carnet_sans_source(depot: Depot) -> None:
    depot.ecrire("docs/jour-2/4_intrus.ipynb", json.dumps({"cells": []}))
    assert seul_probleme(depot).fichier == "docs/jour-2/4_intrus.ipynb"


def test_diagramme_change(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/diagrammes/flux.mmd", "flowchart LR\n  a --> b\n")
    probleme = seul_probleme(depot)
    assert probleme.fichier == f"snippets/{MODULE}/diagrammes/flux.mmd"
    assert "dessiné" in probleme.constat
