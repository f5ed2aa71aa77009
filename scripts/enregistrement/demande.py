"""Ce qu'un test demande : les arguments de ses marqueurs `snippet` et `essai`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from scripts.lecons.modeles import MODELE_D_EMBEDDING


@dataclass
class Demande:
    """Ce qu'un test attend d'un programme : les arguments du marqueur `snippet`.

    Avec `atelier`, le programme tourne dans l'environnement d'entraînement et dans un dossier gardé
    pendant toute la session, où `apres` nomme les programmes qui l'ont précédé. Avec `embedding`,
    le serveur reçoit d'abord le modèle d'embedding du cours ; `modele` est celui que le programme
    interroge, s'il ne doit pas être celui de la session : `COURS_MODELE`, quand elle est donnée,
    l'emporte. `bref` : les arguments à ajouter à une exécution abrégée. `code` : le code de sortie
    attendu.
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
        """Les modèles qu'il faut au programme, en plus de celui de la session."""
        return {MODELE_D_EMBEDDING if self.embedding else "", self.modele_impose} - {""}

    @property
    def environnement(self) -> dict[str, str]:
        """Les variables que le test impose, dont le modèle à interroger."""
        modele = self.modele_impose
        return {**({"COURS_MODELE": modele} if modele else {}), **self.env}
