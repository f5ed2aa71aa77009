"""La liste des exemptions : lue d'un seul endroit, une entrée mal formée n'exempte rien."""

from __future__ import annotations

import json

import pytest

from scripts.controles.verification import verifier
from scripts.execution import couverture
from scripts.lecons import exemptions
from tests.outils.depot_essai import Depot

LISTE = "snippets/exemptions.toml"


@pytest.mark.parametrize("table", exemptions.TABLES)
def test_une_table_ne_rend_que_ce_qui_dit_ce_qu_il_exempte(depot: Depot, table: str) -> None:
    cles = sorted(exemptions.TABLES[table] - {"raison"})
    entiere = {cle: 3 if cle in exemptions.NOMBRES else "x" for cle in cles}
    lignes = "".join(f"{cle} = {json.dumps(valeur)}\n" for cle, valeur in entiere.items())
    depot.ecrire(LISTE, f'[[{table}]]\n{lignes}[[{table}]]\nraison = "aucune"\n')
    assert exemptions.de(table) == [entiere]
    assert {probleme.fichier for probleme in verifier()} == {LISTE}
    for autre in (f"{table} = 3\n", f"{table} = [3]\n", ""):
        depot.ecrire(LISTE, autre)
        assert exemptions.de(table) == []


def test_sans_liste_rien_n_est_exempte(depot: Depot) -> None:
    (depot.racine / LISTE).unlink()
    assert exemptions.lire() == {}
    assert couverture.exemptions() == {}
