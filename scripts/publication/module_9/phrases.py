"""Les phrases chiffrées du module 9 : `phrases.toml`, ses trous comblés par les résultats.

Chacune devient un fragment `genere/module_9_rag_ou_finetuning/phrases/<nom>.md`, que la page inclut
sur une ligne.
"""

from __future__ import annotations

import json
import statistics
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.experience.resultats import MODELES, MODULE, PROVENANCE, Ligne, lire
from scripts.lecons.phrases.forme import combler
from scripts.socle import chemins
from scripts.socle.francais import INSECABLE, date_longue, nombre, pourcentage

PHRASES = MODULE / "phrases.toml"
POURCENTAGES = {
    "connaissance",
    "comportement",
    "json",
    "aveu",
    "source juste",
    "passage retrouvé",
    "ancien fait",
    "classe juste",
    "classe permise",
    "vote des voisins",
    "poids déplacés",
}
ABSENT = '!!! failure "Expérience pas encore enregistrée"\n    Lancez `make experience`.\n'


def valeurs(lignes: list[Ligne], modele: str) -> Iterator[tuple[str, float]]:
    """(« bras.mesure », moyenne) ; une durée, une latence ou des tokens donnent leur médiane.

    Une mesure prise sur une sorte de faits a en plus sa clé, par exemple « bras.mesure, faits
    appris » : voyez `sortes_de_faits`.
    """
    sortes = sortes_de_faits()
    lots: dict[str, list[float]] = {}
    for ligne in lignes:
        if ligne["modele"] == modele:
            cle = f"{ligne['bras']}.{ligne['mesure']}"
            for precision in ("", *(f", {sorte}" for sorte in sortes.get(ligne["cas"], ()))):
                lots.setdefault(cle + precision, []).append(float(ligne["valeur"]))
    for cle, lot in lots.items():
        yield cle, statistics.mean(lot) if est_une_part(cle) else statistics.median(lot)


def sortes_de_faits() -> dict[str, tuple[str, ...]]:
    """Question -> « faits appris », changés ou non à la mise à jour, ou « autres faits »."""
    choisies = tomllib.loads((MODULE / "donnees/faits_orvelune.toml").read_text(encoding="utf-8"))
    sortes: dict[str, tuple[str, ...]] = {}
    for fait in choisies["fait"]:
        changement = "faits changés" if "nouveau" in fait else "faits inchangés"
        sortes[fait["id"]] = ("faits appris", changement)
    return sortes | dict.fromkeys(choisies["non_appris"], ("autres faits",))


def est_une_part(cle: str) -> bool:
    """Cette clé nomme-t-elle une part, qui s'écrit en pourcentage ?"""
    return cle.split(".", 1)[1].partition(", ")[0] in POURCENTAGES


def ecrire_valeur(cle: str, valeur: float) -> str:
    """« 34 % » pour une part, « 102 » ou « 0,8 » pour le reste, à la française."""
    if est_une_part(cle):
        return pourcentage(valeur)
    return nombre(valeur, 0 if valeur >= 10 else 1 if valeur >= 0.1 else 2)


def version(valeurs_brutes: Mapping[str, float], condition: str) -> str:
    """Laquelle des trois versions d'une phrase dire, selon « a.mesure > b.mesure + marge ».

    `texte` si la condition tient ; `sinon` si c'est l'inverse, marge comprise ; `proche` entre les
    deux.
    """
    gauche, droite = condition.split(" > ")
    autre, _, marge = droite.partition(" + ")
    ecart = valeurs_brutes[gauche] - valeurs_brutes[autre]
    if abs(ecart) <= float(marge):
        return "proche"
    return "texte" if ecart > 0 else "sinon"


def phrase(modele_de_phrase: Mapping[str, str], brutes: Mapping[str, float]) -> str:
    """La phrase d'une entrée de `phrases.toml`, ses nombres insérés.

    Sans `si`, c'est `texte` ; une phrase sans `proche` se contente de `sinon`.
    """
    condition = modele_de_phrase.get("si")
    choisie = version(brutes, condition) if condition else "texte"
    texte = modele_de_phrase.get(choisie) or modele_de_phrase["sinon"]
    return combler(texte, lambda cle: _combler(cle, brutes))


def _combler(cle: str, brutes: Mapping[str, float]) -> str:
    """La valeur écrite ; celle qui manque se voit dans la page au lieu d'arrêter le site."""
    return ecrire_valeur(cle, brutes[cle]) if cle in brutes else f"[À MESURER : {cle}]"


def fragments() -> dict[Path, str]:
    """Le fragment de chaque phrase, et celui de leur provenance."""
    lignes = lire()
    dossier = chemins.GENERE / MODULE.name / "phrases"
    declarees = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    trouves = {dossier / "provenance.md": provenance(lignes)}
    mesures = {modele: dict(valeurs(lignes, modele)) for modele in MODELES}
    for nom, declaree in declarees.items():
        brutes = mesures[declaree.get("modele", MODELES[0])]
        trouves[dossier / f"{nom}.md"] = phrase(declaree, brutes) + "\n" if brutes else ABSENT
    return trouves


def provenance(lignes: Sequence[Ligne]) -> str:
    """Quand, où et combien de fois l'expérience d'où viennent ces observations a été menée."""
    if not PROVENANCE.is_file():
        return ABSENT
    contenu: dict[str, Any] = json.loads(PROVENANCE.read_text(encoding="utf-8"))
    modeles = ", ".join(dict.fromkeys(ligne["modele"] for ligne in lignes))
    graines = len({ligne["graine"] for ligne in lignes})
    amendements = [
        f"`{Path(nom).name}` ({amendement['raison']})"
        for nom, amendement in contenu.get("amendements", {}).items()
    ]
    depuis = f" Changés depuis, sans effet sur ces résultats{INSECABLE}: {', '.join(amendements)}."
    return (
        f"Expérience menée le {date_longue(contenu['date'])} avec {modeles}, {graines} graines, "
        f"Ollama {contenu['ollama']}, {contenu['machine']['coeurs']}{INSECABLE}cœurs."
        f"{depuis if amendements else ''}\n"
        "{ .provenance }\n"
    )
