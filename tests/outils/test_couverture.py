"""La couverture des snippets : toute ligne est exécutée, ou exemptée tant que c'est utile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import coverage

from scripts.execution import couverture
from scripts.execution.executer import OBSERVATION
from tests.outils.depot_essai import Depot


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


def test_un_programme_est_mesure_mais_ses_imports_n_en_sont_pas_ralentis(tmp_path: Path) -> None:
    (tmp_path / "voisin.py").write_text("import sys\nsuivi = sys.gettrace() is not None\n")
    programme = tmp_path / "programme.py"
    programme.write_text("import voisin\nprint(voisin.suivi)\nif voisin.suivi:\n    print('!')\n")
    mesures = tmp_path / ".coverage"
    environnement = couverture.ENVIRONNEMENT | {
        "COURS_COUVERTURE": str(tmp_path),
        "COVERAGE_FILE": str(mesures),
        "PYTHONPATH": os.pathsep.join([str(OBSERVATION), str(tmp_path)]),
    }
    commande = [sys.executable, str(programme)]
    lance = subprocess.run(commande, env=environnement, capture_output=True, text=True, check=True)
    assert lance.stdout == "False\n", lance.stderr
    mesure = coverage.Coverage(data_file=str(mesures))
    mesure.combine([str(tmp_path)])
    assert sorted(mesure.get_data().lines(str(programme)) or []) == [1, 2, 3]
