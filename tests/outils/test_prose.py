"""La prose extraite d'une page ou d'un programme : le français, rien d'autre, à la bonne ligne."""

from __future__ import annotations

import re

import pytest

from scripts.controles import prose
from scripts.socle import chemins
from tests.outils.depot_essai import MODULE, Depot

PAGE = "docs/jour-2/4_essai.md"


def lignes(depot: Depot, nom: str) -> dict[int, str]:
    """Numéro -> texte des lignes de prose du fichier `nom`."""
    fichier = depot.racine / nom
    du_fichier = prose.du_python if nom.endswith(".py") else prose.du_markdown
    return {ligne.numero: ligne.texte for ligne in du_fichier(fichier)}


def test_une_page(depot: Depot) -> None:
    depot.ecrire(
        PAGE,
        "---\ntitle: Un titre\ntags:\n  - rag\n---\n\n# Essai\n\n```text\nune sortie\n```\n\n"
        '!!! tip "À noter"\n    Le texte.\n\n--8<-- "genere/x.md"\n\n'
        "| a | b |\n|:--|--:|\n| c | d |\n",
    )
    lues = lignes(depot, PAGE)
    assert [*lues] == [2, 7, 13, 14, 18, 20]
    assert (lues[2], lues[13], lues[14]) == ("Un titre", "À noter", "    Le texte.")


@pytest.mark.parametrize(
    "hors_prose",
    [
        "`code_en_ligne`",
        "``du `code` en ligne``",
        "[](page.md#ancre)",
        "<https://exemple.fr/motinconnu>",
        "https://exemple.fr/motinconnu",
        '<span class="motinconnu">',
        '<span lang="en">only supported words</span>',
        "<!-- motinconnu -->",
        "{ .motinconnu }",
        ":material-motinconnu:",
        "*Fine-Tuning or Retrieval? Comparing Knowledge*",
        "auteur@exemple.fr",
    ],
)
def test_ce_qui_est_masque(hors_prose: str) -> None:
    masque = prose.masquer(f"Voici {hors_prose} ici")
    assert len(masque) == len(f"Voici {hors_prose} ici")
    assert re.findall(r"\w+", masque) == ["Voici", "ici"]


def test_le_texte_d_un_lien_reste() -> None:
    assert prose.masquer("voir [le module 4](4_essai.md) et **ceci**").startswith(
        "voir [le module 4]" + prose.MASQUE
    )


def test_docstrings_et_messages(depot: Depot) -> None:
    depot.ecrire(
        "scripts/essai.py",
        '"""Une docstring avec `du_code`."""\n\n'
        'NOM = "une constante"\n\n\n'
        "def f(n: int) -> None:\n"
        '    """Une autre."""\n'
        '    raise ErreurCours(f"Il manque {n} fichiers.")\n',
    )
    lues = lignes(depot, "scripts/essai.py")
    assert [*lues] == [1, 7, 8]
    assert lues[8] == f"Il manque {prose.MASQUE} fichiers."


def test_un_carnet(depot: Depot) -> None:
    source = f"snippets/{MODULE}/carnet_essai.py"
    depot.ecrire(source, "# %% [markdown]\n# Une phrase.\n\n# %%\n# un commentaire\nprint(1)\n")
    lues = [*prose.du_carnet(depot.racine / source)]
    assert [(ligne.numero, ligne.texte) for ligne in lues] == [(2, "Une phrase.")]


def test_les_phrases_calculees(depot: Depot) -> None:
    toml = depot.racine / "snippets" / MODULE / "phrases.toml"
    depot.ecrire(
        f"snippets/{MODULE}/phrases.toml",
        "[valeurs.x]\nmotif = '(motinconnu)'\n[phrases.y]\ncompare = \"x > x\"\n"
        'prouve = "Il lit {x} tokens."  # note\nnon_prouve = \'Rien.\'\ncontraire="Non."\n',
    )
    lues = {ligne.numero: ligne.texte for ligne in prose.des_phrases(toml)}
    assert lues == {5: f"Il lit {prose.MASQUE * 3} tokens.", 6: "Rien.", 7: "Non."}


def test_tout_le_depot_est_lu() -> None:
    lus = {ligne.fichier for ligne in prose.toute()}
    pages = {chemins.relatif(page) for page in chemins.DOCS.rglob("*.md")}
    assert pages | {"README.md", "CONTRIBUTING.md", "scripts/__main__.py"} <= lus
