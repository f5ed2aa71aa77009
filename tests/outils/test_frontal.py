"""Les paquets npm : chacun pour son usage, figés, et la seule copie de l'un d'eux fidèle."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from scripts.outillage import frontal
from scripts.socle.chemins import RACINE
from scripts.socle.erreurs import ErreurCours

IFRAME_WORKER = RACINE / "overrides" / "assets" / "javascripts" / "iframe-worker.js"


class Npm:
    """À la place de `npm ci` : n'installe rien, note les usages demandés."""

    def __init__(self) -> None:
        self.passages: list[list[str]] = []
        self.panne = False

    def __call__(self, commande: list[object], *, si_echec: str, cwd: Path, **_: object) -> str:
        """Lève `ErreurCours` si l'on a demandé une panne."""
        programme, ci, *usages = map(str, commande)
        assert (Path(programme).name, ci, cwd) == ("npm", "ci", RACINE)
        if self.panne:
            raise ErreurCours(si_echec)
        self.passages.append([usage.removeprefix("--workspace=npm/") for usage in usages])
        return ""


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Npm:
    """Aucun paquet npm installé, et un npm d'essai."""
    essai = Npm()
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(frontal, "VERROU", tmp_path / "package-lock.json")
    monkeypatch.setattr(frontal, "TEMOIN", tmp_path / "node_modules" / ".installe")
    monkeypatch.setattr(frontal, "lancer", essai)
    return essai


def test_chaque_usage_n_installe_que_ses_paquets(npm: Npm) -> None:
    frontal.installer("lint")
    frontal.installer("lint")
    assert npm.passages == [["lint"]]


def test_un_usage_de_plus_garde_les_autres(npm: Npm) -> None:
    frontal.installer("tests")
    frontal.installer("diagrammes")
    frontal.installer("tests", "diagrammes")
    assert npm.passages == [["tests"], ["diagrammes", "tests"]]


def test_un_autre_verrou_se_reinstalle(npm: Npm) -> None:
    frontal.installer("lint", "tests")
    frontal.VERROU.write_text('{"name": "autre"}', encoding="utf-8")
    frontal.installer("lint")
    assert npm.passages == [["lint", "tests"], ["lint"]]


def test_une_panne_ne_laisse_rien_croire(npm: Npm) -> None:
    frontal.installer("lint")
    npm.panne = True
    with pytest.raises(ErreurCours, match="vérifiez la connexion"):
        frontal.installer("tests")
    npm.panne = False
    frontal.installer("lint")
    assert npm.passages == [["lint"], ["lint"]]


@pytest.mark.parametrize(
    ("copie", "original"),
    [(IFRAME_WORKER, "shim/index.js"), (IFRAME_WORKER.with_suffix(".LICENSE.txt"), "LICENSE")],
)
def test_iframe_worker_copie_tel_quel(copie: Path, original: str) -> None:
    """Le site ne demande pas npm pour un fichier ; celui qu'il a est bien celui du paquet."""
    assert copie.read_bytes() == (frontal.NODE_MODULES / "iframe-worker" / original).read_bytes()


def test_version_d_iframe_worker_nommee() -> None:
    [version] = [
        declaration["dependencies"]["iframe-worker"]
        for declaration in declarations().values()
        if "iframe-worker" in declaration["dependencies"]
    ]
    gabarit = (RACINE / "overrides" / "main.html").read_text(encoding="utf-8")
    assert f"iframe-worker {version}" in gabarit


def declarations() -> dict[str, dict[str, Any]]:
    """Usage -> le `package.json` de ses paquets."""
    return {
        fichier.parent.name: json.loads(fichier.read_text(encoding="utf-8"))
        for fichier in sorted((RACINE / "npm").glob("*/package.json"))
    }


def paquets() -> dict[str, dict[str, Any]]:
    """Les paquets du verrou, sans la racine ni les usages du dépôt."""
    verrou = json.loads((RACINE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {
        nom: paquet
        for nom, paquet in verrou.items()
        if nom.startswith("node_modules/") and not paquet.get("link")
    }


def test_un_dossier_par_usage() -> None:
    assert declarations().keys() == set(get_args(frontal.Usage))


def test_versions_exactes() -> None:
    versions = {
        nom: version
        for declaration in declarations().values()
        for nom, version in declaration["dependencies"].items()
    }
    assert len(versions) >= len(declarations())
    assert not [v for v in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)]
    assert versions.items() <= {
        (nom.removeprefix("node_modules/"), paquet["version"]) for nom, paquet in paquets().items()
    }


def test_verrou_sans_adresse() -> None:
    assert len(paquets()) > 100
    assert not [nom for nom, paquet in paquets().items() if "resolved" in paquet]
    assert not [nom for nom, paquet in paquets().items() if "integrity" not in paquet]


def test_aucune_dependance_flottante() -> None:
    """Une dépendance « latest » rendrait le verrou faux à la publication suivante : on la fixe."""
    racine = json.loads((RACINE / "package.json").read_text(encoding="utf-8"))
    flottantes = {
        nom
        for paquet in paquets().values()
        for nom, version in paquet.get("dependencies", {}).items()
        if re.fullmatch("[a-z]+", version)
    }
    assert flottantes == set(racine["overrides"])
