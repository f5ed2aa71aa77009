"""La commande sous chaque programme : elle refait ce que montre la page, sur chaque système."""

from __future__ import annotations

import shlex

import pytest

from scripts.controles import des_pages
from scripts.controles.verification import verifier
from scripts.lecons import defauts, lancement, modeles, registre
from scripts.publication import fragments
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

LECTURE = 'import os\n\nMODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")\n'


@pytest.fixture
def programme(depot: Depot) -> str:
    """Un programme qui choisit son modèle par COURS_MODELE."""
    depot.ecrire(f"snippets/{SNIPPET}", LECTURE + depot.lire(f"snippets/{SNIPPET}"))
    return SNIPPET


@pytest.mark.parametrize(
    ("modele", "unix", "windows"),
    [
        ("", "", ""),
        ("qwen2.5-coder:1.5b", "", ""),
        ("aucun", "", ""),
        ("all-minilm", "", ""),
        ("smollm2:135m", "COURS_MODELE=smollm2:135m ", '$env:COURS_MODELE = "smollm2:135m"; '),
    ],
)
def test_le_modele_n_est_dit_que_s_il_change(
    programme: str, modele: str, unix: str, windows: str
) -> None:
    attendu = (f"{unix}python 01_bonjour.py", f"{windows}py 01_bonjour.py")
    assert lancement.commande(programme, modele) == attendu


def test_un_programme_qui_ne_lit_pas_la_variable_n_en_recoit_pas(depot: Depot) -> None:
    assert lancement.commande(SNIPPET, "smollm2:135m").unix == "python 01_bonjour.py"


def test_le_modele_par_defaut_peut_etre_dans_le_fichier_reuni(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/conversation.py", LECTURE)
    depot.remplacer(f"snippets/{SNIPPET}", "import json\n", "import conversation\nimport json\n")
    assert defauts.de(SNIPPET) == {"qwen2.5-coder:1.5b"}
    assert lancement.commande(SNIPPET, "smollm2:135m").unix.startswith("COURS_MODELE=")


def test_un_script_shell_demande_un_shell(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/02_liste.sh", 'ollama show "${COURS_MODELE:-llama3.2}"\n')
    commande = lancement.commande(f"{MODULE}/02_liste.sh", "smollm2:135m")
    assert commande == ("COURS_MODELE=smollm2:135m bash 02_liste.sh", "")
    assert "dans Git Bash ou WSL" in fragments.lancer(commande)


@pytest.mark.parametrize(
    ("args", "dits"),
    [
        (["json", "--reduit"], "json --reduit"),
        (["Bonjour, je m'appelle Oriane."], '"Bonjour, je m\'appelle Oriane."'),
        (['Il dit « "oui" » et $PATH'], "'Il dit « \"oui\" » et $PATH'"),
        (["--dossier", "chemins.DONNEES / 'documents'"], "--dossier ../donnees/documents"),
        (["--port", "port_libre()"], ""),
    ],
)
def test_les_arguments_enregistres_y_sont(depot: Depot, args: list[str], dits: str) -> None:
    commande = lancement.commande(SNIPPET, "", {"args": args})
    assert commande.unix.removeprefix("python 01_bonjour.py").strip() == dits
    assert commande.windows.startswith("py 01_bonjour.py")
    if "chemins" not in str(args) and dits:
        assert shlex.split(commande.unix)[2:] == args


def test_la_commande_precede_la_sortie_dans_son_onglet(programme: str, depot: Depot) -> None:
    depot.enregistrer()
    depot.enregistrer(modeles=frozenset({"smollm2:135m"}), modele="smollm2:135m")
    fragments.generer()
    bloc = depot.lire(f"genere/{MODULE}/01_bonjour.md")
    premier, second = bloc.split('=== "smollm2:135m"')
    assert premier.startswith(f'===! "{modeles.MODELE_PAR_DEFAUT}"')
    assert "    python 01_bonjour.py\n" in premier and "COURS_MODELE" not in premier
    assert "    COURS_MODELE=smollm2:135m python 01_bonjour.py\n" in second
    assert second.index("py 01_bonjour.py") < second.index("```text")
    assert list(registre.lire()["snippets"][SNIPPET]) == [modeles.MODELE_PAR_DEFAUT, "smollm2:135m"]


def test_une_page_n_a_pas_le_droit_d_ecrire_la_sienne(depot: Depot) -> None:
    """Les blocs « Lancer » viennent des fragments ; les contrôles ne croient qu'eux."""
    fragments.generer()
    assert verifier() == []
    page = depot.lire("docs/jour-2/4_essai.md")
    depot.ecrire("docs/jour-2/4_essai.md", page + "\n```{ .bash .lancer }\npython autre.py\n```\n")
    des_pages.oublier()
    [probleme] = verifier()
    assert "ne vient d'aucun fichier exécuté" in probleme.constat
