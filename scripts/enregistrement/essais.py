"""Les essais : des tests qui exécutent eux-mêmes, dont on garde le verdict et la clé."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from scripts.enregistrement.demande import Demande
from scripts.enregistrement.lectures import Lectures
from scripts.execution.observer import Observation
from scripts.execution.resultat import Execution
from scripts.lecons import cle, syntaxe
from scripts.socle import chemins, fichiers


@dataclass
class EssaiEnCours:
    """Un essai que l'on joue : son début (horloge monotone), ce qu'il lit et ce qu'il exécute.

    `programmes` : ceux que nomme son marqueur.
    """

    debut: float
    demande: Demande
    programmes: tuple[str, ...] = ()
    lues: Lectures = field(default_factory=Lectures)
    executions: list[Execution] = field(default_factory=list)
    duree_s: float = 0.0

    def arreter(self) -> None:
        """Note la durée, si elle ne l'est pas déjà."""
        self.duree_s = self.duree_s or time.monotonic() - self.debut

    def avec(self, autre: EssaiEnCours) -> EssaiEnCours:
        """Deux cas d'un même essai, réunis."""
        return replace(
            self,
            programmes=(*self.programmes, *autre.programmes),
            lues=self.lues.avec(autre.lues),
            executions=[*self.executions, *autre.executions],
            duree_s=self.duree_s + autre.duree_s,
        )

    def observation(self) -> Observation:
        """Tout ce dont l'essai a dépendu : ses exécutions, et ce que le test lit lui-même."""
        ouverts = self.lues.fichiers
        lus = {nom for nom in (*ouverts, *self.programmes) if (chemins.SNIPPETS / nom).is_file()}
        codes = {nom for nom in lus if nom.endswith((".py", ".sh")) or nom in self.programmes}
        dossiers = {nom: chemins.SNIPPETS / nom for nom in sorted(self.lues.dossiers)}
        observation = Observation(
            codes={nom: syntaxe.empreinte(chemins.SNIPPETS / nom) for nom in sorted(codes)},
            fichiers={n: fichiers.empreinte(chemins.SNIPPETS / n) for n in sorted(lus - codes)},
            dossiers={n: cle.empreinte_du_dossier(d) for n, d in dossiers.items() if d.is_dir()},
            absents=tuple(sorted(n for n in ouverts if not (chemins.SNIPPETS / n).exists())),
        )
        for execution in self.executions:
            observation = observation.avec(execution.observation)
        return observation

    def lignes(self) -> dict[str, frozenset[int]]:
        """Programme -> numéros des lignes qu'ont exécutées tous les cas."""
        toutes: dict[str, frozenset[int]] = {}
        for execution in self.executions:
            for nom, numeros in execution.lignes.items():
                toutes[nom] = toutes.get(nom, frozenset()) | numeros
        return toutes

    def modeles_appeles(self) -> set[str]:
        """Les modèles qui ont calculé, et ceux des sessions : un modèle fait sur place en vient."""
        executions = [e for e in self.executions if e.compteur.requetes]
        calculent = {nom for execution in executions for nom in execution.compteur.modeles}
        return calculent | {execution.modele for execution in executions}

    def demande_au_serveur(self) -> bool:
        """L'une des exécutions a-t-elle interrogé Ollama ?"""
        return any(execution.compteur.requetes for execution in self.executions)
