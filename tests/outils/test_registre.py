"""Le registre suit ses types, et ne garde que ce qui sert."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from packaging import markers

from scripts.enregistrement import schema
from scripts.execution import lanceur
from scripts.lecons import cle, modeles, registre
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import SNIPPET, Depot


def test_le_schema_est_celui_des_types() -> None:
    connu = chemins.SCHEMA_REGISTRE.read_text(encoding="utf-8")
    assert connu == schema.texte(), "lancez « .venv/bin/python -m scripts schema »"


@pytest.mark.parametrize("champ", ["cle", "preuve", "sortie", "machine", "date"])
def test_un_champ_manquant_ou_inconnu_est_refuse(depot: Depot, champ: str) -> None:
    validateur = jsonschema.Draft202012Validator(schema.schema())
    contenu = json.loads(depot.lire("snippets/registre.json"))
    assert list(validateur.iter_errors(contenu)) == []
    entree = contenu["snippets"][SNIPPET][modeles.MODELE_PAR_DEFAUT]
    entree["inconnu"] = 1
    assert list(validateur.iter_errors(contenu))
    del entree["inconnu"], entree[champ]
    assert list(validateur.iter_errors(contenu))


@pytest.mark.parametrize("version", [1, 3, "deux", None])
def test_un_registre_d_un_autre_format_n_est_pas_lu(tmp_path: Path, version: object) -> None:
    fichier = tmp_path / "registre.json"
    fichier.write_text(json.dumps({**registre.vide(), "version": version}), encoding="utf-8")
    with pytest.raises(ErreurCours, match=f"est au format {version}, et ces outils lisent le 2"):
        registre.lire(fichier)


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


def test_chaque_modele_qui_a_calcule_est_dans_la_cle_ou_celui_dont_il_vient() -> None:
    """Sinon la légende d'une sortie ne nommerait aucun modèle, et un autre ne la périmerait pas."""
    vus = 0
    for nom, par_modele in registre.lire()["snippets"].items():
        for modele, entree in par_modele.items():
            if entree["preuve"]["compte"]["requetes"]:
                vus += 1
                appeles = set(entree["preuve"]["compte"]["modeles"]) or {modele}
                declares = {appele for appele in appeles if registre.est_du_cours(appele)}
                base = set() if declares == appeles else {modele}
                assert declares | base <= entree["cle"]["modeles"].keys(), f"{nom} ({modele})"
                assert entree["digests"], f"{nom} ({modele})"
    assert vus


def test_ce_qui_entraine_depend_de_la_base_qu_il_entraine() -> None:
    connu = registre.lire()
    entrees = [e for par in connu["snippets"].values() for e in par.values()]
    cles = [connu_["cle"] for connu_ in (*entrees, *connu["essais"].values())]
    dans_l_atelier = [cle_ for cle_ in cles if cle_["environnement"] == "entrainement"]
    assert dans_l_atelier
    for cle_ in dans_l_atelier:
        assert cle_["modeles"][modeles.BASE_DE_L_ATELIER]


def test_aucun_programme_n_est_une_donnee_pour_lui_meme() -> None:
    """torch relit le programme pour une pile d'appels : un commentaire n'y périme rien."""
    for nom, par_modele in registre.lire()["snippets"].items():
        assert not any(nom in entree["cle"]["fichiers"] for entree in par_modele.values()), nom


def test_une_liste_de_paquets_perdue_perime(depot: Depot) -> None:
    connu = registre.lire()
    connu["paquets"].clear()
    registre.ecrire(connu)
    contexte = lanceur.contexte(connu)
    entree = connu["snippets"][SNIPPET][modeles.MODELE_PAR_DEFAUT]
    assert "manque au registre" in (
        cle.perime(SNIPPET, modeles.MODELE_PAR_DEFAUT, entree, contexte) or ""
    )
