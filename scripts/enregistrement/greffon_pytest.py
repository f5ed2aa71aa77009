"""Greffon pytest : exécute les snippets contre Ollama et, si on le demande, les enregistre.

Un test marqué `@pytest.mark.snippet("module_x/nom.py")` reçoit dans `execution` le résultat de ce
fichier, exécuté une seule fois par session. Avec `--enregistrer`, la sortie n'est écrite que si
tous les tests de ce snippet ont passé.

Les snippets tournent l'un après l'autre : le moteur prend déjà tous les cœurs, et deux calculs côte
à côte se gênent au point d'aller plusieurs fois moins vite que l'un après l'autre.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from scripts.enregistrement.session import Demande, Session
from scripts.execution import executer as executions
from scripts.execution.resultat import Execution
from scripts.lecons import sections
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

CODE_SERVEUR_ARRETE = 3


CLE = pytest.StashKey[Session]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options `--enregistrer` et `--seulement` ; la seconde se répète."""
    groupe = parser.getgroup("cours")
    groupe.addoption("--enregistrer", action="store_true", help="écrit les sorties des snippets")
    groupe.addoption("--seulement", action="append", default=[], help="ne garde que ces snippets")


def pytest_configure(config: pytest.Config) -> None:
    """Prépare la session."""
    config.stash[CLE] = Session(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Avec `--seulement`, ne garde que les tests des snippets nommés ; note ce qui sera exécuté."""
    demandes = filter(None, map(Demande.du_test, items))
    config.stash[CLE].connues = {demande.nom: demande for demande in demandes}
    seulement = set(config.getoption("--seulement"))
    if seulement:
        gardes: list[pytest.Item] = []
        ecartes: list[pytest.Item] = []
        for test in items:
            demande = Demande.du_test(test)
            (gardes if demande and demande.nom in seulement else ecartes).append(test)
        items[:] = gardes
        config.hook.pytest_deselected(items=ecartes)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note, une fois les tests choisis, les snippets qu'ils demandent."""
    etat = session.config.stash[CLE]
    for test in session.items:
        demande = Demande.du_test(test)
        if demande:
            etat.tests_restants[demande.nom] += 1
            if etat.demandes.setdefault(demande.nom, demande) != demande:
                raise pytest.UsageError(
                    f"{demande.nom} est demandé de deux façons différentes ({test.nodeid}) : "
                    "utilisez `executer` pour la variante."
                )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    """Après chaque test : s'arrête si le serveur est mort, sinon enregistre ce qui peut l'être."""
    rapport = yield
    etat = item.config.stash[CLE]
    if rapport.failed and (constat := etat.mort_du_serveur()):
        item.session.shouldstop = constat
    demande = Demande.du_test(item)
    dernier = call.when == "call" or (call.when == "setup" and not rapport.passed)
    if demande and dernier:
        try:
            etat.noter_le_test(demande, reussi=rapport.passed)
        except ErreurCours as erreur:
            rapport.outcome, rapport.longrepr = "failed", str(erreur)
    return rapport


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Arrête le serveur, quoi qu'il soit arrivé."""
    etat = session.config.stash[CLE]
    etat.fermer()
    if etat.serveur_mort:
        session.exitstatus = CODE_SERVEUR_ARRETE


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Affiche le bilan des snippets."""
    bilan = config.stash[CLE].bilan()
    if bilan:
        terminalreporter.write_line(bilan)


@pytest.fixture(scope="session")
def ollama_prive(pytestconfig: pytest.Config) -> Serveur:
    """Le serveur Ollama de la session, modèle présent."""
    return pytestconfig.stash[CLE].serveur


@pytest.fixture(scope="session")
def complet(pytestconfig: pytest.Config) -> bool:
    """Les leçons sont-elles rejouées entières, telles qu'elles sont enregistrées ?"""
    return pytestconfig.stash[CLE].complet


@pytest.fixture
def execution(request: pytest.FixtureRequest) -> Execution:
    """Le résultat du snippet nommé par le marqueur, code de sortie vérifié."""
    demande = Demande.du_test(request.node)
    if demande is None:
        raise pytest.UsageError("la fixture `execution` demande le marqueur `snippet`")
    resultat = request.config.stash[CLE].resultat(demande)
    assert resultat.code == demande.code, (
        f"snippets/{demande.nom} s'est terminé avec le code {resultat.code} "
        f"au lieu de {demande.code}\n{resultat.sortie}\n{resultat.erreurs}"
    )
    return resultat


@pytest.fixture
def executer(pytestconfig: pytest.Config, ollama_prive: Serveur) -> Callable[..., Execution]:
    """Une fonction `executer(nom, args=…, env=…, dossier=…, entree=…)` : essais non enregistrés.

    Avec `atelier=True`, l'essai tourne dans l'atelier de la session.
    """

    def lancer(nom: str, *, atelier: bool = False, **options: Any) -> Execution:
        if atelier:
            options = {**pytestconfig.stash[CLE].atelier.options(options.pop("env", {})), **options}
        essai = executions.executer(nom, ollama_prive, **options)
        pytestconfig.stash[CLE].essais.append(essai)
        return essai

    return lancer


@pytest.fixture(scope="session")
def atelier(pytestconfig: pytest.Config) -> Path:
    """Le dossier de travail que se partagent les snippets marqués `atelier`."""
    return pytestconfig.stash[CLE].atelier.dossier


@pytest.fixture
def executer_sections(executer: Callable[..., Execution]) -> Callable[..., Execution]:
    """Une fonction `executer_sections(nom, [sections])` : les lignes des autres sont vidées."""

    def lancer(nom: str, gardees: list[str]) -> Execution:
        arguments = [str(chemins.SNIPPETS / nom), *gardees]
        return executer(nom, source=Path(sections.__file__), args=arguments)

    return lancer
