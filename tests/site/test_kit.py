"""Le kit hors connexion : complet, sans rien de la machine, aux mêmes octets chaque fois."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from scripts.lecons import archives, modeles
from scripts.produits import kit
from scripts.socle import archives as socle_archives
from scripts.socle import fichiers
from scripts.socle.chemins import DOCS, DONNEES, SNIPPETS
from tests.site.site_local import Site, construire


def test_le_kit_est_complet(site: Site, archive: Path) -> None:
    with zipfile.ZipFile(archive) as contenu:
        assert contenu.testzip() is None
        noms = {nom.removeprefix("cours-llm-fr/") for nom in contenu.namelist()}
    assert {"LISEZ-MOI.txt", "LICENSE", "LICENSE-TEXTES", "site/llms.txt"} <= noms
    assert {f"site/{page}" for page in site.pages} <= noms
    assert "site/search/search_index.js" in noms
    assert {
        f"site/telechargements/{module.name}.zip" for module in SNIPPETS.glob("module_*")
    } <= noms
    donnees = (f for f in DONNEES.rglob("*") if f.is_file() and "citer_ou_refuser" not in f.parts)
    for fichier in [*SNIPPETS.glob("module_*/*.py"), *SNIPPETS.glob("module_*/*.sh"), *donnees]:
        assert f"programmes/{fichier.relative_to(SNIPPETS).as_posix()}" in noms
    assert {"licences-des-modeles/Apache-2.0.txt", "licences-des-modeles/NOTICE.txt"} <= noms
    for module in SNIPPETS.glob("module_*"):
        dossier = f"programmes/{module.name}"
        assert {f"{dossier}/LISEZ-MOI.txt", f"{dossier}/requirements.txt"} <= noms
        for exercice in module.glob("exercice_*.py"):
            assert f"{dossier}/solutions/{exercice.name}" in noms
    carnets = {PurePosixPath(n).name for n in noms if n.startswith("programmes/module_")}
    assert {carnet.name for carnet in DOCS.rglob("*.ipynb")} <= carnets


def test_le_kit_suit_les_regles_des_archives(archive: Path) -> None:
    """Mêmes programmes, sans repère ni exercice résolu ; la note nomme chaque modèle Apache."""
    attendus = archives.fichiers_des_lecons(*SNIPPETS.glob("module_*"))
    with zipfile.ZipFile(archive) as contenu:
        for nom, octets in attendus.items():
            assert contenu.read(f"cours-llm-fr/programmes/{nom}") == octets
        note = contenu.read("cours-llm-fr/licences-des-modeles/NOTICE.txt").decode("utf-8")
    for modele in modeles.declares().values():
        if modele.licence == "Apache-2.0":
            assert modele.description.split(",")[0].split(" en ")[0] in note


def test_le_kit_ne_dit_rien_de_la_machine_ni_de_la_date(site: Site, archive: Path) -> None:
    with zipfile.ZipFile(archive) as contenu:
        for entree in contenu.infolist():
            chemin = PurePosixPath(entree.filename)
            assert chemin.parts[0] == "cours-llm-fr" and ".." not in chemin.parts
            assert entree.date_time == socle_archives.DATE
            assert str(site.dossier).encode() not in contenu.read(entree)


def test_la_somme_est_celle_du_zip(archive: Path) -> None:
    somme = hashlib.sha256(archive.read_bytes()).hexdigest()
    lignes = archive.with_name("cours-llm-fr.zip.sha256").read_text(encoding="utf-8")
    assert lignes == f"{somme}  cours-llm-fr.zip\n"  # ce que lit « sha256sum --check »


def test_deux_constructions_donnent_le_meme_kit(archive: Path, tmp_path: Path) -> None:
    autre = construire(tmp_path / "site")
    autre.exiger()
    refait = kit.fabriquer(autre.dossier, tmp_path / "produits")
    if refait.read_bytes() != archive.read_bytes():
        with zipfile.ZipFile(archive) as un, zipfile.ZipFile(refait) as deux:
            empreintes = [{e.filename: e.CRC for e in zip_.infolist()} for zip_ in (un, deux)]
        pytest.fail(f"diffèrent : {sorted(dict(empreintes[0].items() ^ empreintes[1].items()))}")


def test_le_mode_d_emploi_donne_chaque_modele_et_sa_taille() -> None:
    texte = kit.lisez_moi()
    assert "$" not in texte
    a_recopier = modeles.modeles_a_recopier()
    assert {"smollm2:135m", "all-minilm", "qwen2.5-coder:1.5b", "llama3.2"} <= {
        m["nom"] for m in a_recopier
    }
    for modele in a_recopier:
        assert f"{modele['nom']} ({kit.en_megaoctets(modele['taille_mo'])}, " in texte
        assert modele["licence"] in texte and modele["source"] in texte
    assert kit.en_megaoctets(2019) == "2\u00a0019\u00a0Mo"
    assert kit.en_megaoctets(sum(modele["taille_mo"] for modele in a_recopier)) in texte


def test_un_kit_interrompu_laisse_le_precedent(
    site: Site, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    precedent = kit.fabriquer(site.dossier, tmp_path).read_bytes()

    def interrompre(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(kit, "zip_reproductible", interrompre)
    with pytest.raises(KeyboardInterrupt):
        kit.fabriquer(site.dossier, tmp_path)
    assert (tmp_path / archive.name).read_bytes() == precedent
    assert sorted(f.name for f in tmp_path.iterdir()) == [archive.name, f"{archive.name}.sha256"]
    assert fichiers.empreinte(tmp_path / archive.name) in (
        tmp_path / f"{archive.name}.sha256"
    ).read_text(encoding="utf-8")
