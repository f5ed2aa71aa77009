"""Les fragments que les pages incluent : tirés du registre, oubliés avec leur programme."""

from __future__ import annotations

from scripts.publication import fragments
from scripts.socle import chemins
from tests.outils.depot_essai import MODULE, Depot


def test_fragments_generes(depot: Depot) -> None:
    fragments.generer()
    fragment = depot.lire(f"genere/{MODULE}/01_bonjour.md")
    assert f'--8<-- "snippets/{MODULE}/sorties/01_bonjour.txt"' in fragment
    assert "qwen2.5-coder:1.5b" in fragment
    assert "0.34.2" in fragment
    assert "dddddddddddd" in fragment
    assert "Vérifié le" in depot.lire(f"genere/{MODULE}/verifie.md")
    assert "`01_bonjour.py`" in depot.lire("genere/verification.md")


def test_fragment_sans_snippet_supprime(depot: Depot) -> None:
    depot.ecrire(f"genere/{MODULE}/09_ancien.md", "ancien")
    fragments.generer()
    assert not (chemins.GENERE / MODULE / "09_ancien.md").exists()
