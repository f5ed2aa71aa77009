"""La longueur d'une leçon, son modèle par défaut : des limites, des listes qui rétrécissent."""

from __future__ import annotations

import pytest

from scripts.controles import longueur, premier_modele
from scripts.lecons import exemptions
from tests.outils.depot_essai import EXEMPTIONS, MODULE, SNIPPET, Depot

LISTE = "snippets/exemptions.toml"


def exempter(depot: Depot, lignes: int, colonnes: int) -> None:
    depot.ecrire(LISTE, EXEMPTIONS)
    exemption = {"fichier": SNIPPET, "lignes": lignes, "colonnes": colonnes, "raison": "ancien"}
    exemptions.remplacer("longueur", [exemption])


def constats() -> list[str]:
    return [p.constat for p in longueur.longueurs_tenues()]


@pytest.mark.parametrize(
    ("texte", "tient"),
    [
        ("x = 1\n" * 40, True),
        ("x = 1\n" * 41, False),
        ("# --8<-- [start:a]\n" + "x = 1\n" * 40 + "# --8<-- [end:a]\n", True),
        (f"x = '{'a' * 82}'\n", True),
        (f"x = '{'a' * 83}'\n", False),
        (f"x = '{'é' * 82}'\n", True),
        ("# %%\n" + "x = 1\n" * 60, True),
    ],
    ids=["40", "41", "40 et ses repères", "88", "89", "88 accents", "un carnet"],
)
def test_quarante_lignes_et_88_colonnes(depot: Depot, texte: str, tient: bool) -> None:
    depot.ecrire(f"snippets/{SNIPPET}", texte)
    assert (constats() == []) == tient


@pytest.mark.parametrize("retiree", ["depart", "solution"])
def test_un_exercice_est_mesure_sous_ses_deux_formes(depot: Depot, retiree: str) -> None:
    longue = "solution" if retiree == "depart" else "depart"
    corps = {"depart": "x = 1\n", "solution": "x = 1\n", longue: "x = 1\n" * 39}
    texte = "".join(
        f"# --8<-- [start:{nom}]\n{contenu}# --8<-- [end:{nom}]\n"
        for nom, contenu in {**corps, "verification": "y = 1\n"}.items()
    )
    depot.ecrire(f"snippets/{MODULE}/exercice_1_court.py", texte)
    assert constats() == []
    depot.remplacer(f"snippets/{MODULE}/exercice_1_court.py", "y = 1\n", "y = 1\ny = 1\n")
    [constat] = constats()
    assert "41 lignes" in constat


def test_un_fichier_reuni_est_mesure_aussi(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/conversation.py", "x = 1\n" * 41)
    depot.remplacer(f"snippets/{SNIPPET}", "import json\n", "import conversation\nimport json\n")
    [probleme] = longueur.longueurs_tenues()
    assert probleme.fichier == f"snippets/{MODULE}/conversation.py"


@pytest.mark.parametrize(
    ("lignes", "colonnes", "constat"),
    [
        (60, 20, None),
        (59, 20, "plus que son exemption (59 lignes, 20 colonnes)"),
        (60, 19, "plus que son exemption"),
        (61, 20, "moins que son exemption (61 lignes, 20 colonnes)"),
        (60, 90, "moins que son exemption"),
    ],
)
def test_une_exemption_dit_la_mesure_exacte(
    depot: Depot, lignes: int, colonnes: int, constat: str | None
) -> None:
    depot.ecrire(f"snippets/{SNIPPET}", "x = 100000000000000\n" * 60)
    depot.remplacer(f"snippets/{SNIPPET}", "x = 100000000000000\n", "x = 1000000000000000\n")
    exempter(depot, lignes, colonnes)
    assert len(constats()) == (constat is not None)
    assert constat is None or constat in constats()[0]


def test_une_exemption_qui_ne_sert_plus_est_refusee(depot: Depot) -> None:
    exempter(depot, 60, 20)
    [constat] = constats()
    assert constat == "ce programme tient maintenant dans 40 lignes, 88 colonnes"
    exempter(depot, 60, 20)
    (depot.racine / f"snippets/{SNIPPET}").unlink()
    [constat] = constats()
    assert constat == f"l'exemption de longueur de {SNIPPET} ne sert plus"


def test_resserrer_ne_fait_que_retrecir(depot: Depot) -> None:
    depot.ecrire(f"snippets/{SNIPPET}", "x = 1\n" * 60)
    exempter(depot, 70, 5)
    assert longueur.resserrer() == 1
    assert exemptions.de("longueur")[0]["lignes"] == 60
    depot.ecrire(f"snippets/{SNIPPET}", "x = 1\n" * 65)
    assert longueur.resserrer() == 1
    assert exemptions.de("longueur")[0]["lignes"] == 60 and len(constats()) == 1
    depot.ecrire(f"snippets/{SNIPPET}", "x = 1\n")
    assert longueur.resserrer() == 0
    assert depot.lire(LISTE) == EXEMPTIONS
    assert constats() == []


# --- Le modèle par défaut ---


def ecarts() -> list[str]:
    return [p.constat for p in premier_modele.defauts_montres()]


@pytest.mark.parametrize(
    ("nom", "texte", "trouve"),
    [
        ("02_a.py", 'import os\nM = os.environ.get("COURS_MODELE", "llama3.2")\n', "llama3.2"),
        ("02_a.py", 'from os import getenv\nM = getenv("COURS_MODELE", "llama3.2")\n', "llama3.2"),
        ("02_a.py", 'import os\nM = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")\n', ""),
        ("02_a.py", 'import os\nM = os.environ.get("COURS_MODELE_EMBEDDING", "x")\n', ""),
        ("02_a.py", 'M = "llama3.2"  # COURS_MODELE\n', ""),
        ("02_a.sh", 'ollama show "${COURS_MODELE:-llama3.2}"\n', "llama3.2"),
        ("02_a.sh", 'ollama show "${COURS_MODELE:-qwen2.5-coder:1.5b}"\n', ""),
    ],
)
def test_le_modele_pris_seul_est_celui_du_premier_onglet(
    depot: Depot, nom: str, texte: str, trouve: str
) -> None:
    depot.ecrire(f"snippets/{MODULE}/{nom}", texte)
    assert [f"prend {trouve}," in constat for constat in ecarts()] == [True] * bool(trouve)


def test_le_premier_onglet_peut_etre_celui_qu_un_test_a_choisi(depot: Depot) -> None:
    texte = 'import os\nM = os.environ.get("COURS_MODELE", "smollm2:135m")\n'
    depot.ecrire(f"snippets/{SNIPPET}", texte)
    assert len(ecarts()) == 1
    depot.enregistrer(modele="smollm2:135m", choisi="smollm2:135m", modeles={"smollm2:135m"})
    assert ecarts() == []


def test_un_fichier_reuni_suit_les_programmes_qui_l_importent(depot: Depot) -> None:
    texte = 'import os\nM = os.environ.get("COURS_MODELE", "llama3.2")\n'
    depot.ecrire(f"snippets/{MODULE}/conversation.py", texte)
    depot.remplacer(f"snippets/{SNIPPET}", "import json\n", "import conversation\nimport json\n")
    [probleme] = premier_modele.defauts_montres()
    assert probleme.fichier == f"snippets/{MODULE}/conversation.py"


def test_une_exemption_de_modele_ne_peut_que_disparaitre(depot: Depot) -> None:
    texte = 'import os\nM = os.environ.get("COURS_MODELE", "{}")\n'
    depot.ecrire(f"snippets/{MODULE}/02_a.py", texte.format("llama3.2"))
    exemption = {"fichier": f"{MODULE}/02_a.py", "modele": "llama3.2", "raison": "ancien"}
    exemptions.remplacer("defaut", [exemption])
    assert ecarts() == []
    depot.ecrire(f"snippets/{MODULE}/02_a.py", texte.format("gemma3"))
    assert len(ecarts()) == 1
    depot.ecrire(f"snippets/{MODULE}/02_a.py", texte.format("qwen2.5-coder:1.5b"))
    [constat] = ecarts()
    assert "ne sert plus" in constat
    assert premier_modele.resserrer() == 0
    assert ecarts() == [] and depot.lire(LISTE) == EXEMPTIONS
