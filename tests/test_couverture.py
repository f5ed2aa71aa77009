"""La couverture des snippets : toute ligne est exécutée, ou exemptée tant que c'est utile."""

from __future__ import annotations

from scripts import couverture
from tests.depot_essai import Depot


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
