"""Les diagrammes Mermaid deviennent des SVG accessibles, clairs et sombres, et inscrits."""

from __future__ import annotations

import os

import pytest

from scripts.controles.verification import verifier
from scripts.enregistrement import diagrammes
from scripts.lecons import registre
from scripts.outillage import navigateur
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import MODULE, Depot

SOURCE = f"snippets/{MODULE}/diagrammes/flux.mmd"

pytestmark = [
    pytest.mark.navigateur,
    pytest.mark.skipif(
        navigateur.trouver() is None and os.environ.get("CI") != "true",
        reason=navigateur.A_INSTALLER,
    ),
]


def test_dessin_clair_et_sombre(depot: Depot) -> None:
    titre = "accTitle: Un flux\n  accDescr: De a vers b"
    depot.ecrire(SOURCE, f"flowchart LR\n  {titre}\n  a[Départ] --> b[Arrivée]\n")
    (source,) = diagrammes.a_dessiner()
    diagrammes.dessiner([source])
    for image in diagrammes.images(source).values():
        svg = image.read_text(encoding="utf-8")
        assert "<title" in svg and "Un flux" in svg
        assert "Départ" in svg
        assert "foreignObject" not in svg  # illisible dans une balise <img>
    assert diagrammes.a_dessiner() == []
    assert verifier() == []
    depot.remplacer(SOURCE, "Arrivée", "Fin")
    assert diagrammes.a_dessiner() == [source]


def test_source_refusee(depot: Depot) -> None:
    depot.ecrire(SOURCE, "ceci n'est pas un diagramme\n")
    with pytest.raises(ErreurCours, match=r"Mermaid refuse .*flux\.mmd"):
        diagrammes.dessiner(diagrammes.a_dessiner())
    assert registre.lire()["diagrammes"] == {}
