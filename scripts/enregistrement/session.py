"""L'état d'une session de tests : le serveur, ouvert à la première demande, et les exécutions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from scripts.enregistrement import carnets, inscrire
from scripts.enregistrement.demande import Demande
from scripts.enregistrement.essais import EssaiEnCours
from scripts.enregistrement.inscrire import Provenance
from scripts.enregistrement.lectures import registre_lu
from scripts.enregistrement.limites import duree_attendue_s, limite_s
from scripts.execution.atelier import Atelier, ouvrir_l_atelier
from scripts.execution.executer import LIMITE_S, Reglages, executer
from scripts.execution.resultat import Execution
from scripts.lecons import catalogue, syntaxe
from scripts.ollama_prive import adresse, mise_en_place
from scripts.ollama_prive.installation import version_du_moteur
from scripts.ollama_prive.ouvrir import USAGE_DES_TESTS, ouvrir
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, fichiers
from scripts.socle.commandes import en_clair
from scripts.socle.erreurs import ErreurCours, ServeurArrete

# Un programme qui dure moins que cela et n'interroge aucun modèle s'exécute deux fois pour être
# enregistré : s'il redonne les mêmes octets, chaque exécution devra les redonner.
DUREE_DOUBLEE_S = 15.0
# Un programme dont on attend cette durée est annoncé quand il commence.
DUREE_ANNONCEE_S = 30.0


class Session:
    """Ce que les tests d'un passage se partagent. `complet` : les leçons s'exécutent entières.

    `dire` affiche une ligne de progression.
    """

    def __init__(self, complet: bool, mesurer: bool, dire: Callable[[str], None]) -> None:
        self.complet = complet
        self.mesurer = mesurer
        self._dire = dire
        self.connues: dict[str, Demande] = {}
        self.essais: list[Execution] = []
        self.serveur_mort = False
        self._pile = contextlib.ExitStack()
        self._serveur: Serveur | None = None
        self._ateliers: dict[bool, Atelier] = {}
        self._installes: set[str] = set()
        self._resultats: dict[tuple[str, bool], Execution] = {}
        self._inscrits: list[tuple[Demande, str]] = []
        self._essais_inscrits: list[Demande] = []

    def est_abrege(self, demande: Demande) -> bool:
        """Abrège-t-on, hors d'un passage complet, ce programme ou l'un de ceux qu'il suit ?"""
        precedents = (self.connues[nom] for nom in demande.apres if nom in self.connues)
        return bool(demande.bref) or any(map(self.est_abrege, precedents))

    @property
    def serveur(self) -> Serveur:
        """Le serveur Ollama de la session, démarré à la première demande."""
        if self._serveur is None:
            self._serveur = self._pile.enter_context(ouvrir(USAGE_DES_TESTS))
        return self._serveur

    def atelier(self, entier: bool) -> Atelier:
        """L'atelier des leçons entières, ou celui des leçons abrégées."""
        if entier not in self._ateliers:
            self._ateliers[entier] = self._pile.enter_context(ouvrir_l_atelier(self.serveur))
        return self._ateliers[entier]

    def provenance(self) -> Provenance:
        """Ce qui répond dans cette session."""
        serveur = self.serveur
        return Provenance(
            adresse.version(serveur.adresse),
            version_du_moteur(),
            adresse.empreintes_des_modeles(serveur.adresse),
        )

    def resultat(self, demande: Demande, entier: bool | None = None) -> Execution:
        """L'exécution du programme demandé, et d'abord de ceux qu'il suit, une fois par session.

        `entier` : comme il est enregistré, ou abrégé ; par défaut, comme le veut la session.
        """
        entier = self.complet if entier is None else entier
        if (demande.nom, entier) not in self._resultats:
            self.preparer(demande, entier)
            self._annoncer(demande.nom)
            self._resultats[demande.nom, entier] = self._executer(demande, entier)
        return self._resultats[demande.nom, entier]

    def preparer(self, demande: Demande, entier: bool) -> None:
        """Installe les modèles demandés et exécute les programmes qui doivent précéder."""
        for modele in demande.modeles - self._installes:
            mise_en_place.procurer(self.serveur, modele)
            self._installes.add(modele)
        for precedent in demande.apres:
            attendu = self.connues[precedent]
            avant = self.resultat(attendu, entier)
            if avant.code != attendu.code:
                raise ErreurCours(f"snippets/{precedent}, qui précède, échoue : {avant.erreurs}")

    def _annoncer(self, nom: str) -> None:
        duree = duree_attendue_s(registre_lu(), nom)
        if duree >= DUREE_ANNONCEE_S:
            self._dire(f"{nom}… (environ {en_clair(duree)} en entier)")

    def _executer(self, demande: Demande, entier: bool) -> Execution:
        args = demande.args if entier else (*demande.args, *demande.bref)
        options = self.options(demande, entier)
        # Ce que l'on enregistre a pu changer, et durer davantage.
        limite = LIMITE_S if self.mesurer else limite_s(registre_lu(), demande.nom)
        reglages = Reglages(args=args, mesurer=self.mesurer, limite_s=limite, **options)
        return executer(demande.nom, self.serveur, reglages)

    def options(self, demande: Demande, entier: bool) -> dict[str, Any]:
        """Où et avec quel environnement `executer` doit lancer ce programme."""
        if demande.atelier:
            return self.atelier(entier).options(demande.environnement)
        ici = catalogue.est_carnet(chemins.SNIPPETS / demande.nom)
        return {"env": demande.environnement, "ici": ici}

    def enregistrer(self, demande: Demande) -> None:
        """Inscrit au registre l'exécution entière de ce programme, dont tous les tests passent."""
        execution, publie = self.resultat(demande, entier=True), None
        if catalogue.est_carnet(chemins.SNIPPETS / demande.nom):
            options = self.options(demande, entier=True)
            publie = carnets.enregistrer_carnet(demande.nom, self.serveur, options)
        inscrire.inscrire(
            execution,
            demande,
            self.provenance(),
            carnet=publie,
            constante=self._constante(demande, execution),
        )
        self._inscrits.append((demande, execution.modele))

    def enregistrer_l_essai(self, nom: str, essai: EssaiEnCours) -> None:
        """Garde le verdict d'un essai réussi."""
        provenance = self.provenance() if essai.demande_au_serveur() else None
        inscrire.inscrire_l_essai(nom, essai, provenance)
        self._essais_inscrits.append(essai.demande)

    def mesure(self, demande: Demande) -> tuple[str, float]:
        """Le modèle et la durée (s) de l'exécution de ce programme ; rien s'il n'a pas abouti."""
        execution = self._resultats.get((demande.nom, self.complet))
        return (execution.modele, execution.duree_s) if execution else ("", 0.0)

    def comparer(self, demande: Demande, execution: Execution) -> None:
        """Vérifie qu'un programme qui ne varie pas redonne les octets enregistrés.

        Lève `ErreurCours` s'il en donne d'autres.
        """
        entree = registre_lu()["snippets"].get(demande.nom, {}).get(execution.modele)
        abregee = self.est_abrege(demande) and not self.complet
        if self.mesurer or abregee or entree is None or not entree.get("constante"):
            return
        if fichiers.empreinte_du_texte(execution.sortie) != entree["sortie"]["sha256"]:
            raise ErreurCours(
                f"snippets/{demande.nom} n'imprime plus ce qui est enregistré dans "
                f"{entree['sortie']['fichier']}, alors que rien n'y varie. "
                "Lancez « make enregistrer », puis relisez la différence."
            )

    def _constante(self, demande: Demande, execution: Execution) -> bool:
        """Une seconde exécution redonne-t-elle les mêmes octets, aujourd'hui et demain ?"""
        if execution.compteur.requetes or execution.duree_s > DUREE_DOUBLEE_S:
            return False
        if syntaxe.lit_l_heure([execution.nom, *execution.observation.codes]):
            return False
        seconde = self._executer(demande, entier=True)
        return (seconde.sortie, seconde.code) == (execution.sortie, execution.code)

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
        """Relie ce qui a été inscrit, et arrête le serveur que la session a démarré."""
        try:
            if self._inscrits or self._essais_inscrits:
                inscrire.relier(self._inscrits, self._essais_inscrits)
        finally:
            self._pile.close()

    def bilan(self) -> str | None:
        """Temps de calcul annoncé par Ollama et tokens, pour les programmes exécutés."""
        compteurs = [e.compteur for e in [*self._resultats.values(), *self.essais]]
        if not compteurs:
            return None
        return (
            f"{len(compteurs)} exécutions de programmes ; Ollama annonce "
            f"{sum(c.duree_s for c in compteurs):.1f} s de calcul, "
            f"{sum(c.tokens_entree for c in compteurs)} tokens lus, "
            f"{sum(c.tokens_sortie for c in compteurs)} produits."
        )
