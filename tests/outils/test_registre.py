"""Le registre suit ses types, et deux programmes qui font la même chose ont la même empreinte."""

from __future__ import annotations

import json

import jsonschema
import pytest
from packaging import markers

from scripts.enregistrement import schema
from scripts.execution import lanceur
from scripts.lecons import cle, registre, syntaxe
from scripts.socle import chemins
from tests.outils.depot_essai import SNIPPET, Depot


def test_le_schema_est_celui_des_types() -> None:
    connu = chemins.SCHEMA_REGISTRE.read_text(encoding="utf-8")
    assert connu == schema.texte(), "lancez « .venv/bin/python -m scripts schema »"


@pytest.mark.parametrize("champ", ["cle", "preuve", "sortie", "machine", "date"])
def test_un_champ_manquant_ou_inconnu_est_refuse(depot: Depot, champ: str) -> None:
    validateur = jsonschema.Draft202012Validator(schema.schema())
    contenu = json.loads(depot.lire("snippets/registre.json"))
    assert list(validateur.iter_errors(contenu)) == []
    entree = contenu["snippets"][SNIPPET]["smollm2:135m"]
    entree["inconnu"] = 1
    assert list(validateur.iter_errors(contenu))
    del entree["inconnu"], entree[champ]
    assert list(validateur.iter_errors(contenu))


def test_un_lot_de_paquets_qui_ne_sert_plus_est_oublie(depot: Depot) -> None:
    connu = registre.lire()
    registre.nommer_un_lot(connu, {"inutile": "1.0"})
    registre.ecrire(connu)
    assert list(registre.lire()["paquets"].values()) == [{"ollama": "0.6.3"}]


@pytest.mark.parametrize(
    ("nom", "taille", "garde"),
    [
        ("journal.json", 1000, True),
        ("donnees/json/test.jsonl", 900_000, True),
        ("adaptateurs/json/tokenizer.json", 3_500_000, False),
        ("json.gguf", 100_000_000, False),
    ],
)
def test_ce_que_l_on_garde_de_l_atelier(nom: str, taille: int, garde: bool) -> None:
    assert registre.garde(nom, taille) == garde


@pytest.mark.parametrize(
    ("un", "autre", "pareils"),
    [
        ("x = 1  # un", "# autre\nx = 1", True),
        ("x = 'a'", 'x = "a"', True),
        ("x = (1,\n  2)", "x = (1, 2)", True),
        ("x = 1", "x = 2", False),
        ("f(a, b=1)", "f(a, b=2)", False),
        ("def f(x): return x", "def f(x):\n    'Doc.'\n    return x", True),
        ("def f(x):\n    'Doc.'\n    return x\ng(f)", "def f(x): return x\ng(f)", False),
    ],
)
def test_deux_programmes_qui_font_la_meme_chose(un: str, autre: str, pareils: bool) -> None:
    assert (syntaxe.arbre_nu(un) == syntaxe.arbre_nu(autre)) == pareils


@pytest.mark.parametrize(
    ("un", "autre", "pareils"),
    [
        ("echo a # fin\n\n", "echo a\n", True),
        ("echo 'a # b'\n", "echo 'a  # b'\n", False),
        ('echo "a # b"\n', 'echo "a"\n', False),
        ("cat <<FIN\n# a\nFIN\n", "cat <<FIN\nFIN\n", False),
        ("cat <<-'FIN'\n\ta # b\n\tFIN\n# c\n", "cat <<-'FIN'\n\ta # b\n\tFIN\n", True),
        ("echo $#\n", "echo $\n", False),
        ("echo ${a#b}\n", "echo ${a}\n", False),
        ("echo \\' # fin\n", "echo \\'\n", True),
        ("echo 'a\n# b'\n", "echo 'a\n'\n", False),
    ],
)
def test_deux_scripts_qui_font_la_meme_chose(un: str, autre: str, pareils: bool) -> None:
    assert (syntaxe.shell_nu(un) == syntaxe.shell_nu(autre)) == pareils


@pytest.mark.parametrize(
    "ailleurs",
    [
        {"python_version": "3.13", "python_full_version": "3.13.1"},
        {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    ],
)
def test_un_autre_python_ou_un_autre_systeme_ne_perime_rien(
    monkeypatch: pytest.MonkeyPatch, ailleurs: dict[str, str]
) -> None:
    """Les paquets se comparent au verrou de la machine qui a enregistré, pas de celle-ci."""
    ici = markers.default_environment()
    monkeypatch.setattr(markers, "default_environment", lambda: {**ici, **ailleurs})
    monkeypatch.setattr(cle, "_VERROUS", {})
    contexte = lanceur.contexte(registre.lire())
    assert contexte.registre["essais"]
    for essai in contexte.registre["essais"].values():
        assert [r for r in cle.raisons_de_l_essai(essai, "", contexte) if "paquet" in r] == []
    for nom, par_modele in contexte.registre["snippets"].items():
        for modele, entree in par_modele.items():
            perime = cle.raisons(nom, modele, entree, contexte)
            assert [raison for raison in perime if "paquet" in raison] == []
