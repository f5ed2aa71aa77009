"""L'orthographe : un mot inconnu est nommé, situé, corrigé ; la liste reste propre."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scripts.controles import orthographe
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import Depot

PAGE = "docs/jour-2/4_essai.md"
PAGE_D_ESSAI = "# Essai\n\nL’eau de la flote, dit-elle.\n"


class CorrecteurDEssai:
    """Un dictionnaire de quelques mots."""

    def spell(self, mot: str) -> bool:
        return mot.lower() in {"bonjour", "essai", "eau", "de", "la", "flotte", "dit", "elle"}

    def suggest(self, mot: str) -> Sequence[str]:
        return ("flotte", "faute") if mot == "flote" else ()


@pytest.fixture
def essai(depot: Depot) -> Depot:
    """Un dépôt dont la seule prose est une page, avec une faute."""
    depot.ecrire(PAGE, PAGE_D_ESSAI)
    return depot


def constats() -> list[str]:
    """Les problèmes trouvés avec le dictionnaire d'essai."""
    return [str(probleme) for probleme in orthographe.controler(CorrecteurDEssai())]


def test_mot_inconnu_page_ligne_suggestion(essai: Depot) -> None:
    (constat,) = constats()
    assert constat.startswith(f"{PAGE}:3 : mot inconnu « flote ».")
    assert "Vouliez-vous écrire flotte, faute ?" in constat
    assert constat.endswith(f"ajoutez-le à {orthographe.LISTE}.")


def test_un_mot_n_est_signale_qu_une_fois(essai: Depot) -> None:
    essai.ecrire(PAGE, PAGE_D_ESSAI + "\nLa flote et la flote.\n")
    assert "et 2 fois ailleurs" in next(c for c in constats() if "flote" in c)


def test_mot_du_cours(essai: Depot) -> None:
    essai.ecrire(orthographe.LISTE, "flote\n")
    assert constats() == []


def test_nom_propre_sans_sa_majuscule(essai: Depot) -> None:
    essai.ecrire(PAGE, "Orvelune\n\norvelune\n")
    essai.ecrire(orthographe.LISTE, "Orvelune\n")
    (constat,) = constats()
    assert constat.startswith(f"{PAGE}:3 : mot inconnu « orvelune ».")


@pytest.mark.parametrize(
    ("liste", "attendu"),
    [("flote\neau\n", "pas triée"), ("flote\nzut\n", "« zut » ne sert pas")],
)
def test_liste_mal_tenue(essai: Depot, liste: str, attendu: str) -> None:
    essai.ecrire(orthographe.LISTE, liste)
    assert any(attendu in constat for constat in constats())


def test_completer_la_liste(essai: Depot) -> None:
    essai.ecrire(orthographe.LISTE, "zut\n")
    assert orthographe.completer(CorrecteurDEssai()) == (["flote"], ["zut"])
    assert essai.lire(orthographe.LISTE) == "flote\n"
    assert constats() == []


def test_ce_qui_n_est_pas_un_mot() -> None:
    texte = "l’API de LangChain, num_ctx, bm25s, page.html, a et/ou b, SmolLM2-135M : d’abord"
    assert [*orthographe.mots(texte)] == ["de", "d'abord"]


def test_dictionnaire_absent(monkeypatch: pytest.MonkeyPatch, essai: Depot) -> None:
    monkeypatch.setattr(orthographe, "DICTIONNAIRE", essai.racine)
    orthographe.hunspell.cache_clear()
    with pytest.raises(ErreurCours, match="make lint"):
        orthographe.hunspell()


@pytest.mark.parametrize("mot", ["l'eau", "aujourd'hui", "Écrire", "peut-on", "sous-dossier"])
def test_mots_justes(mot: str) -> None:
    assert orthographe.Lexique(orthographe.hunspell(), []).connait(mot)


@pytest.mark.parametrize("mot", ["fotte", "Evaluer", "l'eua", "peut-etre"])
def test_mots_faux(mot: str) -> None:
    assert not orthographe.Lexique(orthographe.hunspell(), []).connait(mot)


def test_orthographe_du_depot() -> None:
    problemes = orthographe.controler()
    assert not problemes, "\n".join(map(str, problemes))
