"""Ce que reçoit un lecteur : les fichiers qu'ont les programmes quand ils tournent, sans plus."""

from __future__ import annotations

import io
import zipfile

import pytest

from scripts.execution.copie import copier
from scripts.lecons import archives, catalogue
from scripts.socle import chemins
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

HORS_LECON = sorted({*catalogue.DOSSIERS_HORS_LECON, ".ipynb_checkpoints"})


def noms_du_zip(module: str) -> set[str]:
    """Les fichiers de l'archive d'un module."""
    octets = archives.archive_du_module(chemins.SNIPPETS / module)
    with zipfile.ZipFile(io.BytesIO(octets)) as contenu:
        return set(contenu.namelist())


@pytest.mark.parametrize("dossier", HORS_LECON)
def test_ce_qui_n_est_pas_la_lecon_n_est_pas_dans_l_archive(depot: Depot, dossier: str) -> None:
    avant = noms_du_zip(MODULE)
    assert {SNIPPET, "donnees/noms.json"} <= avant
    depot.ecrire(f"snippets/{MODULE}/{dossier}/01_bonjour/note.py", "1\n")
    depot.ecrire(f"snippets/donnees/{dossier}/note.json", "1\n")
    assert noms_du_zip(MODULE) == avant
    assert catalogue.noms_des_snippets() == [SNIPPET]


@pytest.mark.parametrize("module", catalogue.noms_des_modules())
def test_l_archive_d_un_module_est_la_copie_ou_tournent_ses_programmes(module: str) -> None:
    with copier() as copie:
        fichiers = {copie.nom(str(f)) for f in copie.racine.rglob("*") if f.is_file()}
    assert noms_du_zip(module) == {
        nom for nom in fichiers if nom.startswith((f"{module}/", "donnees/"))
    }
