"""Chaque contrôle rapide échoue sur un dépôt abîmé, en nommant le fichier et le remède."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil

import jupytext
import pytest

from scripts.controles import du_registre, formes, lisibilite, requis
from scripts.controles.probleme import Probleme
from scripts.controles.verification import verifier
from scripts.lecons import carnets, catalogue, modeles, registre
from scripts.lecons.modeles import MODELE_PAR_DEFAUT
from scripts.publication import fragments
from scripts.socle import chemins, fichiers
from scripts.socle.erreurs import FichierInvalide
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
    contenu["snippets"][SNIPPET][MODELE_PAR_DEFAUT]["duree_s"] = "vite"  # type: ignore[typeddict-item]
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
    contenu["snippets"][nom][MODELE_PAR_DEFAUT]["carnet"] = {
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


# --- Ce qui manque, ou ne se lit pas : un seul problème, qui nomme le vrai coupable ---


@pytest.fixture
def vrai_depot(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """Le dépôt d'essai, où rien de requis ne manque, pris pour celui du cours."""
    monkeypatch.setattr(chemins, "RACINE_DU_CODE", depot.racine)
    for nom in requis.REQUIS:
        if not (depot.racine / nom).exists():
            depot.ecrire(nom, "")
    return depot


def test_tout_ce_qui_est_requis_est_dans_le_depot() -> None:
    absents = [nom for nom in requis.REQUIS if not (chemins.RACINE_DU_CODE / nom).is_file()]
    assert absents == []


@pytest.mark.parametrize("nom", requis.REQUIS)
def test_fichier_requis(vrai_depot: Depot, nom: str) -> None:
    assert list(requis.fichiers_requis()) == []
    fichier = vrai_depot.racine / nom
    fichier.unlink()
    manque = seul_probleme(vrai_depot)
    assert (manque.fichier, manque.constat) == (nom, "ce fichier manque")
    assert manque.remede == "Reprenez la version de git."
    fichier.mkdir()
    assert seul_probleme(vrai_depot).constat == "un dossier est à sa place"


@pytest.mark.parametrize("dossier", ["docs", "snippets"])
def test_dossier_requis(depot: Depot, monkeypatch: pytest.MonkeyPatch, dossier: str) -> None:
    shutil.rmtree(depot.racine / dossier)
    probleme = seul_probleme(depot)
    assert probleme.fichier == str(depot.racine) and "COURS_RACINE" in probleme.remede
    monkeypatch.setattr(chemins, "RACINE_DU_CODE", depot.racine)
    assert seul_probleme(depot).fichier == f"{dossier}/"


MODELE = "[[modele]]\nnom = 'a'\ndescription = 'b'\nlicence = 'MIT'\ntaille_mo = 1\n"


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        (None, "il est introuvable"),
        ("[[", "n'est pas du TOML"),
        ("", "aucun [[modele]]"),
        ("modele = 3\n", "aucun [[modele]]"),
        ("modele = [3]\n", "numéro 1 n'est pas une table"),
        (MODELE + "couleur = 'd'\n", "a une clé inconnue, « couleur »"),
        (MODELE.replace("taille_mo = 1", ""), "n'a pas de clé « taille_mo »"),
        (MODELE.replace("= 1", "= '1'"), "« taille_mo » qui n'est pas un entier"),
        (MODELE.replace("'MIT'", "3"), "« licence » qui n'est pas un texte"),
        (MODELE + MODELE, "ont le même nom"),
    ],
)
def test_modeles_mal_declares(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, texte: str | None, attendu: str
) -> None:
    nom = "scripts/lecons/modeles.toml"
    monkeypatch.setattr(modeles, "DECLARATION", depot.racine / nom)
    if texte is not None:
        depot.ecrire(nom, texte)
    with pytest.raises(FichierInvalide, match=f"^{nom} : .*{re.escape(attendu)}"):
        modeles.declares()
    assert seul_probleme(depot).fichier.split(":")[0] == nom


@pytest.mark.parametrize(
    ("nom", "texte"),
    [
        ("scripts/execution/lanceur.toml", ""),
        ("scripts/execution/lanceur.toml", "version = 'x'\n[code]\n"),
        ("scripts/execution/lanceur.toml", "version = 1\ncode = 3\n"),
        ("snippets/executions.json", "[]"),
        ("snippets/executions.json", '{"a": 1}'),
        ("snippets/executions.json", '{"a": {"b": {"date": 3}}}'),
        ("snippets/registre.json", "{}"),
        ("snippets/registre.json", "null"),
        ("snippets/registre.schema.json", "{}"),
        ("snippets/registre.schema.json", "[]"),
        ("snippets/registre.schema.json", '{"required": ["snippets"]}'),
    ],
)
def test_declaration_d_une_autre_forme(depot: Depot, nom: str, texte: str) -> None:
    depot.ecrire(nom, texte)
    probleme = seul_probleme(depot)
    assert probleme.fichier == nom
    assert "Reprenez la version de git" in probleme.remede


@pytest.mark.parametrize(
    ("pyproject", "manque"),
    [
        ('dev = ["ollama", "pypdf"]\n', "pypdf"),
        ('site = ["types_PyYAML<9"]\ndev = [{include-group = "site"}]\n', "types-pyyaml"),
        ('dev = ["a", "b", "c", "d; sys_platform == \'linux\'"]\n', "a, b, c, …"),
    ],
)
def test_verrou_tronque(depot: Depot, pyproject: str, manque: str) -> None:
    depot.ecrire("pyproject.toml", f"[dependency-groups]\n{pyproject}")
    probleme = seul_probleme(depot)
    assert probleme.fichier == "verrous/dev.txt"
    assert f"({manque})" in probleme.constat


@pytest.mark.parametrize(
    ("extension", "nom"),
    [
        ("  - abbrr\n", "abbrr"),
        ("  - toc:\n      permalien: true\n", "toc"),
        ("  - pymdownx.emoji:\n      emoji_index: !!python/name:absent.truc\n", "pymdownx.emoji"),
        ("  - pymdownx.emoji:\n      emoji_index: !!python/name:material.rien\n", "pymdownx.emoji"),
    ],
)
def test_extension_qui_ne_se_charge_pas(depot: Depot, extension: str, nom: str) -> None:
    """C'est mkdocs.yml que l'on accuse, une fois, et non chaque page."""
    depot.ecrire("mkdocs.yml", f"markdown_extensions:\n{extension}")
    probleme = seul_probleme(depot)
    assert probleme.fichier == "mkdocs.yml"
    assert f"l'extension « {nom} » ne se charge pas" in probleme.constat


@pytest.mark.parametrize("source", sorted(formes.SOURCES_DES_FRAGMENTS))
def test_fragment_qui_accuse_sa_source(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Quand un fragment ne se calcule pas, c'est le fichier qui ne se lit pas que l'on nomme."""

    def tomber(*_: object) -> None:
        raise ValueError("list index out of range")

    monkeypatch.setattr(fragments, "generer", tomber)
    sources = {nom: (tomber if nom == source else dict) for nom in formes.SOURCES_DES_FRAGMENTS}
    monkeypatch.setattr(formes, "SOURCES_DES_FRAGMENTS", sources)
    probleme = seul_probleme(depot)
    assert probleme.fichier == source
    assert "out of range" not in str(probleme)


def test_les_sources_des_fragments_se_lisent() -> None:
    """Chacune est un fichier du cours, que sa lecture comprend."""
    for nom, lecture in formes.SOURCES_DES_FRAGMENTS.items():
        assert (chemins.RACINE_DU_CODE / nom).is_file(), nom
        lecture()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_genere_que_le_disque_refuse(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuser(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), str(depot.racine / "genere" / "verification.md"))

    monkeypatch.setattr(fragments, "generer", refuser)
    probleme = seul_probleme(depot)
    assert probleme.fichier == "genere/verification.md"
    assert os.strerror(code) not in str(probleme) and "relancez" in probleme.remede


def test_un_carnet_illisible_n_accuse_que_lui(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publier_le_carnet(depot)

    def echouer(nom: str) -> str | None:
        if nom == "module_4_essai/carnet_essai.py":
            raise UnicodeError("x")
        return None

    depot.ecrire(f"snippets/{MODULE}/carnet_autre.py", "# %%\n1\n")
    monkeypatch.setattr(carnets, "desaccord", echouer)
    monkeypatch.setattr(carnets, "page_perimee", lambda _: None)
    accuses = [probleme.fichier for probleme in du_registre.carnets_a_jour()]
    assert accuses == [CARNET]


@pytest.mark.parametrize(
    ("exemption", "attendu"),
    [
        ("[[bloc]]\npage = 'docs/jour-2/4_essai.md'\ncontenu = 'ollama pull essai'", "répète une"),
        (f"[[ligne]]\nsnippet = '{MODULE}/09_absent.py'\ntexte = 'x'", "n'existe pas"),
    ],
)
def test_exemption_de_trop(depot: Depot, exemption: str, attendu: str) -> None:
    deja = depot.lire("snippets/exemptions.toml")
    depot.ecrire("snippets/exemptions.toml", f"{deja}\n{exemption}\nraison = 'autre'\n")
    probleme = seul_probleme(depot)
    assert probleme.fichier == "snippets/exemptions.toml"
    assert attendu in probleme.constat and probleme.remede == "Retirez-la de la liste."


def test_sans_les_exemptions_personne_n_est_accuse(depot: Depot) -> None:
    """Le remède proposé abîmerait un fichier fait pour être mal lu."""
    depot.ecrire("snippets/donnees/mauvais.jsonl", "{\n")
    depot.ecrire("snippets/exemptions.toml", "[[illisible]\n")
    assert seul_probleme(depot).fichier == "snippets/exemptions.toml:1"


# --- Les octets, et les formats ---

UTF_16 = "# Été\n".encode("utf-16-le")
OCTETS: dict[str, tuple[str, bytes, str, str]] = {
    **{
        f"UTF-16 en {nom}": (nom, UTF_16, "UTF-8", "Enregistrez-le en UTF-8.")
        for nom in (
            *("docs/a.md", "docs/a.txt", "docs/a.html", "docs/a.svg", "snippets/a.sh"),
            *("overrides/a.html", "npm/lint/package.json", "package-lock.json", "Makefile"),
            *("LICENSE", "LICENSE-TEXTES", ".gitattributes", "tests/outils/test_a.py"),
        )
    },
    "octet nul": ("docs/a.md", b"# A\n\nb\0\n", "octet nul", "Enregistrez-le en UTF-8."),
    **{
        f"BOM en {nom}": (nom, b"\xef\xbb\xbf" + octets, "BOM", "Enregistrez-le en UTF-8 sans BOM.")
        for nom, octets in {
            "snippets/a.toml": b"a = 1\n",
            "snippets/a.json": b"{}\n",
            "snippets/a.jsonl": b"{}\n",
            "docs/a.ipynb": b"{}\n",
            f"{requis.MODULE_9}/contributions/contributions.csv": b"a,b\n",
        }.items()
    },
    "SVG vide": ("docs/a.svg", b"", "XML", "git"),
    "SVG tronqué": ("docs/a.svg", b"<svg><g>", "XML", "git"),
    "npm": ("npm/lint/package.json", b"{", "JSON", "git"),
    "test": ("tests/outils/test_a.py", b"def (", "Python", "git"),
    "CSV à points-virgules": ("snippets/a.csv", b"a;b\n1;2;3\n", "3 valeurs pour 2 col", "git"),
    "CSV à tabulations": ("snippets/a.csv", b"a\tb\n1\n", "1 valeur pour 2 colonnes", "git"),
    "dossier": ("docs/a.txt/b", b"", "c'est un dossier", "git"),
}


@pytest.mark.parametrize(("nom", "octets", "constat", "remede"), OCTETS.values(), ids=OCTETS)
def test_octets_refuses(depot: Depot, nom: str, octets: bytes, constat: str, remede: str) -> None:
    depot.ecrire(nom, "")
    (depot.racine / nom).write_bytes(octets)
    probleme = seul_probleme(depot)
    assert probleme.fichier.split(":")[0] == nom.removesuffix("/b")
    assert constat in probleme.constat and remede in probleme.remede


@pytest.mark.parametrize(
    "octets",
    [
        b'\xef\xbb\xbf"Nom, prenom";"Adresse (rue, ville)";Age\n"Dupre, Ana";"3, rue du Lac";41\n',
        b"a;b\n1,5;2,5\n",
        b"a\n1\n",
        b"",
    ],
)
def test_csv_accepte(octets: bytes) -> None:
    lisibilite.lire("snippets/a.csv", octets)
