"""Chaque programme est dans un test, et chaque test nomme des programmes qui existent."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.controles.probleme import Probleme
from scripts.lecons import catalogue, marqueurs
from scripts.socle.chemins import relatif


def snippets_testes() -> Iterator[Probleme]:
    """Chaque programme a un marqueur `snippet`, et chaque marqueur un programme."""
    existants = set(catalogue.noms_des_snippets())
    testes = set(marqueurs.par_programme())
    for nom in sorted(set(catalogue.noms_des_programmes()) - testes):
        module = nom.split("/")[0]
        yield Probleme(
            f"snippets/{nom}",
            "ce programme n'est dans aucun test",
            f"Ajoutez à tests/lecons/test_{module}.py un test marqué "
            f'@pytest.mark.snippet("{nom}").',
        )
    for marqueur in marqueurs.tous():
        for nom in sorted(set(marqueur.programmes) - existants):
            # Un essai paramétré nomme parfois son programme par une expression.
            if marqueur.sorte == "snippet" or nom.endswith((".py", ".sh")):
                yield Probleme(
                    relatif(marqueur.test),
                    f"ce test nomme snippets/{nom}, qui n'existe pas",
                    "Corrigez le nom, ou supprimez le test.",
                )
