"""Suivre les tests d'un passage : combien en reste-t-il à chaque programme, lesquels ont échoué."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from scripts.enregistrement.demande import Demande
from scripts.enregistrement.essais import EssaiEnCours


class Verdict(TypedDict):
    """Ce qu'a donné un programme, avec un modèle, ou un essai (sans modèle). Durée en secondes."""

    nom: str
    modele: str
    reussi: bool
    duree_s: float
    bref: bool
    date: str


@dataclass
class Suivi:
    """Le compte des tests par programme ou par essai. `verdicts` : où les écrire."""

    verdicts: Path | None = None
    demandes: dict[str, Demande] = field(default_factory=dict)
    essais: dict[str, EssaiEnCours] = field(default_factory=dict)
    _restants: Counter[str] = field(default_factory=Counter)
    _en_echec: set[str] = field(default_factory=set)

    def attendre(self, nom: str) -> None:
        """Un test de plus pour ce nom."""
        self._restants[nom] += 1

    def noter(self, nom: str, reussi: bool) -> bool:
        """Compte un test terminé ; vrai si c'était le dernier de ce nom."""
        self._restants[nom] -= 1
        if not reussi:
            self._en_echec.add(nom)
        return not self._restants[nom]

    def reussi(self, nom: str) -> bool:
        """Tous les tests de ce nom ont-ils passé ?"""
        return nom not in self._en_echec

    def reunir(self, nom: str, essai: EssaiEnCours) -> None:
        """Ajoute à un essai ce qu'a fait l'un de ses cas."""
        essai.arreter()
        self.essais[nom] = self.essais[nom].avec(essai) if nom in self.essais else essai

    def ecrire(self, nom: str, modele: str, duree_s: float, bref: bool = False) -> None:
        """Ajoute le verdict de ce nom au fichier des verdicts, une ligne JSON."""
        if self.verdicts is not None:
            verdict: Verdict = {
                "nom": nom,
                "modele": modele,
                "reussi": self.reussi(nom),
                "duree_s": round(duree_s, 2),
                "bref": bref,
                "date": datetime.datetime.now().isoformat(timespec="seconds"),
            }
            with self.verdicts.open("a", encoding="utf-8") as flux:
                flux.write(json.dumps(verdict, ensure_ascii=False) + "\n")
