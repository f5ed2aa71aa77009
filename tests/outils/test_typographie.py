"""La typographie : chaque règle trouve sa faute et laisse passer l'écriture juste."""

from __future__ import annotations

import pytest

from scripts.controles import prose, typographie
from tests.outils.depot_essai import Depot

PAGE = "docs/jour-2/4_essai.md"


def constats(texte: str) -> list[str]:
    """Les constats que déclenche une ligne de page."""
    return [regle.constat for regle, _ in typographie.fautes(prose.masquer(texte))]


@pytest.mark.parametrize(
    ("faux", "juste"),
    [
        ("Combien ?", "Combien\u00a0?"),
        ("Combien?", "Combien\u202f?"),
        ("Voici : rien.", "Voici\u00a0: rien."),
        ("Voici: rien.", "À 12:30, voici."),
        ("le `code` ; puis", "le `code`\u00a0; puis"),
        ("« mot\u00a0»", "«\u00a0mot\u00a0»"),
        ("l'eau", "l’eau"),
        ("d'`options`", "d’`options`"),
        ('le "mot" juste', "le «\u00a0mot\u00a0» juste"),
        ("A la fin, rien.", "À la fin, le modèle A répond."),
        ("Ca marche.", "Ça marche."),
        ("Etape finale", "Étape finale"),
        ("un mot - ou deux", "un mot — ou deux, porte-clés"),
        ("la suite...", "la suite…"),
        ("des mots, etc...", "des mots, etc."),
        ("des mots etc.", "des mots, etc. et le reste"),
        ("il faut 4 Go", "il faut 4\u00a0Go"),
        ("il faut 4Go", "une taille de 256 octets"),
        ("50 %", "50\u00a0%"),
        ("1 000 mots", "1\u00a0000 mots, en 2026 100 jours"),
        ("1.5\u00a0Go", "1,5\u00a0Go avec Python 3.11"),
        ("4 GB", "4\u00a0Go"),
        ("la 2ème page", "la 2e page"),
    ],
)
def test_faute_et_ecriture_juste(faux: str, juste: str) -> None:
    assert constats(faux)
    assert constats(juste) == []


@pytest.mark.parametrize(
    "epargne",
    [
        '```python title="a.py"\nprint("a ?")\n```',
        '[lien](page.md "titre")',
        "`a ? b : c`",
        "|:--|--:|",
        "- une liste",
        "https://exemple.fr/?q=a",
        ":   Une définition.",
    ],
)
def test_ce_qui_n_est_pas_de_la_prose(depot: Depot, epargne: str) -> None:
    depot.ecrire(PAGE, f"# Essai\n\n{epargne}\n")
    assert typographie.controler() == []


def test_page_et_ligne(depot: Depot) -> None:
    depot.ecrire(PAGE, "# Essai\n\nUn mot.\nCombien ?\n")
    (probleme,) = typographie.controler()
    assert probleme.fichier == f"{PAGE}:4"
    assert "U+00A0" in probleme.remede


def test_typographie_du_depot() -> None:
    problemes = typographie.controler()
    assert not problemes, "\n".join(map(str, problemes))
