"""Greffon pytest : exécute les snippets contre Ollama et, si on le demande, les enregistre.

Un test marqué `@pytest.mark.snippet("module_x/nom.py")` reçoit dans `execution` le résultat de ce
fichier, exécuté une seule fois par session. Avec `--enregistrer`, la sortie n'est écrite que si
tous les tests de ce snippet ont passé.

Les snippets tournent l'un après l'autre : le moteur prend déjà tous les cœurs, et deux calculs côte
à côte se gênent au point d'aller plusieurs fois moins vite que l'un après l'autre.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scripts import adresse, carnets, chemins, modeles, registre, sections
from scripts import execution as executions
from scripts.atelier import Atelier, ouvrir_l_atelier
from scripts.erreurs import ErreurCours, ServeurArrete
from scripts.execution import Execution
from scripts.serveur import USAGE_DES_TESTS, Serveur, ouvrir

CODE_SERVEUR_ARRETE = 3


@dataclass
class Demande:
    """Ce qu'un test attend d'un snippet : les arguments du marqueur `snippet`.

    Avec `atelier`, le snippet tourne dans l'environnement d'entraînement et dans un dossier gardé
    pendant toute la session, où `apres` nomme les snippets qui l'ont précédé. Avec `embedding`, le
    serveur reçoit d'abord le modèle d'embedding du cours ; `modele` est celui que le snippet
    interroge, s'il ne doit pas être celui de la session : `COURS_MODELE`, quand elle est donnée,
    l'emporte. `bref` : les arguments à ajouter hors enregistrement, pour une leçon qui serait
    trop longue à rejouer entière à chaque fois ; `COURS_COMPLET=1` la rejoue entière.
    """

    nom: str
    args: tuple[str, ...] = ()
    bref: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    code: int = 0
    apres: tuple[str, ...] = ()
    atelier: bool = False
    embedding: bool = False
    modele: str = ""

    @property
    def modele_impose(self) -> str:
        """Le modèle que le test choisit, si personne n'en a nommé un pour toute la session."""
        return "" if os.environ.get("COURS_MODELE") else self.modele

    @property
    def modeles(self) -> set[str]:
        """Les modèles qu'il faut au snippet, en plus de celui de la session."""
        embedding = registre.MODELE_D_EMBEDDING if self.embedding else ""
        return {embedding, self.modele_impose} - {""}

    @property
    def environnement(self) -> dict[str, str]:
        """Les variables que le test impose, dont le modèle à interroger."""
        modele = self.modele_impose
        return {**({"COURS_MODELE": modele} if modele else {}), **self.env}

    @classmethod
    def du_test(cls, test: pytest.Item) -> Demande | None:
        """La demande du marqueur `snippet` d'un test, s'il en a un."""
        marqueur = test.get_closest_marker("snippet")
        return cls(*marqueur.args, **marqueur.kwargs) if marqueur else None


class Session:
    """L'état d'une session : le serveur, ouvert à la première demande, et les exécutions."""

    def __init__(self, config: pytest.Config) -> None:
        self.enregistrer = bool(config.getoption("--enregistrer"))
        self.complet = self.enregistrer or bool(os.environ.get("COURS_COMPLET"))
        self.demandes: dict[str, Demande] = {}
        self.connues: dict[str, Demande] = {}
        self.tests_restants: Counter[str] = Counter()
        self.en_echec: set[str] = set()
        self._installes: set[str] = set()
        self._pile = contextlib.ExitStack()
        self._serveur: Serveur | None = None
        self._atelier: Atelier | None = None
        self._resultats: dict[str, Execution] = {}
        self.essais: list[Execution] = []
        self.serveur_mort = False

    @property
    def serveur(self) -> Serveur:
        """Le serveur Ollama de la session, démarré à la première demande."""
        if self._serveur is None:
            self._serveur = self._pile.enter_context(ouvrir(USAGE_DES_TESTS))
        return self._serveur

    @property
    def atelier(self) -> Atelier:
        """L'atelier de la session, préparé à la première demande."""
        if self._atelier is None:
            self._atelier = self._pile.enter_context(ouvrir_l_atelier(self.serveur))
        return self._atelier

    def resultat(self, demande: Demande) -> Execution:
        """L'exécution du snippet demandé, et d'abord de ceux qu'il suit, une fois par session."""
        if demande.nom not in self._resultats:
            for precedent in demande.apres:
                avant = self.resultat(self.connues[precedent])
                if avant.code != self.connues[precedent].code:
                    raise ErreurCours(
                        f"snippets/{precedent}, qui précède, échoue : {avant.erreurs}"
                    )
            self._resultats[demande.nom] = self._executer(demande)
        return self._resultats[demande.nom]

    def _executer(self, demande: Demande) -> Execution:
        for modele in demande.modeles - self._installes:
            modeles.installer(self.serveur.adresse, modele)
            self._installes.add(modele)
        args = demande.args if self.complet else (*demande.args, *demande.bref)
        return executions.executer(demande.nom, self.serveur, args=args, **self._options(demande))

    def _options(self, demande: Demande) -> dict[str, Any]:
        """Où et avec quel environnement `executer` doit lancer ce snippet."""
        if demande.atelier:
            return self.atelier.options(demande.environnement)
        fichier = chemins.SNIPPETS / demande.nom
        dossier = fichier.parent if carnets.est_carnet(fichier) else None
        return {"env": demande.environnement, "dossier": dossier}

    def noter_le_test(self, demande: Demande, reussi: bool) -> None:
        """Compte un test terminé ; enregistre le snippet si c'était le dernier et tout a passé."""
        self.tests_restants[demande.nom] -= 1
        if not reussi:
            self.en_echec.add(demande.nom)
        termine = not self.tests_restants[demande.nom]
        if self.enregistrer and termine and demande.nom not in self.en_echec:
            self._enregistrer(demande)

    def _enregistrer(self, demande: Demande) -> None:
        serveur = self.serveur
        nom = demande.nom
        sortie = None
        if carnets.est_carnet(chemins.SNIPPETS / nom):
            sortie = carnets.enregistrer_carnet(nom, serveur, self._options(demande))
        empreintes = adresse.empreintes_des_modeles(serveur.adresse)
        registre.enregistrer(
            self.resultat(demande),
            modele=demande.modele_impose or serveur.modele,
            digest_de=lambda modele: empreintes[modeles.nom_complet(modele)],
            version_ollama=adresse.version(serveur.adresse),
            sortie=sortie,
            choisi=demande.modele,
        )

    def mort_du_serveur(self) -> str | None:
        """Ce qu'il faut dire si le serveur de la session est mort, ou None s'il ne l'est pas."""
        try:
            if self._serveur is not None:
                self._serveur.verifier_vivant()
        except ServeurArrete as erreur:
            self.serveur_mort = True
            return str(erreur)
        return None

    def fermer(self) -> None:
        """Arrête le serveur que la session a démarré."""
        self._pile.close()

    def bilan(self) -> str | None:
        """Temps de calcul annoncé par Ollama et tokens, pour les snippets exécutés."""
        compteurs = [e.compteur for e in [*self._resultats.values(), *self.essais]]
        if not compteurs:
            return None
        return (
            f"{len(compteurs)} exécutions de snippets ; Ollama annonce "
            f"{sum(c.duree_s for c in compteurs):.1f} s de calcul, "
            f"{sum(c.tokens_entree for c in compteurs)} tokens lus, "
            f"{sum(c.tokens_sortie for c in compteurs)} produits."
        )


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
