"""Les modèles : déclaration complète, téléchargement vérifié, refus des octets corrompus."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.lecons import modeles
from scripts.lecons.modeles import Modele
from scripts.ollama_prive import adresse, fabrique, mise_en_place
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

BONS_OCTETS = b"GGUF et la suite"


@pytest.fixture
def modele(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Modele:
    """Un modèle déclaré dont la roue contient `m.gguf`, dans un cache vide."""
    monkeypatch.setenv("COURS_CACHE", str(tmp_path / "cache"))
    empreinte = hashlib.sha256(BONS_OCTETS).hexdigest()
    return Modele("essai", "Essai", "MIT", 1, "essai==1", "0" * 64, "m.gguf", empreinte)


class Telechargement:
    """Donne une roue par appel, chacune avec les octets suivants de `contenus`."""

    def __init__(self, *contenus: bytes) -> None:
        self.contenus = list(contenus)

    def __call__(self, modele: Modele, dossier: Path) -> Path:
        roue = dossier / "essai.whl"
        with zipfile.ZipFile(roue, "w") as archive:
            archive.writestr("m.gguf", self.contenus.pop(0))
        return roue


def test_fichier_pris_dans_la_roue(modele: Modele) -> None:
    telechargement = Telechargement(BONS_OCTETS)
    fichier = fabrique.obtenir_fichier(modele, telechargement)
    assert fichier.read_bytes() == BONS_OCTETS
    assert fabrique.obtenir_fichier(modele, telechargement) == fichier  # sans rien retélécharger


def test_octets_corrompus_puis_bons(modele: Modele) -> None:
    telechargement = Telechargement(b"abime", BONS_OCTETS)
    assert fabrique.obtenir_fichier(modele, telechargement).read_bytes() == BONS_OCTETS


def test_octets_toujours_corrompus(modele: Modele, tmp_path: Path) -> None:
    with pytest.raises(ErreurCours, match=r"n'a pas l'empreinte attendue.*supprimé"):
        fabrique.obtenir_fichier(modele, Telechargement(b"abime", b"abime"))
    assert [f for f in (tmp_path / "cache").rglob("*") if f.is_file()] == []


def test_fichier_abime_dans_le_cache(modele: Modele) -> None:
    fichier = fabrique.obtenir_fichier(modele, Telechargement(BONS_OCTETS))
    fichier.write_bytes(b"abime")
    assert fabrique.obtenir_fichier(modele, Telechargement(BONS_OCTETS)) == fichier
    assert fichier.read_bytes() == BONS_OCTETS


def test_roue_qui_n_est_pas_une_archive(modele: Modele) -> None:
    def telecharger(_: Modele, dossier: Path) -> Path:
        roue = dossier / "essai.whl"
        roue.write_bytes(b"<html>")
        return roue

    with pytest.raises(ErreurCours, match="empreinte attendue"):
        fabrique.obtenir_fichier(modele, telecharger)


def test_roue_introuvable(modele: Modele, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ErreurCours, match="vérifiez la connexion à internet"):
        fabrique.obtenir_fichier(modele)


def test_modele_sans_roue(ollama_prive: Serveur) -> None:
    with pytest.raises(ErreurCours, match="--pull"):
        mise_en_place.installer(ollama_prive.adresse, "modele-inconnu")


def test_pull_impossible(ollama_prive: Serveur) -> None:
    with pytest.raises(ErreurCours, match="ollama pull 127"):
        mise_en_place.installer(ollama_prive.adresse, "127.0.0.1/x/y", par_pull=True)


def modeles_chez_moi(adresse: str) -> subprocess.CompletedProcess[str]:
    """Installe le modèle de référence dans l'Ollama de l'utilisateur, à cette adresse."""
    commande = [sys.executable, "-m", "scripts", "modeles", "--chez-moi"]
    return subprocess.run(
        [*commande, "--installer", "smollm2:135m", "--liste"],
        env={**os.environ, "OLLAMA_HOST": adresse},
        capture_output=True,
        text=True,
        cwd=chemins.RACINE,
        check=False,
    )


def test_installer_dans_l_ollama_de_l_utilisateur(ollama_prive: Serveur) -> None:
    """Le modèle va chez lui, sans démarrer d'autre serveur ; un Ollama éteint se dit."""
    fait = modeles_chez_moi(ollama_prive.adresse)
    assert fait.returncode == 0, fait.stderr
    assert re.search(r"smollm2:135m .* installé", fait.stdout)
    eteint = modeles_chez_moi("127.0.0.1:9")
    assert eteint.returncode != 0
    assert "Aucun Ollama ne répond à http://127.0.0.1:9" in " ".join(eteint.stderr.split())


def test_declarations_completes() -> None:
    declares = modeles.declares()
    assert {"smollm2:135m", "all-minilm", "cours-fr"} <= set(declares)
    for modele in declares.values():
        assert modele.licence
        assert modele.taille_mo > 0
        if modele.adaptateur:
            assert declares[modele.base].sha256
            assert (chemins.RACINE / modele.adaptateur / "README.md").is_file(), "sa fiche"
        if modele.roue:
            assert len(modele.roue_sha256) == 64
            assert len(modele.sha256) == (0 if modele.fabrique else 64)
            assert "==" in modele.roue


def test_etat_affiche(ollama_prive: Serveur, modele: Modele) -> None:
    presents = adresse.empreintes_des_modeles(ollama_prive.adresse)
    assert mise_en_place.etat(modeles.declares()["smollm2:135m"], presents)[1] == "installé"
    assert mise_en_place.etat(modele, {})[1] == "absent"
    fabrique.obtenir_fichier(modele, Telechargement(BONS_OCTETS))
    assert mise_en_place.etat(modele, {})[1] == "téléchargé"


def test_dossier_de_la_roue_converti_une_fois(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Seul le dossier déclaré sort de la roue ; la seconde fois, rien n'est refait."""
    monkeypatch.setenv("COURS_CACHE", str(tmp_path / "cache"))
    recus: list[list[str]] = []

    def telecharger(modele: Modele, dossier: Path) -> Path:
        roue = dossier / "essai.whl"
        with zipfile.ZipFile(roue, "w") as archive:
            archive.writestr("essai/modele/config.json", "{}")
            archive.writestr("essai/autre.py", "")
        return roue

    def convertir(arguments: list[Path], _: str) -> None:
        recus.append([chemin.name for chemin in arguments[0].parent.rglob("*") if chemin.is_file()])
        arguments[1].write_bytes(BONS_OCTETS)

    monkeypatch.setattr(fabrique, "telecharger_roue", telecharger)
    monkeypatch.setattr(fabrique, "_fusion", convertir)
    a_convertir = Modele("essai", "", "", 1, "essai==1", "0" * 64, "essai/modele/")
    premiere, seconde = (fabrique.fichier_gguf(a_convertir) for _ in range(2))
    assert premiere == seconde and premiere.read_bytes() == BONS_OCTETS
    assert recus == [["config.json"]]


def test_fusion_impossible(modele: Modele, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Un adaptateur illisible : une phrase, et rien dans le cache."""
    monkeypatch.setattr(chemins, "RACINE", tmp_path)
    monkeypatch.setattr(fabrique, "obtenir_fichier", lambda _: tmp_path / "absent.gguf")
    (tmp_path / "adaptateur").mkdir()
    (tmp_path / "adaptateur" / "adapter_model.safetensors").write_bytes(b"pas des poids")
    affine = Modele("essai", "", "", 1, base="smollm2:135m", adaptateur="adaptateur")
    with pytest.raises(ErreurCours, match="La conversion du modèle a échoué"):
        fabrique.fichier_fusionne(affine)
    assert not list(chemins.cache().glob("fichiers/essai-*"))
