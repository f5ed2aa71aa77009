"""Ce que l'exécution d'un programme a donné."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.execution.observer import Observation

ROUTES_COMPTEES = ("/api/generate", "/api/chat", "/api/embed", "/v1/")


@dataclass
class Compteur:
    """Ce qu'Ollama a annoncé : tokens (nombres), durée (secondes), requêtes (nombre), modèles."""

    tokens_entree: int = 0
    tokens_sortie: int = 0
    duree_s: float = 0.0
    requetes: int = 0
    modeles: set[str] = field(default_factory=set)
    _verrou: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def noter_une_requete(self, route: str, corps: bytes) -> None:
        """Compte une requête, quelle que soit sa route, et note le modèle qu'elle fait calculer."""
        with self._verrou:
            self.requetes += 1
            if route.startswith(ROUTES_COMPTEES):
                with contextlib.suppress(ValueError, AttributeError):
                    self.modeles.add(str(json.loads(corps).get("model", "")))

    def lire(self, corps: bytes) -> None:
        """Additionne les métadonnées d'une réponse : JSON, suite de JSON ou événements `data:`."""
        with self._verrou:
            for ligne in corps.splitlines():
                self._lire_ligne(ligne.removeprefix(b"data: "))

    def _lire_ligne(self, ligne: bytes) -> None:
        try:
            contenu = json.loads(ligne)
        except ValueError:
            return
        if not isinstance(contenu, dict):
            return
        usage: dict[str, Any] = contenu.get("usage") or {}
        entree = contenu.get("prompt_eval_count") or usage.get("prompt_tokens") or 0
        sortie = contenu.get("eval_count") or usage.get("completion_tokens") or 0
        self.tokens_entree += int(entree)
        self.tokens_sortie += int(sortie)
        self.duree_s += contenu.get("total_duration", 0) / 1e9


@dataclass(frozen=True)
class Execution:
    """Le résultat d'un programme. Durée en secondes, mémoires (pics) en Mio.

    `modele` : celui sous lequel on l'enregistre, `aucun` si rien ne lui est demandé. `figures` :
    images écrites dans `figures/`, nom -> contenu. `lignes` : programme -> numéros des lignes
    exécutées, si la couverture est mesurée. `produits` : fichiers laissés dans l'atelier, nom ->
    chemin.
    """

    nom: str
    code: int
    sortie: str
    erreurs: str
    duree_s: float
    compteur: Compteur = field(default_factory=Compteur)
    modele: str = ""
    memoire_mio: float = 0.0
    memoire_serveur_mio: float = 0.0
    observation: Observation = field(default_factory=Observation)
    lignes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    figures: Mapping[str, bytes] = field(default_factory=dict)
    produits: Mapping[str, Path] = field(default_factory=dict)
