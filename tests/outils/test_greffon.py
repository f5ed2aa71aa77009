"""Le greffon pytest : exécuter comme un lecteur, n'enregistrer que ce qui a passé ses tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import ollama
import pytest

from scripts.enregistrement import reenregistrer
from scripts.lecons import modeles, registre
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, fichiers
from tests.outils.depot_essai import MODULE, PYTEST_INI, SNIPPET, Depot, creer

APPEL = """import os

import ollama

print(ollama.chat(os.environ["COURS_MODELE"], [{"role": "user", "content": "Say hi."}],
                  options={"temperature": 0, "num_predict": 4}).message.content)
"""
TEST_APPEL = f"""import pytest


@pytest.mark.snippet("{MODULE}/02_appel.py")
def test_appel(execution):
    assert execution.sortie.strip() and execution.compteur.tokens_sortie == 4


@pytest.mark.snippet("{MODULE}/02_appel.py")
def test_appel_encore(execution):
    assert REUSSIR
"""


@pytest.fixture
def depot_seul(tmp_path: Path) -> Depot:
    """Un dépôt d'essai sur lequel on lance pytest dans un autre processus."""
    depot = creer(tmp_path)
    depot.ecrire("pytest.ini", PYTEST_INI)
    return depot


def lancer_pytest(
    depot: Depot, *options: str, serveur: Serveur | None = None, sans_ollama: bool = False
) -> subprocess.CompletedProcess[str]:
    """Lance pytest dans le dépôt d'essai, contre `serveur`, un serveur privé à lui, ou aucun."""
    environnement = {**os.environ, "COURS_RACINE": str(depot.racine)}
    environnement["PYTHONPATH"] = str(chemins.RACINE_DU_CODE)
    if sans_ollama:
        environnement["OLLAMA_HOST"] = "http://127.0.0.1:9"
    if serveur:
        environnement["OLLAMA_HOST"] = serveur.adresse
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=depot.racine,
        env=environnement,
        capture_output=True,
        text=True,
        check=False,
    )


def entrees(depot: Depot) -> dict[str, dict[str, registre.Enregistrement]]:
    """Les snippets du registre du dépôt d'essai."""
    fichier = depot.racine / "snippets" / "registre.json"
    contenu: dict[str, dict[str, registre.Enregistrement]] = {}
    if fichier.is_file():
        contenu = json.loads(fichier.read_text())["snippets"]
    return contenu


def test_enregistrement_complet(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    depot_seul.ecrire("tests/lecons/test_appel.py", TEST_APPEL.replace("REUSSIR", "True"))
    resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    assert resultat.returncode == 0, resultat.stdout
    assert depot_seul.lire(f"snippets/{MODULE}/sorties/01_bonjour.txt") == "Bonjour Ada\n"
    sans_modele = entrees(depot_seul)[SNIPPET]["aucun"]
    assert sans_modele["digests"] == {} and sans_modele["cle"]["ollama"] == ""
    assert list(sans_modele["cle"]["fichiers"]) == ["donnees/noms.json"]
    assert sans_modele.get("constante"), "sans modèle, deux exécutions donnent les mêmes octets"
    appel = entrees(depot_seul)[f"{MODULE}/02_appel.py"][ollama_prive.modele]
    assert appel["preuve"]["compte"]["tokens_sortie"] == 4
    assert appel["preuve"]["lignes"] == {f"{MODULE}/02_appel.py": "0-2"}
    assert "constante" not in appel
    assert appel["memoire_mio"]["programme"] > 10
    assert appel["ollama"].startswith("0.") and appel["cle"]["ollama"] == appel["ollama"]
    contenu = json.loads((depot_seul.racine / "snippets" / "registre.json").read_text())
    assert contenu["paquets"][appel["cle"]["paquets"]] == {"ollama": "0.6.3"}


MODELE_FAIT_ICI = """import os

import ollama

ollama.create(model="essai-bref", from_=os.environ["COURS_MODELE"], system="Be brief.")
print(ollama.chat("essai-bref", [{"role": "user", "content": "Say hi."}],
                  options={"temperature": 0, "num_predict": 4}).message.content)
"""


def test_un_modele_fait_sur_place_depend_de_celui_dont_il_vient(
    depot_seul: Depot, ollama_prive: Serveur
) -> None:
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", MODELE_FAIT_ICI)
    depot_seul.ecrire("tests/lecons/test_appel.py", TEST_APPEL.replace("REUSSIR", "True"))
    try:
        resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    finally:
        ollama.Client(host=ollama_prive.adresse, trust_env=False).delete("essai-bref")
    assert resultat.returncode == 0, resultat.stdout
    entree = entrees(depot_seul)[f"{MODULE}/02_appel.py"]["qwen2.5-coder:1.5b"]
    assert entree["cle"]["modeles"]["qwen2.5-coder:1.5b"] == modeles.origine("qwen2.5-coder:1.5b")
    assert set(entree["digests"]) == {"essai-bref", "qwen2.5-coder:1.5b"}


def test_un_test_peut_imposer_le_modele(depot_seul: Depot, ollama_prive: Serveur) -> None:
    """Le snippet interroge le modèle de son marqueur, et c'est sous ce nom qu'il est noté."""
    client = ollama.Client(host=ollama_prive.adresse, trust_env=False)
    client.copy(ollama_prive.modele, "impose")
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    test = TEST_APPEL.replace("REUSSIR", "True").replace(
        'appel.py")', 'appel.py", modele="impose")'
    )
    depot_seul.ecrire("tests/lecons/test_appel.py", test)
    try:
        resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    finally:
        client.delete("impose")
    assert resultat.returncode == 0, resultat.stdout
    assert list(entrees(depot_seul)[f"{MODULE}/02_appel.py"]) == ["impose"]


def test_rien_n_est_enregistre_sans_l_option(depot_seul: Depot, ollama_prive: Serveur) -> None:
    assert lancer_pytest(depot_seul, serveur=ollama_prive).returncode == 0
    assert entrees(depot_seul) == {}


def test_un_test_qui_echoue_n_enregistre_pas(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    depot_seul.ecrire("tests/lecons/test_appel.py", TEST_APPEL.replace("REUSSIR", "False"))
    resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    assert resultat.returncode == 1
    assert list(entrees(depot_seul)) == [SNIPPET]
    assert not (depot_seul.racine / f"snippets/{MODULE}/sorties/02_appel.txt").exists()


def test_seulement_les_snippets_nommes(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{MODULE}/02_appel.py", APPEL)
    depot_seul.ecrire("tests/lecons/test_appel.py", TEST_APPEL.replace("REUSSIR", "True"))
    resultat = lancer_pytest(depot_seul, f"--seulement={SNIPPET}", serveur=ollama_prive)
    assert "1 passed, 2 deselected" in resultat.stdout


def test_code_de_sortie_inattendu(depot_seul: Depot, ollama_prive: Serveur) -> None:
    depot_seul.ecrire(f"snippets/{SNIPPET}", 'raise SystemExit("panne prévue")\n')
    resultat = lancer_pytest(depot_seul, serveur=ollama_prive)
    assert "s'est terminé avec le code 1 au lieu de 0" in resultat.stdout
    assert "panne prévue" in resultat.stdout


@pytest.mark.parametrize(
    ("option", "variables", "attendu"),
    [
        ("-q", {}, "essai --vite"),
        ("-q", {"COURS_COMPLET": "1"}, "essai"),
        ("--enregistrer", {}, "essai"),
    ],
)
def test_une_lecon_longue_est_abregee_hors_enregistrement(
    depot_seul: Depot,
    ollama_prive: Serveur,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    variables: dict[str, str],
    attendu: str,
) -> None:
    monkeypatch.delenv("COURS_COMPLET", raising=False)
    for nom, valeur in variables.items():
        monkeypatch.setenv(nom, valeur)
    depot_seul.ecrire(f"snippets/{SNIPPET}", "import sys\n\nprint(*sys.argv[1:])\n")
    marqueur = f'@pytest.mark.snippet("{SNIPPET}", args=("essai",), bref=("--vite",))'
    test = f'def test_bref(execution):\n    assert execution.sortie == "{attendu}\\n"\n'
    depot_seul.ecrire(f"tests/lecons/test_{MODULE}.py", f"import pytest\n\n\n{marqueur}\n{test}")
    resultat = lancer_pytest(depot_seul, option, serveur=ollama_prive)
    assert resultat.returncode == 0, resultat.stdout


def test_serveur_tue_arrete_tout(depot_seul: Depot) -> None:
    """Le premier test tue le serveur : le second s'arrête aussitôt et le troisième ne part pas."""
    depot_seul.ecrire(f"snippets/{SNIPPET}", "import time\ntime.sleep(30)\n")
    depot_seul.ecrire(
        f"tests/lecons/test_{MODULE}.py",
        "import pytest\n\n\n"
        "@pytest.mark.essai()\ndef test_tueur(ollama_prive):\n    ollama_prive.processus.kill()\n\n\n"  # noqa: E501
        f'@pytest.mark.snippet("{SNIPPET}")\n'
        "def test_snippet(execution):\n    pass\n\n\n"
        "def test_jamais_lance():\n    print('lancé quand même')\n",
    )
    resultat = lancer_pytest(depot_seul)
    assert resultat.returncode == 3
    assert "s'est arrêté en cours de route" in resultat.stdout
    assert "1 passed, 1 error" in resultat.stdout


def test_serveur_mort_devant_un_snippet_bref(depot_seul: Depot) -> None:
    """Un snippet qui échoue aussitôt, ou un client direct, n'y changent rien : on s'arrête."""
    appel = "import os, urllib.request\nurllib.request.urlopen(os.environ['OLLAMA_HOST'])\n"
    depot_seul.ecrire(f"snippets/{SNIPPET}", appel)
    tuer = (
        "import httpx\nimport pytest\n\n\n"
        "@pytest.mark.essai()\ndef test_tueur(ollama_prive):\n"
        "    ollama_prive.processus.kill()\n    ollama_prive.processus.wait()\n\n\n"
    )
    bref = f'@pytest.mark.snippet("{SNIPPET}")\ndef test_bref(execution):\n    pass\n\n\n'
    direct = "@pytest.mark.essai()\ndef test_direct(ollama_prive):\n    httpx.get(ollama_prive.adresse)\n\n\n"  # noqa: E501
    jamais = "def test_jamais_lance():\n    pass\n"
    for essai, bilan in ((bref, "1 passed, 1 error"), (direct, "1 failed, 1 passed")):
        depot_seul.ecrire(f"tests/lecons/test_{MODULE}.py", tuer + essai + jamais)
        resultat = lancer_pytest(depot_seul)
        assert resultat.returncode == 3, resultat.stdout
        assert "s'est arrêté en cours de route" in resultat.stdout
        assert bilan in resultat.stdout


# --- Rejouer ---

REJEU = f"""import pytest


@pytest.mark.snippet("{SNIPPET}", modele="smollm2:135m")
def test_dit_bonjour(execution):
    assert execution.sortie == "ATTENDU\\n"
    assert execution.modele in ("qwen2.5-coder:1.5b", "smollm2:135m")
    assert execution.compteur.tokens_sortie == 5
    figures = dict.fromkeys(["essai-clair.svg"], b"<svg/>")
    assert execution.figures == figures or execution.modele != "smollm2:135m"


@pytest.mark.entier
@pytest.mark.snippet("{SNIPPET}", modele="smollm2:135m")
def test_entier(execution):
    assert execution.code == 0


@pytest.mark.essai("{SNIPPET}")
def test_essai(executer):
    raise AssertionError("un essai n'est pas rejoué")
"""


@pytest.fixture
def deux_modeles(depot: Depot) -> Depot:
    """Le programme du dépôt d'essai, enregistré avec deux modèles."""
    figures = {"essai-clair.svg": b"<svg/>"}
    depot.enregistrer(
        modeles={"smollm2:135m"}, modele="smollm2:135m", choisi="smollm2:135m", figures=figures
    )
    depot.ecrire("pytest.ini", PYTEST_INI)
    return depot


def test_rejouer_relit_les_preuves_de_chaque_modele_sans_serveur(deux_modeles: Depot) -> None:
    deux_modeles.ecrire(f"tests/lecons/test_{MODULE}.py", REJEU.replace("ATTENDU", "Bonjour Ada"))
    resultat = lancer_pytest(deux_modeles, "--rejouer", "-vv", sans_ollama=True)
    assert resultat.returncode == 0, resultat.stdout
    for cas in (
        "dit_bonjour[smollm2:135m]",
        "dit_bonjour[qwen2.5-coder:1.5b]",
        "entier[smollm2:135m]",
    ):
        assert f"test_{cas} PASSED" in resultat.stdout
    assert "4 passed, 1 deselected" in resultat.stdout


def test_une_affirmation_fausse_echoue_au_rejeu(deux_modeles: Depot) -> None:
    deux_modeles.ecrire(f"tests/lecons/test_{MODULE}.py", REJEU.replace("ATTENDU", "Bonsoir Ada"))
    resultat = lancer_pytest(deux_modeles, "--rejouer", sans_ollama=True)
    assert resultat.returncode == 1
    assert "2 failed, 2 passed, 1 deselected" in resultat.stdout


def test_rejouer_un_programme_jamais_enregistre(depot_seul: Depot) -> None:
    resultat = lancer_pytest(depot_seul, "--rejouer", sans_ollama=True)
    assert resultat.returncode == 1
    assert "n'est pas enregistré : lancez « make enregistrer »" in resultat.stdout


def test_un_test_qui_execute_sans_le_dire_est_refuse(depot_seul: Depot) -> None:
    depot_seul.ecrire("tests/lecons/test_cache.py", "def test_cache(executer):\n    pass\n")
    resultat = lancer_pytest(depot_seul, "--rejouer", sans_ollama=True)
    assert resultat.returncode == 4
    assert "marquez-le @pytest.mark.essai" in resultat.stderr + resultat.stdout


def test_le_verdict_d_un_essai_est_garde_avec_ce_qu_il_lit(
    depot_seul: Depot, ollama_prive: Serveur
) -> None:
    essai = f"""import pytest
from pathlib import Path


@pytest.mark.essai("{SNIPPET}")
@pytest.mark.parametrize("cas", [1, 2])
def test_essai(executer, cas):
    noms = Path(__file__).parents[2] / "snippets" / "donnees" / "autres.txt"
    assert noms.read_text() and executer("{SNIPPET}").sortie == "Bonjour Ada\\n"
"""
    depot_seul.ecrire("snippets/donnees/autres.txt", "Grace")
    depot_seul.ecrire(f"tests/lecons/test_{MODULE}.py", essai)
    resultat = lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    assert resultat.returncode == 0, resultat.stdout
    contenu = json.loads((depot_seul.racine / "snippets" / "registre.json").read_text())
    nom = f"tests/lecons/test_{MODULE}.py::test_essai"
    garde = contenu["essais"][nom]
    assert set(garde["cle"]["fichiers"]) == {"donnees/autres.txt", "donnees/noms.json"}
    assert list(garde["cle"]["codes"]) == [SNIPPET]
    assert garde["lignes"][SNIPPET] and garde["cle"]["ollama"] == ""
    depot_seul.remplacer(f"tests/lecons/test_{MODULE}.py", "Bonjour", "Bonsoir")
    assert lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive).returncode == 1
    contenu = json.loads((depot_seul.racine / "snippets" / "registre.json").read_text())
    assert contenu["essais"][nom] == garde, "un échec n'est jamais gardé"


PARTAGE = """from functools import cache
from pathlib import Path

DONNEES = Path(__file__).parents[2] / "snippets" / "donnees"
A_L_IMPORT = (DONNEES / "a_l_import.txt").read_text()


@cache
def garde():
    return (DONNEES / "garde.txt").read_text()
"""
ESSAIS_QUI_LISENT = """import os
from functools import cache
from pathlib import Path

import pytest

from tests.lecons import partage

SNIPPETS = Path(__file__).parents[2] / "snippets"


@cache
def voisin():
    return sorted(os.listdir(SNIPPETS / "donnees"))


@pytest.fixture(scope="module")
def commune():
    return (SNIPPETS / "donnees" / "commune.txt").read_text()


@pytest.mark.parametrize(
    "nom", [pytest.param(f.name, marks=pytest.mark.essai()) for f in SNIPPETS.glob("*/01_*.py")]
)
def test_un_cas_par_fichier(nom):
    assert nom


@pytest.mark.essai()
def test_premier(commune):
    assert commune and partage.garde() and voisin()
    with pytest.raises(FileNotFoundError):
        (SNIPPETS / "donnees" / "absent.txt").read_text()


@pytest.mark.essai()
def test_second(commune):
    assert commune and partage.garde() and voisin()
"""


@pytest.fixture
def essais_qui_lisent(depot: Depot) -> Depot:
    """Des essais qui lisent à la collecte, à l'import, par une fixture, derrière un cache."""
    depot.ecrire("pytest.ini", PYTEST_INI)
    for nom in ("a_l_import", "garde", "commune"):
        depot.ecrire(f"snippets/donnees/{nom}.txt", nom)
    for nom in ("tests/__init__.py", "tests/lecons/__init__.py"):
        depot.ecrire(nom, "")
    depot.ecrire("tests/lecons/partage.py", PARTAGE)
    for fichier in (f"test_{MODULE}.py", "test_autre.py"):
        depot.ecrire(f"tests/lecons/{fichier}", ESSAIS_QUI_LISENT)
    resultat = lancer_pytest(depot, "--enregistrer", sans_ollama=True)
    assert resultat.returncode == 0, resultat.stdout
    return depot


def test_tout_ce_que_lit_un_essai_est_dans_sa_cle(essais_qui_lisent: Depot) -> None:
    """Le second d'une session autant que le premier : rien ne se cache derrière un autre."""
    essais = registre.lire()["essais"]
    assert len(essais) == 6
    lus = {f"donnees/{nom}.txt" for nom in ("a_l_import", "garde", "commune")}
    for fichier in (f"test_{MODULE}.py", "test_autre.py"):
        for fonction in ("test_premier", "test_second"):
            cle_ = essais[f"tests/lecons/{fichier}::{fonction}"]["cle"]
            assert set(cle_["fichiers"]) == lus
            assert {"donnees", "."} <= set(cle_["dossiers"])
            absents = ["donnees/absent.txt"] if fonction == "test_premier" else []
            assert cle_["absents"] == absents
        par_fichier = essais[f"tests/lecons/{fichier}::test_un_cas_par_fichier"]["cle"]
        assert {".", MODULE} <= set(par_fichier["dossiers"])
        assert set(par_fichier["fichiers"]) == {"donnees/a_l_import.txt"}


@pytest.mark.parametrize(
    ("nom", "perimes"),
    [
        (f"snippets/{MODULE}/01_second.py", 6),
        ("snippets/donnees/autre.txt", 6),
        ("snippets/donnees/garde.txt", 4),
        ("snippets/donnees/absent.txt", 6),
    ],
)
def test_un_fichier_de_plus_perime_les_essais_qui_l_auraient_vu(
    essais_qui_lisent: Depot, nom: str, perimes: int
) -> None:
    assert reenregistrer.essais_a_rejouer("module_", tout=False) == {}
    essais_qui_lisent.ecrire(nom, "du nouveau\n")
    assert len(reenregistrer.essais_a_rejouer("module_", tout=False)) == perimes


def test_un_programme_qui_ne_varie_pas_doit_redonner_ses_octets(
    depot_seul: Depot, ollama_prive: Serveur
) -> None:
    """La sortie et son empreinte falsifiées ensemble : l'exécution suivante s'en aperçoit."""
    assert lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive).returncode == 0
    assert lancer_pytest(depot_seul, serveur=ollama_prive).returncode == 0
    faux = "Bonjour à tous\n"
    depot_seul.ecrire(f"snippets/{MODULE}/sorties/01_bonjour.txt", faux)
    registre_ = depot_seul.racine / "snippets" / "registre.json"
    contenu = json.loads(registre_.read_text())
    contenu["snippets"][SNIPPET]["aucun"]["sortie"]["sha256"] = fichiers.empreinte_du_texte(faux)
    registre_.write_text(json.dumps(contenu))
    assert lancer_pytest(depot_seul, "--rejouer", sans_ollama=True).returncode == 0
    resultat = lancer_pytest(depot_seul, serveur=ollama_prive)
    assert resultat.returncode == 1
    assert "n'imprime plus ce qui est enregistré" in resultat.stdout


def test_un_programme_long_s_annonce_quand_il_commence(
    depot_seul: Depot, ollama_prive: Serveur
) -> None:
    """Sans terminal non plus, vingt minutes de calcul ne passent pas en silence."""
    lancer_pytest(depot_seul, "--enregistrer", serveur=ollama_prive)
    fichier = depot_seul.racine / "snippets" / "registre.json"
    contenu = json.loads(fichier.read_text(encoding="utf-8"))
    (entree,) = contenu["snippets"][SNIPPET].values()
    entree["duree_s"], entree["machine"]["repere_ms"] = 90.0, 10**9
    fichier.write_text(json.dumps(contenu), encoding="utf-8")
    resultat = lancer_pytest(depot_seul, serveur=ollama_prive)
    assert resultat.returncode == 0
    assert f"{SNIPPET}… (environ 1 min 30 s en entier)\n" in resultat.stdout


def test_un_snippet_suit_celui_dont_il_depend(depot_seul: Depot, ollama_prive: Serveur) -> None:
    """Même seul demandé, il tourne après l'autre."""
    depot_seul.ecrire(f"snippets/{SNIPPET}", "import os\nprint(os.getpid())\n")
    depot_seul.ecrire(f"snippets/{MODULE}/02_suite.py", "print('suite')\n")
    suite = f"""import pytest


@pytest.mark.snippet("{MODULE}/02_suite.py", apres=("{SNIPPET}",))
def test_suite(execution):
    assert execution.sortie == "suite\\n"
"""
    depot_seul.ecrire("tests/lecons/test_suite.py", suite)
    options = (f"--seulement={MODULE}/02_suite.py", "--enregistrer")
    resultat = lancer_pytest(depot_seul, *options, serveur=ollama_prive)
    assert "1 passed" in resultat.stdout and "2 exécutions de programmes" in resultat.stdout
    assert list(entrees(depot_seul)) == [f"{MODULE}/02_suite.py"]

    depot_seul.ecrire(f"snippets/{SNIPPET}", 'raise SystemExit("panne prévue")\n')
    resultat = lancer_pytest(depot_seul, options[0], serveur=ollama_prive)
    assert resultat.returncode == 1
    assert f"snippets/{SNIPPET}, qui précède, échoue : panne prévue" in resultat.stdout
