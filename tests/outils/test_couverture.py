"""La couverture des snippets : toute ligne est exécutée, ou exemptée tant que c'est utile."""

from __future__ import annotations

import os
from pathlib import Path

from scripts.execution import couverture
from scripts.execution.executer import OBSERVATION, Reglages, executer
from scripts.lecons import registre
from scripts.ollama_prive.serveur import Serveur
from tests.outils.depot_essai import MODULE, SNIPPET, Depot


def test_ligne_jamais_executee() -> None:
    (phrase,) = couverture.comparer({"m/01.py": ["boum()"]}, {})
    assert phrase.startswith("snippets/m/01.py : « boum() »")
    assert phrase.endswith("Testez-la, ou supprimez-la.")


def test_exemption_utile() -> None:
    assert couverture.comparer({"m/01.py": ["boum()"]}, {"m/01.py": ["boum()"]}) == []


def test_exemption_devenue_inutile() -> None:
    (phrase,) = couverture.comparer({}, {"m/01.py": ["boum()"]})
    assert "Retirez l'exemption" in phrase


def test_exemptions_lues(depot: Depot) -> None:
    assert couverture.exemptions() == {}
    texte = '[[ligne]]\nsnippet = "m/01.py"\ntexte = " boum() "\nraison = "Windows"\n'
    depot.ecrire("snippets/exemptions.toml", texte)
    assert couverture.exemptions() == {"m/01.py": ["boum()"]}


def test_les_rangs_ne_dependent_pas_des_commentaires() -> None:
    texte = '"""Titre."""\n\na = 1\nif a:\n    b = (\n        2\n    )\nelse:\n    b = 3\n'
    rangs = couverture.rangs(texte, [3, 4, 5])
    assert rangs == "0-2" and couverture.lire_les_rangs(rangs) == {0, 1, 2}
    commente = texte.replace("a = 1", "# un\n# deux\na = 1")
    assert couverture.rangs(commente, [5, 6, 8]) == rangs
    assert (
        couverture.lire_les_rangs("0,2-3") == {0, 2, 3} and couverture.lire_les_rangs("") == set()
    )


def test_une_ligne_qu_aucune_preuve_n_execute_est_nommee(depot: Depot) -> None:
    connu = registre.lire()
    connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]["preuve"]["lignes"] = {SNIPPET: "0-2"}
    [ligne] = couverture.lignes_manquantes(connu)[SNIPPET]
    assert ligne == 'print("Bonjour", json.loads(donnees.read_text()))'
    connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]["preuve"]["lignes"] = {SNIPPET: "0-3"}
    assert couverture.lignes_manquantes(connu) == {}


def test_un_programme_est_mesure_mais_ses_imports_n_en_sont_pas_ralentis(
    depot: Depot, tmp_path: Path
) -> None:
    """Un paquet installé est importé avant la mesure ; un voisin du programme, pendant."""
    code = "import sys\nsuivi = sys.gettrace() is not None\n"
    installe = tmp_path / "installe"
    installe.mkdir()
    (installe / "paquet.py").write_text(code, "utf-8")
    depot.ecrire(f"snippets/{MODULE}/voisin.py", code)
    programme = f"{MODULE}/02_mesure.py"
    texte = (
        "import paquet\nimport voisin\nprint(paquet.suivi, voisin.suivi)\nif paquet.suivi:\n    1\n"
    )
    depot.ecrire(f"snippets/{programme}", texte)
    env = {"PYTHONPATH": os.pathsep.join([str(OBSERVATION), str(installe)])}
    execution = executer(programme, Serveur("http://127.0.0.1:9"), Reglages(env=env, mesurer=True))
    assert execution.sortie == "False True\n", execution.erreurs
    assert execution.lignes[programme] == frozenset({1, 2, 3, 4})
    assert execution.lignes[f"{MODULE}/voisin.py"] == frozenset({1, 2})
