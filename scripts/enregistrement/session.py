"""L'état d'une session de tests : ce que chaque test demande, le serveur, les exécutions."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from scripts.enregistrement import carnets, inscrire
from scripts.execution import executer as executions
from scripts.execution.atelier import Atelier, ouvrir_l_atelier
from scripts.execution.resultat import Execution
from scripts.lecons import catalogue, modeles
from scripts.ollama_prive import adresse, mise_en_place
from scripts.ollama_prive.ouvrir import USAGE_DES_TESTS, ouvrir
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours, ServeurArrete


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
        embedding = modeles.MODELE_D_EMBEDDING if self.embedding else ""
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
            mise_en_place.installer(self.serveur.adresse, modele)
            self._installes.add(modele)
        args = demande.args if self.complet else (*demande.args, *demande.bref)
        return executions.executer(demande.nom, self.serveur, args=args, **self._options(demande))

    def _options(self, demande: Demande) -> dict[str, Any]:
        """Où et avec quel environnement `executer` doit lancer ce snippet."""
        if demande.atelier:
            return self.atelier.options(demande.environnement)
        fichier = chemins.SNIPPETS / demande.nom
        dossier = fichier.parent if catalogue.est_carnet(fichier) else None
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
        if catalogue.est_carnet(chemins.SNIPPETS / nom):
            sortie = carnets.enregistrer_carnet(nom, serveur, self._options(demande))
        empreintes = adresse.empreintes_des_modeles(serveur.adresse)
        inscrire.enregistrer(
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
