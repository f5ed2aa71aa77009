"""Le verdict d'une comparaison, sur des cas dont on connaît la réponse."""

from __future__ import annotations

import warnings
from itertools import product

import pytest

from scripts.enregistrement.statistiques import comparer
from scripts.lecons.phrases.verdicts import CONTRAIRE, NON_PROUVE, PROUVE, decider


@pytest.fixture(autouse=True)
def aucun_avertissement() -> None:
    """Une liste que scipy supporte mal ne doit pas passer en silence."""
    warnings.simplefilter("error")


def cas(oui: int, non: int) -> tuple[float, ...]:
    """Tant de 1, puis tant de 0."""
    return (1.0,) * oui + (0.0,) * non


@pytest.mark.parametrize(
    ("a", "b", "attendu"),
    [(2, 1, PROUVE), (1, 2, CONTRAIRE), (1, 1, NON_PROUVE), (0.1 + 0.2, 0.3, NON_PROUVE)],
)
def test_sans_hasard_une_comparaison_suffit(a: float, b: float, attendu: str) -> None:
    verdict = comparer("exact", (a,), (b,))
    assert (verdict.verdict, verdict.intervalle, verdict.p) == (attendu, None, None)


@pytest.mark.parametrize(("combien", "attendu"), [(5, NON_PROUVE), (6, PROUVE)])
def test_six_cas_tous_gagnes_prouvent_cinq_non(combien: int, attendu: str) -> None:
    """McNemar exact : 2 / 2**6 = 0,031, mais 2 / 2**5 = 0,062 ; l'intervalle dit de même."""
    verdict = comparer("paire", cas(combien, 0), cas(0, combien))
    assert verdict.verdict == attendu
    assert verdict.p == pytest.approx(2 / 2**combien)
    assert verdict.intervalle is not None
    bas, haut = verdict.intervalle
    assert (bas > 0) == (attendu == PROUVE) and haut == 1
    inverse = comparer("paire", cas(0, combien), cas(combien, 0))
    assert inverse.intervalle == pytest.approx((-1, -bas))
    assert inverse.verdict == (CONTRAIRE if attendu == PROUVE else NON_PROUVE)


def test_mcnemar_ne_regarde_que_les_cas_qui_different() -> None:
    """Quinze contre dix sur dix-huit, cinq paires gagnées : p = 0,062, et zéro est possible."""
    verdict = comparer("paire", cas(15, 3), cas(10, 8))
    assert verdict.p == pytest.approx(0.0625)
    assert verdict.ecart == pytest.approx(5 / 18)
    assert verdict.intervalle is not None
    assert verdict.intervalle[0] < 0 < verdict.intervalle[1]
    assert verdict.verdict == NON_PROUVE


@pytest.mark.parametrize("combien", [6, 12])
def test_l_intervalle_contient_zero_quand_p_depasse_le_seuil(combien: int) -> None:
    for gagnes in range(combien + 1):
        for perdus in range(combien - gagnes + 1):
            egaux = combien - gagnes - perdus
            a = cas(gagnes, perdus) + cas(egaux, 0)
            b = cas(0, gagnes) + cas(perdus + egaux, 0)
            verdict = comparer("paire", a, b)
            assert verdict.p is not None and verdict.intervalle is not None
            bas, haut = verdict.intervalle
            assert (verdict.verdict == NON_PROUVE) == (bas <= 0 <= haut)
            assert bas <= verdict.ecart <= haut


def test_un_intervalle_qui_contient_zero_ne_prouve_rien() -> None:
    verdict = comparer("paire", cas(8, 8), cas(5, 3) + cas(1, 7))
    assert verdict.intervalle is not None
    assert verdict.intervalle[0] < 0 < verdict.intervalle[1]
    assert verdict.verdict == NON_PROUVE


@pytest.mark.parametrize("valeur", [0.0, 1.0])
def test_aucune_difference_n_est_pas_une_certitude(valeur: float) -> None:
    verdict = comparer("paire", (valeur,) * 12, (valeur,) * 12)
    assert (verdict.ecart, verdict.p, verdict.verdict) == (0, 1, NON_PROUVE)
    assert verdict.intervalle == pytest.approx((-0.2646, 0.2646), abs=1e-3)


@pytest.mark.parametrize("test", ["paire", "independant"])
@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (3.5, 1.0)])
def test_un_seul_cas_ne_prouve_rien(test: str, a: float, b: float) -> None:
    verdict = comparer(test, (a,), (b,))
    assert (verdict.verdict, verdict.p) == (NON_PROUVE, 1)
    assert verdict.intervalle is None or verdict.intervalle[0] < 0 < verdict.intervalle[1]


def test_des_parts_independantes() -> None:
    nette = comparer("independant", cas(17, 3), cas(4, 16))
    assert nette.verdict == PROUVE and nette.p is not None and nette.p < 0.001
    proche = comparer("independant", cas(11, 9), cas(9, 11))
    assert proche.verdict == NON_PROUVE
    assert proche.intervalle is not None and proche.intervalle[0] < 0 < proche.intervalle[1]


@pytest.mark.parametrize(
    ("a", "b", "attendu"),
    [
        (cas(12, 0), cas(0, 12), PROUVE),
        (cas(0, 12), cas(12, 0), CONTRAIRE),
        (cas(12, 0), cas(10, 2), NON_PROUVE),
        (cas(3, 0), cas(0, 3), NON_PROUVE),
        (cas(12, 0), cas(4, 0), NON_PROUVE),
    ],
)
def test_des_parts_independantes_toutes_pareilles(
    a: tuple[float, ...], b: tuple[float, ...], attendu: str
) -> None:
    verdict = comparer("independant", a, b)
    assert verdict.verdict == attendu
    assert verdict.intervalle is not None
    bas, haut = verdict.intervalle
    assert -1 <= bas < verdict.ecart <= haut <= 1 or -1 <= bas <= verdict.ecart < haut <= 1


def test_des_nombres_apparies() -> None:
    a, b = (12.0, 15.5, 11.0, 18.0, 14.0, 16.0, 13.0), (10.0, 12.0, 10.5, 13.0, 12.5, 14.0, 9.0)
    verdict = comparer("paire", a, b)
    assert verdict.verdict == PROUVE
    assert verdict.p == pytest.approx(2 / 2**7)  # toutes les permutations sont faites
    assert comparer("paire", b, a).verdict == CONTRAIRE


@pytest.mark.parametrize("test", ["paire", "independant"])
@pytest.mark.parametrize(
    ("a", "b", "attendu"), [((3.0,) * 8, (2.0,) * 8, PROUVE), ((3.0,) * 8, (3.0,) * 8, NON_PROUVE)]
)
def test_des_nombres_tous_egaux(
    test: str, a: tuple[float, ...], b: tuple[float, ...], attendu: str
) -> None:
    verdict = comparer(test, a, b)
    assert verdict.verdict == attendu
    assert verdict.intervalle == (verdict.ecart, verdict.ecart)


def test_des_nombres_independants() -> None:
    a, b = (5.0, 6.0, 7.0, 6.5, 5.5), (1.0, 2.0, 1.5, 2.5)
    assert comparer("independant", a, b).verdict == PROUVE
    assert comparer("independant", a, (5.0, 6.2, 6.8)).verdict == NON_PROUVE


def test_le_meme_calcul_donne_le_meme_verdict() -> None:
    a, b = cas(9, 5), cas(6, 8)
    assert comparer("paire", a, b) == comparer("paire", a, b)


def test_toutes_les_petites_listes_de_zeros_et_de_uns() -> None:
    """Aucune n'arrête le calcul, et l'inverse d'une comparaison a l'inverse de son verdict."""
    listes = [liste for n in (1, 2, 3) for liste in product((0.0, 1.0), repeat=n)]
    for a, b in product(listes, listes):
        assert comparer("independant", a, b).verdict == NON_PROUVE
        if len(a) == len(b):
            assert comparer("paire", a, b).verdict == NON_PROUVE


@pytest.mark.parametrize(
    ("intervalle", "p", "attendu"),
    [
        ((0.1, 0.5), 0.01, PROUVE),
        ((-0.5, -0.1), 0.01, CONTRAIRE),
        ((0.1, 0.5), 0.05, NON_PROUVE),
        ((0.0, 0.5), 0.01, NON_PROUVE),
        ((-0.1, 0.5), 0.01, NON_PROUVE),
        (None, 0.01, NON_PROUVE),
        ((0.1, 0.5), None, NON_PROUVE),
    ],
)
def test_il_faut_l_intervalle_et_p(
    intervalle: tuple[float, float] | None, p: float | None, attendu: str
) -> None:
    ecart = sum(intervalle) / 2 if intervalle else 0.3
    assert decider("paire", ecart, intervalle, p) == attendu
