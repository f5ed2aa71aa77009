"""Les fichiers réunis : reconnus, montrés, sans test ni sortie, couverts, et dans la clé."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.controles import des_pages, reunis
from scripts.controles.verification import verifier
from scripts.enregistrement import inscrire, reenregistrer
from scripts.execution import couverture, lanceur
from scripts.execution.executer import Reglages, executer
from scripts.lecons import catalogue, cle, registre, sections
from scripts.ollama_prive.serveur import Serveur
from scripts.publication import fragments
from scripts.socle import chemins
from tests.outils.cours_essai import M
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

REUNI = f"{MODULE}/conversation.py"
CODE = '''"""Ce que partagent les leçons."""

import json


# --8<-- [start:saluer]
def saluer(nom: str) -> str:
    """Salue."""
    return json.dumps(f"Bonjour {nom}")
# --8<-- [end:saluer]


# --8<-- [start:quitter]
def quitter() -> str:
    return "Au revoir"
# --8<-- [end:quitter]
'''
SERVEUR = Serveur("http://127.0.0.1:9")


def importer(depot: Depot, instruction: str = "from conversation import saluer\n") -> None:
    """Fait importer le fichier réuni par le programme du dépôt d'essai, et le montre entier."""
    depot.ecrire(f"snippets/{REUNI}", CODE)
    depot.ecrire(f"snippets/{SNIPPET}", instruction + depot.lire(f"snippets/{SNIPPET}"))
    montrer(depot, REUNI)
    depot.enregistrer()


def montrer(depot: Depot, inclus: str) -> None:
    page = depot.lire("docs/jour-2/4_essai.md")
    bloc = f'```python\n--8<-- "snippets/{inclus}"\n```\n'
    depot.ecrire("docs/jour-2/4_essai.md", page.replace("# Essai\n", f"# Essai\n\n{bloc}", 1))


def constats() -> list[str]:
    des_pages.oublier()
    return [f"{p.fichier} : {p.constat}" for p in verifier()]


@pytest.mark.parametrize(
    "instruction",
    ["from conversation import saluer\n", "import conversation\n", "import json, conversation\n"],
)
def test_un_fichier_importe_et_sans_numero_est_reuni(depot: Depot, instruction: str) -> None:
    importer(depot, instruction)
    assert catalogue.fichiers_reunis() == {REUNI: [SNIPPET]}
    assert catalogue.noms_des_programmes() == [SNIPPET]
    assert catalogue.noms_des_snippets() == [SNIPPET, REUNI]
    assert constats() == []


def test_un_fichier_reuni_l_est_de_proche_en_proche(depot: Depot) -> None:
    importer(depot)
    depot.ecrire(f"snippets/{MODULE}/calculs.py", "SOMME = 1\n")
    depot.remplacer(f"snippets/{REUNI}", "import json\n", "import json\n\nimport calculs\n")
    depot.ecrire(f"snippets/{MODULE}/assistant.py", "import conversation\n\nprint(conversation)\n")
    attendus = [SNIPPET, f"{MODULE}/assistant.py"]
    assert catalogue.fichiers_reunis() == {f"{MODULE}/calculs.py": attendus, REUNI: attendus}


@pytest.mark.parametrize(
    "texte",
    [
        '"""Montre `\nfrom conversation import saluer\n`."""\n',
        "conversation = 1\n",
        "import json\n",
    ],
)
def test_le_nommer_n_est_pas_l_importer(depot: Depot, texte: str) -> None:
    depot.ecrire(f"snippets/{REUNI}", CODE)
    depot.ecrire(f"snippets/{SNIPPET}", texte)
    assert catalogue.fichiers_reunis() == {}


def test_un_fichier_d_un_autre_module_n_est_pas_reuni(depot: Depot) -> None:
    depot.ecrire("snippets/module_5_autre/conversation.py", CODE)
    depot.remplacer(f"snippets/{SNIPPET}", "import json\n", "import json\nimport conversation\n")
    assert catalogue.fichiers_reunis() == {}


def test_un_fichier_reuni_que_rien_n_importe_est_refuse(depot: Depot) -> None:
    depot.ecrire(f"snippets/{REUNI}", CODE)
    depot.ecrire(f"snippets/{MODULE}/autre.py", "import conversation\n\nVALEUR = 1\n")
    depot.ecrire(f"snippets/{REUNI}", "import autre\n")  # l'un l'autre : rien ne les lance
    orphelins = [p.fichier for p in reunis.fichiers_reunis_justes()]
    assert orphelins == [f"snippets/{MODULE}/autre.py", f"snippets/{REUNI}"]


@pytest.mark.parametrize(
    "ligne", ["print(1)\n", 'if __name__ == "__main__":\n    quitter()\n', "for _ in (): pass\n"]
)
def test_un_fichier_reuni_n_execute_rien(depot: Depot, ligne: str) -> None:
    importer(depot)
    depot.ecrire(f"snippets/{REUNI}", CODE + ligne)
    [probleme] = reunis.fichiers_reunis_justes()
    assert "autre chose que définir" in probleme.constat


@pytest.mark.parametrize("nom", ["json", "ollama"])
def test_un_fichier_reuni_ne_cache_aucun_module(depot: Depot, nom: str) -> None:
    depot.ecrire(f"snippets/{MODULE}/{nom}.py", CODE)
    depot.remplacer(f"snippets/{SNIPPET}", "import json\n", f"import json\nimport {nom}\n")
    montrer(depot, f"{MODULE}/{nom}.py")
    des_pages.oublier()
    assert any(f"« {nom} »" in p.constat for p in reunis.fichiers_reunis_justes())


def test_il_est_montre_entier_ou_par_toutes_ses_sections(depot: Depot) -> None:
    importer(depot)
    page = depot.lire("docs/jour-2/4_essai.md")
    depot.ecrire("docs/jour-2/4_essai.md", page.replace(f'"snippets/{REUNI}"', '"x"'))
    depot.ecrire("docs/jour-2/5_autre.md", page)  # la page d'un autre module ne compte pas
    des_pages.oublier()
    assert ["aucune page de son module" in p.constat for p in reunis.fichiers_reunis_justes()]
    (depot.racine / "docs/jour-2/5_autre.md").unlink()
    depot.ecrire("docs/jour-2/4_essai.md", page.replace(REUNI, f"{REUNI}:saluer"))
    [constat] = constats()
    assert "la section « quitter »" in constat
    montrer(depot, f"{REUNI}:quitter")
    assert constats() == []


def test_il_n_a_ni_test_ni_sortie_ni_enregistrement(depot: Depot) -> None:
    depot.ecrire(f"snippets/{REUNI}", CODE + "print(1)\n")
    depot.enregistrer(REUNI)
    depot.ecrire(f"snippets/{REUNI}", CODE)
    importer(depot)
    fragments.generer()
    assert not (chemins.GENERE / MODULE / "conversation.md").exists()
    assert any("n'existe plus" in constat for constat in constats())
    assert (REUNI, "") not in reenregistrer.a_rejouer("module_", "", tout=True)
    reenregistrer._oublier_les_disparus()
    assert constats() == []
    test = depot.lire(f"tests/lecons/test_{MODULE}.py")
    fautif = test + f'\n\n@pytest.mark.snippet("{REUNI}")\ndef test_reuni(execution):\n    pass\n'
    depot.ecrire(f"tests/lecons/test_{MODULE}.py", fautif)
    assert any("un fichier réuni, qui n'en a pas" in constat for constat in constats())


# --- Exécutés pour de vrai ---


def test_il_est_dans_la_cle_de_qui_l_importe(cours: Depot) -> None:
    """Le petit cours : 02_suite importe outils, qui importe calculs."""
    assert catalogue.fichiers_reunis() == {
        f"{M}/calculs.py": [f"{M}/02_suite.py"],
        f"{M}/outils.py": [f"{M}/02_suite.py"],
    }
    entree = registre.lire()["snippets"][f"{M}/02_suite.py"]["aucun"]
    assert {f"{M}/outils.py", f"{M}/calculs.py"} <= entree["cle"]["codes"].keys()
    cours.remplacer(f"snippets/{M}/calculs.py", "a + b", "b + a")
    raison = cle.perime(f"{M}/02_suite.py", "aucun", entree, lanceur.contexte(registre.lire()))
    assert raison == f"ce qu'il exécute a changé ({M}/calculs.py)"


def test_sa_docstring_compte_car_un_programme_peut_la_montrer(cours: Depot) -> None:
    entree = registre.lire()["snippets"][f"{M}/02_suite.py"]["aucun"]
    cours.remplacer(f"snippets/{M}/outils.py", "Le double.", "Deux fois.")
    contexte = lanceur.contexte(registre.lire())
    assert f"{M}/outils.py" in str(cle.perime(f"{M}/02_suite.py", "aucun", entree, contexte))
    cours.remplacer(f"snippets/{M}/outils.py", "Deux fois.", "Le double.")
    avec_commentaire = cours.lire(f"snippets/{M}/outils.py") + "\n# Un commentaire.\n"
    cours.ecrire(f"snippets/{M}/outils.py", avec_commentaire)
    contexte = lanceur.contexte(registre.lire())
    assert cle.perime(f"{M}/02_suite.py", "aucun", entree, contexte) is None


def test_ses_lignes_sont_couvertes_par_qui_l_importe(depot: Depot) -> None:
    importer(depot)
    depot.ecrire(f"snippets/{SNIPPET}", "from conversation import saluer\n\nprint(saluer('Ada'))\n")
    execution = executer(SNIPPET, SERVEUR, Reglages(mesurer=True))
    assert execution.sortie == '"Bonjour Ada"\n', execution.erreurs
    connu = registre.lire()
    [entree] = connu["snippets"][SNIPPET].values()
    entree["preuve"]["lignes"] = inscrire.en_rangs(execution.lignes)
    assert couverture.lignes_manquantes(connu) == {REUNI: ['return "Au revoir"']}


def test_un_exercice_importe_le_fichier_reuni(depot: Depot) -> None:
    depot.ecrire(f"snippets/{REUNI}", CODE)
    exercice = f"{MODULE}/exercice_1_dire.py"
    texte = (
        "from conversation import saluer\n\n\n# --8<-- [start:depart]\nprint(saluer('départ'))\n"
        "# --8<-- [end:depart]\n# --8<-- [start:solution]\nprint(1)\n# --8<-- [end:solution]\n"
    )
    depot.ecrire(f"snippets/{exercice}", texte)
    arguments = [str(chemins.SNIPPETS / exercice), "depart"]
    source = Path(sections.__file__)
    execution = executer(exercice, SERVEUR, Reglages(source=source, args=arguments, mesurer=True))
    assert execution.sortie == '"Bonjour d\\u00e9part"\n', execution.erreurs
    assert REUNI in execution.observation.codes and REUNI in execution.lignes


def test_deux_fichiers_reunis_qui_s_importent_se_mesurent(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/un.py", "import deux\n\nA = 1\n")
    depot.ecrire(f"snippets/{MODULE}/deux.py", "import un\n\nB = un\n")
    depot.ecrire(f"snippets/{SNIPPET}", "import un\n\nprint(un.A)\n")
    execution = executer(SNIPPET, SERVEUR, Reglages(mesurer=True))
    assert execution.sortie == "1\n", execution.erreurs
    assert {f"{MODULE}/un.py", f"{MODULE}/deux.py"} <= execution.lignes.keys()
