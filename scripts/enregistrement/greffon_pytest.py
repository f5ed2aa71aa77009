"""Greffon pytest : rejoue les tests des leçons sur leurs preuves, ou les exécute contre Ollama.

Un test marqué `@pytest.mark.snippet("module_x/nom.py")` lit dans `execution` ce qu'a donné ce
programme. Avec `--rejouer`, c'est ce que garde le registre, une fois par modèle enregistré, et rien
n'est exécuté ; sinon le programme est exécuté, une fois par session. Un test marqué
`@pytest.mark.essai("module_x/nom.py")` exécute lui-même (`executer`, un faux serveur…) : son
verdict est gardé, et `--rejouer` l'écarte.

Avec `--enregistrer`, un programme dont tous les tests ont passé est inscrit au registre, un essai
réussi aussi. Les programmes tournent l'un après l'autre : le moteur prend déjà tous les cœurs, et
deux calculs côte à côte vont plusieurs fois moins vite que l'un après l'autre.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.enregistrement import lectures, rejeu
from scripts.enregistrement.demande import Demande
from scripts.enregistrement.essais import EssaiEnCours
from scripts.enregistrement.session import Session
from scripts.enregistrement.suivi import Suivi
from scripts.execution.executer import Reglages, executer
from scripts.execution.resultat import Execution
from scripts.lecons import marqueurs, sections
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours

CODE_SERVEUR_ARRETE = 3
# Ce qu'un test ne peut demander sans être un essai : tout cela exécute, ou parle à un serveur.
FIXTURES_D_ESSAI = {"executer", "executer_sections", "ollama_prive"}

SESSION = pytest.StashKey[Session]()
SUIVI = pytest.StashKey[Suivi]()
ESSAI = pytest.StashKey[EssaiEnCours]()
# Ce qu'un fichier lit quand on le collecte, sous "" ; ce que lit une fixture, sous son nom.
LUES = pytest.StashKey[dict[str, lectures.Lectures]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options du cours."""
    groupe = parser.getgroup("cours")
    groupe.addoption("--rejouer", action="store_true", help="rejoue les preuves du registre")
    groupe.addoption("--enregistrer", action="store_true", help="inscrit au registre ce qui passe")
    groupe.addoption(
        "--seulement", action="append", default=[], help="ne garde que ces programmes ou essais"
    )
    groupe.addoption("--verdicts", default="", help="fichier où ajouter chaque verdict")


def pytest_configure(config: pytest.Config) -> None:
    """Prépare la session."""
    enregistrer = bool(config.getoption("--enregistrer"))
    complet = enregistrer or bool(os.environ.get("COURS_COMPLET"))
    config.stash[SESSION] = Session(complet, enregistrer, lambda ligne: _dire(config, ligne))
    verdicts = config.getoption("--verdicts")
    config.stash[SUIVI] = Suivi(Path(verdicts) if verdicts else None)


def _dire(config: pytest.Config, ligne: str) -> None:
    """Écrit une ligne entre les points de pytest, même pendant un test."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if terminal is not None and capture is not None:
        with capture.global_and_fixture_disabled():
            terminal.ensure_newline()
            terminal.write_line(ligne)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Au rejeu, un test s'applique à chaque modèle enregistré de son programme."""
    marqueur = metafunc.definition.get_closest_marker("snippet")
    if metafunc.config.getoption("--rejouer") and "modele_rejoue" in metafunc.fixturenames:
        nom = str(marqueur.args[0]) if marqueur else ""
        connus = sorted(lectures.registre_lu()["snippets"].get(nom, {}))
        metafunc.parametrize("modele_rejoue", connus or ["jamais enregistré"], scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Écarte ce que l'on n'a pas demandé ; vérifie que tout ce qui exécute est un essai."""
    session, rejouer = config.stash[SESSION], config.getoption("--rejouer")
    session.connues |= {d.nom: d for item in items if (d := demande_du_test(item))}
    seulement = set(config.getoption("--seulement"))
    gardes: list[pytest.Item] = []
    ecartes: list[pytest.Item] = []
    for item in items:
        _exiger_le_marqueur(item)
        demande, essai = demande_du_test(item), est_un_essai(item)
        noms = {demande.nom} if demande else {nom_de_la_fonction(item)} if essai else set()
        garde = not (rejouer and essai) and (not seulement or bool(noms & seulement))
        if garde and item.get_closest_marker("entier"):
            if essai:  # un essai entier n'a lieu qu'au passage complet
                garde = garde and bool(os.environ.get("COURS_COMPLET"))
            elif demande and not (rejouer or session.complet):
                garde = garde and not session.est_abrege(demande)
        (gardes if garde else ecartes).append(item)
    items[:] = gardes
    config.hook.pytest_deselected(items=ecartes)


def est_un_essai(item: pytest.Item) -> bool:
    """Ce test exécute-t-il lui-même quelque chose ?"""
    return item.get_closest_marker("essai") is not None


def demande_du_test(item: pytest.Item) -> Demande | None:
    """La demande du marqueur `snippet` d'un test, s'il en a un."""
    marqueur = item.get_closest_marker("snippet")
    return Demande(*marqueur.args, **marqueur.kwargs) if marqueur else None


def _exiger_le_marqueur(item: pytest.Item) -> None:
    demandees = set(getattr(item, "fixturenames", ()))
    est_une_lecon = item.path.is_relative_to(marqueurs.dossier_des_tests())
    if est_une_lecon and demandees & FIXTURES_D_ESSAI and not est_un_essai(item):
        raise pytest.UsageError(
            f"{item.nodeid} exécute quelque chose : marquez-le @pytest.mark.essai(…), "
            "avec le nom des programmes qu'il lance."
        )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note, une fois les tests choisis, les programmes et les essais qu'ils demandent."""
    suivi = session.config.stash[SUIVI]
    for item in session.items:
        if demande := demande_du_test(item):
            suivi.attendre(demande.nom)
            if suivi.demandes.setdefault(demande.nom, demande) != demande:
                raise pytest.UsageError(
                    f"{demande.nom} est demandé de deux façons différentes ({item.nodeid}) : "
                    "utilisez `executer` pour la variante."
                )
        elif est_un_essai(item):
            suivi.attendre(nom_de_la_fonction(item))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Note ce que lit un fichier quand on le collecte : de là viennent les cas de ses essais."""
    with lectures.noter() as lues:
        _lues(collector.stash)[""] = lues
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Note ce que lit une fixture : ceux qui la partagent en dépendent autant que le premier."""
    with lectures.noter() as lues:
        _lues(request.node.stash)[fixturedef.argname] = lues
        return (yield)


def _lues(reserve: pytest.Stash) -> dict[str, lectures.Lectures]:
    return reserve.setdefault(LUES, {})


def _heritees(item: pytest.Item) -> Iterator[lectures.Lectures]:
    """Ce qu'ont lu, pour ce test et pour d'autres, les modules, la collecte et les fixtures."""
    yield lectures.a_l_import(item.path)
    fixtures = getattr(item, "fixturenames", ())
    for noeud in item.listchain():
        yield from (lues for nom, lues in _lues(noeud.stash).items() if nom in ("", *fixtures))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Pendant un essai, note ce que le test lit lui-même sous snippets/."""
    if not est_un_essai(item):
        return (yield)
    lectures.oublier_ce_que_les_tests_gardent()
    marqueur = item.get_closest_marker("essai")
    assert marqueur is not None
    demande = Demande(nom_de_la_fonction(item), **marqueur.kwargs)
    item.stash[ESSAI] = EssaiEnCours(time.monotonic(), demande, marqueur.args)
    with lectures.noter() as lues:
        item.stash[ESSAI].lues = lues
        return (yield)


def nom_de_la_fonction(item: pytest.Item) -> str:
    """`tests/lecons/test_x.py::test_y`, sans ses paramètres."""
    return f"{chemins.relatif(item.path)}::{getattr(item, 'originalname', item.name)}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    """Après chaque test : s'arrête si le serveur est mort, sinon note le verdict."""
    rapport = yield
    session = item.config.stash[SESSION]
    if rapport.failed and (constat := session.mort_du_serveur()):
        item.session.shouldstop = constat
    dernier = call.when == "call" or (call.when == "setup" and not rapport.passed)
    if dernier and not item.config.getoption("--rejouer"):
        try:
            with lectures.sans_noter():
                _noter(item, reussi=rapport.passed)
        except ErreurCours as erreur:
            rapport.outcome, rapport.longrepr = "failed", str(erreur)
    return rapport


def _noter(item: pytest.Item, reussi: bool) -> None:
    """Compte un test terminé ; après le dernier d'un programme ou d'un essai, garde le verdict."""
    session, suivi = item.config.stash[SESSION], item.config.stash[SUIVI]
    enregistrer = item.config.getoption("--enregistrer")
    if demande := demande_du_test(item):
        if suivi.noter(demande.nom, reussi):
            if suivi.reussi(demande.nom) and enregistrer:
                session.enregistrer(demande)
            modele, duree = session.mesure(demande)
            bref = session.est_abrege(demande) and not session.complet
            suivi.ecrire(demande.nom, modele, duree, bref)
    elif est_un_essai(item):
        nom, essai = nom_de_la_fonction(item), item.stash[ESSAI]
        essai.lues = essai.lues.avec(*_heritees(item))
        suivi.reunir(nom, essai)
        if suivi.noter(nom, reussi):
            if suivi.reussi(nom) and enregistrer:
                session.enregistrer_l_essai(nom, suivi.essais[nom])
            suivi.ecrire(nom, "", suivi.essais[nom].duree_s)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Arrête le serveur, quoi qu'il soit arrivé."""
    etat = session.config.stash[SESSION]
    etat.fermer()
    if etat.serveur_mort:
        session.exitstatus = CODE_SERVEUR_ARRETE


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Affiche le bilan des programmes."""
    if bilan := config.stash[SESSION].bilan():
        terminalreporter.write_line(bilan)


@pytest.fixture(scope="session")
def ollama_prive(pytestconfig: pytest.Config) -> Serveur:
    """Le serveur Ollama de la session, modèle présent."""
    return pytestconfig.stash[SESSION].serveur


@pytest.fixture(scope="session")
def modele_rejoue() -> str | None:
    """Le modèle dont on rejoue la preuve ; None quand le programme est exécuté."""
    return None


@pytest.fixture
def execution(request: pytest.FixtureRequest, modele_rejoue: str | None) -> Execution:
    """Ce qu'a donné le programme nommé par le marqueur, code de sortie vérifié."""
    demande = demande_du_test(request.node)
    if demande is None:
        raise pytest.UsageError("la fixture `execution` demande le marqueur `snippet`")
    if modele_rejoue is not None:
        resultat = lectures.preuve(demande.nom, modele_rejoue)
    else:
        session = request.config.stash[SESSION]
        resultat = session.resultat(demande)
        session.comparer(demande, resultat)
    assert resultat.code == demande.code, (
        f"snippets/{demande.nom} s'est terminé avec le code {resultat.code} "
        f"au lieu de {demande.code}\n{resultat.sortie}\n{resultat.erreurs}"
    )
    return resultat


@pytest.fixture(name="executer")
def de_quoi_executer(request: pytest.FixtureRequest) -> Callable[..., Execution]:
    """Une fonction `executer(nom, args=…, env=…, dossier=…, entree=…)` : essais non enregistrés.

    Avec `atelier=True`, l'essai tourne dans l'atelier des leçons abrégées.
    """
    session = request.config.stash[SESSION]
    en_cours = request.node.stash.get(ESSAI, None)
    if en_cours is not None:
        with lectures.sans_noter():
            session.preparer(en_cours.demande, entier=False)

    def lancer(nom: str, *, atelier: bool = False, **options: Any) -> Execution:
        if atelier:
            communes = session.atelier(entier=False).options(options.pop("env", {}))
            options = {**communes, **options}
        with lectures.sans_noter():
            reglages = Reglages(mesurer=session.mesurer, **options)
            essai = executer(nom, session.serveur, reglages)
        session.essais.append(essai)
        if en_cours is not None:
            en_cours.executions.append(essai)
        return essai

    return lancer


@pytest.fixture
def atelier(request: pytest.FixtureRequest, modele_rejoue: str | None, tmp_path: Path) -> Path:
    """Le dossier de travail que se partagent les programmes marqués `atelier`.

    Au rejeu, ce qu'y avaient laissé le programme du test et ceux qui le précèdent.
    """
    demande, session = demande_du_test(request.node), request.config.stash[SESSION]
    if modele_rejoue is None:
        return session.atelier(session.complet and not est_un_essai(request.node)).dossier
    assert demande is not None
    dossier = tmp_path / "atelier"
    for nom in _lignee(demande, session.connues):
        for modele, entree in lectures.entrees(nom, modele_rejoue):
            rejeu.remettre_les_produits(nom, modele, entree, dossier)
    return dossier


def _lignee(demande: Demande, connues: dict[str, Demande]) -> Iterator[str]:
    """Les programmes qui précèdent, du plus ancien au dernier, puis celui-ci."""
    for precedent in demande.apres:
        yield from _lignee(connues[precedent], connues)
    yield demande.nom


@pytest.fixture
def executer_sections(executer: Callable[..., Execution]) -> Callable[..., Execution]:
    """Une fonction `executer_sections(nom, [sections])` : les lignes des autres sont vidées."""

    def lancer(nom: str, gardees: list[str]) -> Execution:
        arguments = [str(chemins.SNIPPETS / nom), *gardees]
        return executer(nom, source=Path(sections.__file__), args=arguments)

    return lancer
