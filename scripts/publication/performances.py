"""Le recueil des performances, et le tableau qu'en montre la page."""

from __future__ import annotations

import datetime
import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.socle import chemins, fichiers, objets
from scripts.socle.francais import date_longue, nombre


@dataclass(frozen=True)
class Resultat:
    """Une valeur mesurée, arrondie comme on la montre, et la borne à respecter.

    `sens` vaut « ≤ » ou « ≥ » : de quel côté de `borne` doit être la valeur. `unite` peut être
    vide.
    """

    nom: str
    valeur: float
    unite: str
    sens: str
    borne: float
    decimales: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "valeur", round(self.valeur, self.decimales))

    @property
    def atteint(self) -> bool:
        """Vrai si la valeur, telle qu'on la montre, respecte la borne."""
        return self.valeur <= self.borne if self.sens == "≤" else self.valeur >= self.borne

    @property
    def objectif(self) -> str:
        """La borne, écrite : « ≤ 1,1 »."""
        return f"{self.sens}\u00a0{f'{self.borne:g}'.replace('.', ',')}"

    @property
    def valeur_ecrite(self) -> str:
        """La valeur et son unité, écrites : « 1,24 × »."""
        return f"{nombre(self.valeur, self.decimales)}\u00a0{self.unite}".rstrip("\u00a0")

    @property
    def verdict(self) -> str:
        """« objectif atteint », ou l'écart."""
        if self.atteint:
            return "objectif atteint"
        valeur = nombre(self.valeur, self.decimales)
        return f"objectif manqué\u00a0: {valeur} au lieu de {self.objectif}"


@dataclass(frozen=True)
class Mesure:
    """Ce que donne une mesure : ses résultats, et tous les chiffres dont ils sont tirés."""

    resultats: list[Resultat]
    brut: dict[str, Any]


RECUEIL = chemins.DOCS / "annexes" / "performances.json"
# L'ordre du tableau ; `bench.tableau.MESURES` prend chacune de ces mesures.
ORDRE = (
    *("installation", "site", "poids", "verifier", "tests"),
    *("debit", "formats"),
)
COLONNES = ("Mesure", "Valeur", "Objectif", "Verdict")

Recueil = dict[str, Any]


def lire(chemin: Path | None = None) -> Recueil:
    """Le recueil ; vide s'il n'existe pas encore. Lève `ErreurCours` s'il est illisible."""
    return objets.lire(
        chemin or RECUEIL,
        {"mesures": {}},
        "Reprenez la version de git, ou supprimez-le et relancez « make bench ».",
    )


def ecrire(recueil: Recueil, chemin: Path | None = None) -> None:
    """Écrit le recueil d'un seul coup, dans un ordre stable."""
    ordre = {nom: recueil["mesures"][nom] for nom in ORDRE if nom in recueil["mesures"]}
    texte = json.dumps({"mesures": ordre}, ensure_ascii=False, indent=2)
    fichiers.ecrire(chemin or RECUEIL, texte + "\n")


def ajouter(
    recueil: Recueil, nom: str, mesure: Mesure, machine: dict[str, Any], date: datetime.date
) -> Recueil:
    """Le recueil où `mesure` remplace celle du même nom ; les autres sont gardées."""
    entree = {
        "date": date.isoformat(),
        "machine": machine,
        "resultats": [asdict(resultat) for resultat in mesure.resultats],
        "brut": mesure.brut,
    }
    return {**recueil, "mesures": {**recueil["mesures"], nom: entree}}


def resultats(recueil: Recueil) -> list[Resultat]:
    """Tous les résultats du recueil, dans l'ordre des mesures."""
    return [
        Resultat(**resultat)
        for nom in ORDRE
        if nom in recueil["mesures"]
        for resultat in recueil["mesures"][nom]["resultats"]
    ]


def cellules(resultat: Resultat) -> tuple[str, str, str, str]:
    """Ce que montre chaque colonne du tableau pour ce résultat."""
    return (resultat.nom, resultat.valeur_ecrite, resultat.objectif, resultat.verdict)


def fragment(recueil: Recueil | None = None) -> str:
    """Le tableau en Markdown, suivi des machines et des dates : `genere/performances.md`."""
    recueil = lire() if recueil is None else recueil
    if not recueil["mesures"]:
        return '!!! failure "Mesures pas encore faites"\n    Lancez `make bench`.\n'
    lignes = [
        f"| {' | '.join(COLONNES)} |",
        "|:--|--:|--:|:--|",
        *(f"| {' | '.join(cellules(resultat))} |" for resultat in resultats(recueil)),
    ]
    provenances = sorted({_provenance(entree) for entree in recueil["mesures"].values()})
    return "\n".join([*lignes, "", *(f"{ligne}\n" for ligne in provenances)])


def fragment_des_modeles(recueil: Recueil | None = None) -> str:
    """Taille, mémoire et vitesse de chaque modèle qui répond : `genere/modeles_mesures.md`.

    Tokens lus et écrits par seconde, attente du premier : médianes de ce que `make bench` a gardé.
    """
    recueil = lire() if recueil is None else recueil
    entree = recueil["mesures"].get("debit")
    if entree is None:
        return '!!! failure "Mesures pas encore faites"\n    Lancez `make bench`.\n'
    lignes = [
        "| Modèle | Fichier | Mémoire | Lit | Écrit | Premier token |",
        "|:--|--:|--:|--:|--:|--:|",
        *(_ligne_du_modele(nom, mesure) for nom, mesure in entree["brut"]["modeles"].items()),
    ]
    return "\n".join([*lignes, "", _provenance(entree), "{ .provenance }", ""])


def _ligne_du_modele(nom: str, mesure: dict[str, Any]) -> str:
    def mediane(cle: str) -> str:
        valeur = statistics.median(passage[cle] for passage in mesure["par_ollama"])
        return f"{nombre(valeur, 0)}\u00a0tokens/s"

    attente = nombre(statistics.median(mesure["premier_token_ms"]) / 1000, 2)
    return (
        f"| `{nom}` | {mesure['taille_mo']}\u00a0Mo | {mesure['memoire_mio']}\u00a0Mio "
        f"| {mediane('lit_tokens_s')} | {mediane('ecrit_tokens_s')} | {attente}\u00a0s |"
    )


def _provenance(entree: dict[str, Any]) -> str:
    """Une phrase : quand et sur quelle machine une mesure a été prise."""
    machine = entree["machine"]
    return (
        f"Mesuré le {date_longue(entree['date'])} sur {machine['coeurs']}\u00a0cœurs "
        f"({machine['processeur']}{_calculs(machine)}), "
        f"{machine['memoire_gio']}\u00a0Gio de mémoire, {machine['systeme']}."
    )


def _calculs(machine: dict[str, Any]) -> str:
    """Ce que le processeur sait calculer ; rien si la mesure ne le dit pas."""
    noms = {"avx512": "AVX-512", "bfloat16": "bfloat16"}
    dits = {nom: machine[cle] for cle, nom in noms.items() if cle in machine}
    return "".join(f", {'avec' if sait else 'sans'} {nom}" for nom, sait in dits.items())
