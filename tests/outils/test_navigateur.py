"""Chromium se lance partout avec les mêmes options."""

from __future__ import annotations

from scripts.bench import poids
from scripts.outillage import navigateur
from scripts.socle import chemins


def test_ses_options_ne_sont_ecrites_qu_a_un_endroit() -> None:
    sources = (chemins.RACINE_DU_CODE / "scripts").rglob("*.py")
    avec = [source.stem for source in sources if "--no-sandbox" in source.read_text("utf-8")]
    assert avec == ["navigateur"]
    assert set(navigateur.OPTIONS) < set(poids.OPTIONS_CHROMIUM.split())
