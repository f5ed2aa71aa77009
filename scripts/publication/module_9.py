"""Les résultats du module 9, en phrases et en tableaux."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import statistics
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.experience.resultats import MODELES, MODULE, PROVENANCE, Ligne, lire
from scripts.lecons import modeles
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours
from scripts.socle.francais import INSECABLE, date_longue, nombre

PHRASES = MODULE / "phrases.toml"


CONTRIBUTIONS = MODULE / "contributions" / "contributions.csv"


SCHEMA_DES_CONTRIBUTIONS = MODULE / "contributions" / "schema.json"


NOMBRES_CONTRIBUES: dict[str, Callable[[str], Any]] = {
    "graine": int,
    "connaissance": float,
    "comportement": float,
    "minutes": float,
}


COLONNES = tuple("modele machine date graine bras connaissance comportement minutes auteur".split())


# Dans une cellule, ces signes ne commencent ni une balise, ni une emphase, ni un lien.
SIGNES_SANS_DANGER = " .,;’'\u00a0\u202f"


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
        return f"{nombre(100 * valeur, 0)}{INSECABLE}%"
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
    return re.sub(r"\{([^}]*)\}", lambda trou: _combler(trou[1], brutes), texte)


def _combler(cle: str, brutes: Mapping[str, float]) -> str:
    """La valeur écrite ; celle qui manque se voit dans la page au lieu d'arrêter le site."""
    return ecrire_valeur(cle, brutes[cle]) if cle in brutes else f"[À MESURER : {cle}]"


def fragments() -> dict[Path, str]:
    """Fragment -> contenu, pour `fragments.generer` ; aucun si le dépôt n'a pas ce module."""
    if not PHRASES.is_file():
        return {}
    lignes = lire()
    dossier = chemins.GENERE / MODULE.name / "phrases"
    declarees = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    trouves = {
        dossier / "provenance.md": provenance(lignes),
        dossier.parent / "contributions.md": tableau_des_contributions(),
    }
    mesures = {modele: dict(valeurs(lignes, modele)) for modele in MODELES}
    for nom, declaree in declarees.items():
        brutes = mesures[declaree.get("modele", modeles.MODELE_DE_REFERENCE)]
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


def contributions() -> list[dict[str, Any]]:
    """Les résultats des lecteurs."""
    return lire_les_contributions(CONTRIBUTIONS.read_text(encoding="utf-8"))


def lire_les_contributions(texte: str) -> list[dict[str, Any]]:
    """Les lignes d'un CSV, nombres convertis ; lève `ErreurCours` s'il y en a qui n'en sont pas."""
    return [convertir(ligne) for _, ligne in colonnes_et_lignes(texte)[1]]


def colonnes_et_lignes(texte: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Les colonnes d'un CSV, puis ses lignes, chacune avec son numéro dans le fichier.

    Lève `ErreurCours` si une ligne n'a pas une valeur par colonne.
    """
    lecteur = csv.reader(io.StringIO(texte, newline=""), strict=True)
    trouvees: list[tuple[int, list[str]]] = []
    try:
        trouvees += [(lecteur.line_num, ligne) for ligne in lecteur if ligne]
    except csv.Error as erreur:
        raise ErreurCours(f"ligne {lecteur.line_num}, ce n'est pas du CSV lisible") from erreur
    entete = trouvees[0][1] if trouvees else []
    for numero, ligne in trouvees:
        if len(ligne) != len(entete):
            raise ErreurCours(f"ligne {numero}, {len(ligne)} valeurs pour {len(entete)} colonnes")
    return entete, [(numero, dict(zip(entete, li, strict=True))) for numero, li in trouvees[1:]]


def convertir(ligne: Mapping[str, str]) -> dict[str, Any]:
    """Une contribution, ses nombres convertis. Lève `ErreurCours` si l'un d'eux n'en est pas un."""
    convertie: dict[str, Any] = {}
    for nom, valeur in ligne.items():
        try:
            convertie[nom] = NOMBRES_CONTRIBUES.get(nom, str)(valeur)
        except ValueError as erreur:
            raise ErreurCours(f"« {nom} » n'est pas un nombre, {valeur!r}") from erreur
    return convertie


def est_une_date(texte: str) -> bool:
    """Vrai pour une date qui existe, écrite 2026-11-24."""
    try:
        return datetime.date.fromisoformat(texte).isoformat() == texte
    except ValueError:
        return False


def tableau_des_contributions() -> str:
    """Les résultats des autres lecteurs, en Markdown."""
    lignes = contributions()
    if not lignes:
        return "Personne n’a encore contribué de résultat\u00a0: soyez le premier.\n"
    titres = (
        "Modèle | Machine | Date | Graine | Bras | Connaissance | Comportement | Minutes | Auteur"
    )
    entete = [f"| {titres} |", "|" + " --- |" * len(titres.split(" | "))]
    return "\n".join([*entete, *(_ligne_contribuee(ligne) for ligne in lignes)]) + "\n"


def _ligne_contribuee(ligne: Mapping[str, Any]) -> str:
    textes = {nom: nombre(v, 1) if isinstance(v, float) else str(v) for nom, v in ligne.items()}
    return f"| {' | '.join(en_cellule(textes[nom]) for nom in COLONNES)} |"


def en_cellule(texte: str) -> str:
    """Le texte venu d'un lecteur, tel qu'il l'a écrit : ni HTML, ni Markdown, ni autre cellule.

    Tout signe qui pourrait être lu comme du balisage devient une entité ; il s'affiche sans rien
    commander. Les sauts de ligne et les signes invisibles deviennent des espaces.
    """
    visible = "".join(signe if signe.isprintable() else " " for signe in texte)
    return "".join(
        signe if signe.isalnum() or signe in SIGNES_SANS_DANGER else f"&#{ord(signe)};"
        for signe in " ".join(visible.split())
    )
