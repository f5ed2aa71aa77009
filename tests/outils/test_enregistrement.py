"""`make enregistrer` : ne rejoue que ce qui a changé, oublie ce qui a disparu."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.enregistrement import lancer
from scripts.enregistrement import reenregistrer as enregistrement
from scripts.enregistrement.plan import Candidat
from scripts.lecons import carnets, catalogue, modeles, registre
from scripts.publication import fragments
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import MODULE, SNIPPET, Depot


@pytest.fixture
def rejoues(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Ce que `enregistrer` voudrait rejouer (programme, modèle), sans le rejouer."""
    demandes: list[tuple[str, str]] = []
    monkeypatch.setattr(enregistrement, "_rejouer", demandes.extend)
    return demandes


def test_rien_n_a_change(
    depot: Depot, rejoues: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    enregistrement.enregistrer()
    assert rejoues == []
    assert "Rien à enregistrer" in capsys.readouterr().err


def test_un_seul_snippet_a_change(depot: Depot, rejoues: list[tuple[str, str]]) -> None:
    depot.ecrire(f"snippets/{MODULE}/02_autre.py", "print(1)\n")
    depot.enregistrer(f"{MODULE}/02_autre.py")
    depot.remplacer(f"snippets/{SNIPPET}", "Bonjour", "Bonsoir")
    enregistrement.enregistrer()
    assert rejoues == [(SNIPPET, "qwen2.5-coder:1.5b")]


def test_chaque_onglet_perime_est_refait_avec_son_modele(
    depot: Depot, rejoues: list[tuple[str, str]]
) -> None:
    depot.enregistrer(modeles={"smollm2:135m"}, modele="smollm2:135m")
    depot.remplacer(f"snippets/{SNIPPET}", "Bonjour", "Bonsoir")
    enregistrement.enregistrer()
    assert sorted(rejoues) == [(SNIPPET, "qwen2.5-coder:1.5b"), (SNIPPET, "smollm2:135m")]
    lots = lancer.lots(Candidat(nom, modele, 0, "") for nom, modele in rejoues)
    assert [modele for _, modele, _ in lots] == ["", "smollm2:135m"]


def test_tout_rejouer(depot: Depot, rejoues: list[tuple[str, str]]) -> None:
    enregistrement.enregistrer(module="4", tout=True)
    assert rejoues == [(SNIPPET, "qwen2.5-coder:1.5b")]


def test_un_autre_modele(
    depot: Depot, rejoues: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURS_MODELE", "llama3.2")
    enregistrement.enregistrer()
    assert rejoues == [(SNIPPET, "llama3.2")]


def test_module_inconnu(depot: Depot, rejoues: list[tuple[str, str]]) -> None:
    with pytest.raises(ErreurCours, match="MODULE=2"):
        enregistrement.enregistrer(module="99")


def test_snippet_disparu_oublie(depot: Depot, rejoues: list[tuple[str, str]]) -> None:
    depot.ecrire(f"snippets/{MODULE}/02_autre.py", "print(1)\n")
    depot.enregistrer(f"{MODULE}/02_autre.py")
    Path(depot.racine / f"snippets/{MODULE}/02_autre.py").unlink()
    enregistrement.enregistrer()
    assert list(registre.lire()["snippets"]) == [SNIPPET]
    assert not Path(depot.racine / f"snippets/{MODULE}/sorties/02_autre.txt").exists()


@pytest.fixture
def produits(depot: Depot) -> dict[str, Path]:
    """Deux fichiers laissés dans l'atelier : un petit, et un trop gros pour être gardé."""
    depot.ecrire("atelier/couts/un.json", "{}")
    depot.ecrire("atelier/gros.bin", "0" * (registre.CONTENU_GARDE + 1))
    atelier = depot.racine / "atelier"
    return {nom: atelier / nom for nom in ("couts/un.json", "gros.bin")}


def test_rien_de_ce_qu_a_ecrit_un_programme_disparu_ne_reste(
    depot: Depot, rejoues: list[tuple[str, str]], produits: dict[str, Path]
) -> None:
    """Un carnet qui laisse sortie, figure, preuves, page : l'oublier rend le dépôt d'avant."""

    def fichiers_du_depot() -> set[str]:
        trouves = {f.relative_to(depot.racine) for f in depot.racine.rglob("*")}
        return {nom.as_posix() for nom in trouves if nom.parts[0] != ".cache"}

    avant = fichiers_du_depot()
    nom = f"{MODULE}/carnet_essai.py"
    depot.ecrire(f"snippets/{nom}", "# %%\nprint(1)\n")
    publie = catalogue.destination(nom)
    publie.write_text("{}")
    carnets.page_de(publie).write_text("<p>")
    figures = {"carnet-clair.svg": b"<svg/>"}
    depot.enregistrer(nom, lus=(), figures=figures, produits=produits, carnet=publie)
    ecrits = fichiers_du_depot() - avant
    assert any("/preuves/" in ecrit for ecrit in ecrits) and len(ecrits) > 8
    (depot.racine / "snippets" / nom).unlink()
    enregistrement.enregistrer()
    assert fichiers_du_depot() - {"snippets/executions.json"} == avant


def test_un_programme_renomme_garde_les_preuves_de_son_nouveau_nom(
    depot: Depot, rejoues: list[tuple[str, str]], produits: dict[str, Path]
) -> None:
    """01_x.py devenu 01_x.sh écrit sa sortie et ses preuves au même endroit."""
    for suffixe in (".py", ".sh"):
        depot.ecrire(f"snippets/{MODULE}/02_autre{suffixe}", "echo\n")
        depot.enregistrer(f"{MODULE}/02_autre{suffixe}", lus=(), produits=produits)
    (depot.racine / f"snippets/{MODULE}/02_autre.py").unlink()
    enregistrement.enregistrer()
    assert sorted(registre.lire()["snippets"]) == [SNIPPET, f"{MODULE}/02_autre.sh"]
    assert (depot.racine / f"snippets/{MODULE}/sorties/02_autre.txt").is_file()
    assert (depot.racine / f"snippets/{MODULE}/preuves/02_autre/couts/un.json").is_file()


def test_embedding_note_sous_son_modele(depot: Depot) -> None:
    """Seul appelé, le modèle d'embedding donne sa clé ; sinon il est nommé à côté de l'autre."""
    embedding = modeles.MODELE_D_EMBEDDING
    depot.enregistrer(modeles={embedding})
    depot.ecrire(f"snippets/{MODULE}/02_autre.py", "print(1)\n")
    depot.enregistrer(f"{MODULE}/02_autre.py", modeles={embedding, "qwen2.5-coder:1.5b"})
    entrees = registre.lire()["snippets"]
    assert list(entrees[SNIPPET][embedding]["digests"]) == [embedding]
    deux = entrees[f"{MODULE}/02_autre.py"]["qwen2.5-coder:1.5b"]
    assert (
        deux["digests"].keys() == deux["cle"]["modeles"].keys() == {embedding, "qwen2.5-coder:1.5b"}
    )
    assert enregistrement.a_rejouer(f"{MODULE}/01", "smollm2:135m", tout=False) == {}


def test_le_modele_choisi_par_le_test_tient_lieu_de_celui_de_reference(depot: Depot) -> None:
    """Un programme que son test fait tourner avec un modèle n'est pas à refaire avec un autre."""
    depot.remplacer(
        f"tests/lecons/test_{MODULE}.py",
        '01_bonjour.py")',
        '01_bonjour.py", modele="smollm2:135m")',
    )
    connu = registre.lire()
    connu["snippets"].clear()
    registre.ecrire(connu)
    depot.enregistrer(modeles={"smollm2:135m"}, modele="smollm2:135m", choisi="smollm2:135m")
    assert enregistrement.a_rejouer(MODULE, "", tout=False) == {}
    assert list(enregistrement.a_rejouer(MODULE, "llama3.2", tout=False)) == [(SNIPPET, "llama3.2")]


def test_un_autre_modele_ne_remplace_pas_les_figures(depot: Depot) -> None:
    depot.enregistrer(figures={"courbe-clair.svg": b"<svg>smollm2</svg>"})
    depot.enregistrer(figures={"courbe-clair.svg": b"<svg>llama</svg>"}, modele="llama3.2")
    entrees = registre.lire()["snippets"][SNIPPET]
    [figure] = entrees["qwen2.5-coder:1.5b"]["figures"]
    assert "figures" not in entrees["llama3.2"]
    assert Path(depot.racine / figure).read_bytes() == b"<svg>smollm2</svg>"


def test_le_premier_onglet_est_celui_du_modele_de_reference(depot: Depot) -> None:
    entree = registre.lire()["snippets"][SNIPPET][modeles.MODELE_PAR_DEFAUT]
    bloc = fragments.sortie(SNIPPET, {"smollm2:135m": entree, modeles.MODELE_PAR_DEFAUT: entree})
    assert re.findall('^===!? "(.+)"$', bloc, re.MULTILINE) == [
        "qwen2.5-coder:1.5b",
        "smollm2:135m",
    ]


def test_registre_illisible(depot: Depot) -> None:
    depot.ecrire("snippets/registre.json", "{<<<<<<< HEAD")
    with pytest.raises(ErreurCours, match="git checkout"):
        enregistrement.enregistrer()


def test_registre_stable(depot: Depot) -> None:
    avant = depot.lire("snippets/registre.json")
    registre.ecrire(registre.lire())
    assert depot.lire("snippets/registre.json") == avant
    assert avant.endswith("}\n")
    assert max(map(len, avant.splitlines())) < 130  # une donnée par ligne


def test_sortie_nommee_d_apres_le_modele() -> None:
    assert registre.fichier_de_sortie("m/01.py", "qwen2.5-coder:1.5b") == "m/sorties/01.txt"
    assert registre.fichier_de_sortie("m/01.py", "aucun") == "m/sorties/01.txt"
    assert registre.fichier_de_sortie("m/01.py", "llama3.2:1b") == "m/sorties/01.llama3.2-1b.txt"
