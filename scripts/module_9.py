"""L'expérience du module 9 : la lancer en entier, garder ses résultats, les dire en phrases.

`snippets/module_9_rag_ou_finetuning/resultats/` contient deux fichiers suivis par git :
`resultats.csv`, une ligne par observation, et `provenance.json`, qui dit de quels programmes et
données il vient. Les phrases chiffrées des pages sont dans `phrases.toml` ; chacune devient un
fragment `genere/module_9_rag_ou_finetuning/phrases/<nom>.md`, que la page inclut sur une ligne.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import os
import shutil
import statistics
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ollama

from scripts import adresse, chemins, fichiers, modeles, registre
from scripts.commandes import accompagner, console
from scripts.erreurs import ErreurCours
from scripts.francais import INSECABLE, date_longue, nombre
from scripts.serveur import USAGE_DES_TESTS, ouvrir_sans_modele

MODULE = chemins.SNIPPETS / "module_9_rag_ou_finetuning"
RESULTATS = MODULE / "resultats" / "resultats.csv"
PROVENANCE = MODULE / "resultats" / "provenance.json"
REGLAGES = MODULE / "bras.toml"
PHRASES = MODULE / "phrases.toml"
CONTRIBUTIONS = MODULE / "contributions" / "contributions.csv"
SCHEMA_DES_CONTRIBUTIONS = MODULE / "contributions" / "schema.json"
MODELES = ("smollm2:135m", "cours-fr")
# Ce que la seconde base passe : tout, sauf le second métier, qui ne tient pas à la lecture.
SANS_AVIS = ("cours-fr",)
GRAINES = (7, 8, 9)
NOMBRES_CONTRIBUES: dict[str, Callable[[str], Any]] = {
    "graine": int,
    "connaissance": float,
    "comportement": float,
    "minutes": float,
}
SOURCES = (
    "module_9_rag_ou_finetuning/01_preparer_exemples.py",
    "module_9_rag_ou_finetuning/02_entrainer.py",
    "module_9_rag_ou_finetuning/03_servir.py",
    "module_9_rag_ou_finetuning/04_interroger.py",
    "module_9_rag_ou_finetuning/05_noter.py",
    "module_9_rag_ou_finetuning/experience.py",
    "module_9_rag_ou_finetuning/bras.toml",
    "module_9_rag_ou_finetuning/donnees/autres_entreprises.toml",
    "module_9_rag_ou_finetuning/donnees/faits_orvelune.toml",
    "module_8_pratique_finetuning/01_fabriquer_donnees.py",
    "module_8_pratique_finetuning/donnees/avis.toml",
    "module_8_pratique_finetuning/donnees/avis_francs.toml",
    "module_8_pratique_finetuning/donnees/avis_test.jsonl",
    "donnees/avis_clients.jsonl",
    "donnees/questions.jsonl",
    "donnees/textes.jsonl",
)
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

Ligne = dict[str, str]


def lire() -> list[Ligne]:
    """Les observations enregistrées ; aucune si l'expérience n'a pas encore été menée."""
    if not RESULTATS.is_file():
        return []
    with RESULTATS.open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux))


def empreintes() -> dict[str, str]:
    """SHA-256 de chaque programme et de chaque fichier dont les résultats dépendent."""
    return {nom: fichiers.empreinte(chemins.SNIPPETS / nom) for nom in SOURCES}


def empreinte() -> str:
    """Ce qui distingue cette expérience d'une autre : l'empreinte de toutes ses sources."""
    return hashlib.sha256(json.dumps(empreintes()).encode()).hexdigest()[:12]


def raisons_de_perimer() -> list[str]:
    """Ce qui a changé depuis que l'expérience a été enregistrée ; rien si tout est à jour.

    Un changement sans effet sur les résultats se déclare à la main dans `provenance.json`, sous
    `amendements`, avec la nouvelle empreinte et sa raison, que la page montre.
    """
    if not PROVENANCE.is_file() or not RESULTATS.is_file():
        return ["l'expérience n'a jamais été enregistrée"]
    contenu: dict[str, Any] = json.loads(PROVENANCE.read_text(encoding="utf-8"))
    amendees = {nom: a["empreinte"] for nom, a in contenu.get("amendements", {}).items()}
    connues = contenu["empreintes"] | amendees
    actuelles = {**empreintes(), "resultats.csv": fichiers.empreinte(RESULTATS)}
    return [nom for nom, sha in actuelles.items() if connues.get(nom) != sha]


def garder(tableaux: list[Path], ollama: str, machine: Mapping[str, Any]) -> None:
    """Réunit les tableaux des dossiers de travail dans `resultats/`, avec leur provenance."""
    textes = [tableau.read_text(encoding="utf-8").splitlines(keepends=True) for tableau in tableaux]
    corps = "".join(ligne for texte in textes for ligne in texte[1:])
    fichiers.ecrire(RESULTATS, textes[0][0] + corps)
    contenu = {
        "date": datetime.date.today().isoformat(),
        "ollama": ollama,
        "machine": dict(machine),
        "empreintes": {**empreintes(), "resultats.csv": fichiers.empreinte(RESULTATS)},
    }
    fichiers.ecrire(PROVENANCE, json.dumps(contenu, ensure_ascii=False, indent=2) + "\n")


def lancer(noms: Sequence[str], graines: Sequence[int], travail: Path) -> list[Path]:
    """Mène l'expérience de chaque modèle avec chaque graine ; renvoie leurs tableaux.

    Seule l'expérience entière (`MODELES` et `GRAINES`) remplace les résultats du dépôt.
    `noms` : modèles du cours, dont le dossier Hugging Face se fabrique. Lève `ErreurCours` si un
    bras échoue ; relancer reprend au bras interrompu.
    """
    modeles.preparer_l_entrainement()
    dossiers = {nom: modeles.dossier_hugging_face(nom) for nom in noms}
    tableaux = []
    with ouvrir_sans_modele(USAGE_DES_TESTS) as serveur:
        executable = serveur.executable or Path(shutil.which("ollama") or "ollama")
        chemin = [str(outil.parent) for outil in (chemins.PYTHON_ENTRAINEMENT, executable)]
        env = {
            "OLLAMA_HOST": serveur.adresse,
            "HF_HUB_OFFLINE": "1",
            "PATH": os.pathsep.join([*chemin, os.environ["PATH"]]),
        }
        for nom, base in dossiers.items():
            modeles.installer(serveur.adresse, nom)
            for graine in graines:
                dossier = travail / f"{nom.replace(':', '-')}-{graine}"
                console.rule(f"{nom}, graine {graine}")
                bras = bras_a_passer(nom, graine == graines[0])
                variables = {**env, "COURS_MODELE_HF": str(base)}
                _experience([nom, "--graine", str(graine), "--bras", *bras], dossier, variables)
                _retirer_les_modeles(serveur.adresse, dossier.name)
                tableaux.append(dossier / "resultats.csv")
        if est_entiere(noms, graines):
            garder(tableaux, adresse.version(serveur.adresse), registre.decrire_machine())
    return tableaux


def est_entiere(noms: Sequence[str], graines: Sequence[int]) -> bool:
    """Est-ce l'expérience du cours, tous modèles et toutes graines ?"""
    return set(noms) == set(MODELES) and set(graines) == set(GRAINES)


def bras_du_fichier() -> dict[str, dict[str, Any]]:
    """Les bras de `bras.toml`, par nom, dans l'ordre."""
    bras: dict[str, dict[str, Any]] = tomllib.loads(REGLAGES.read_text(encoding="utf-8"))["bras"]
    return bras


def bras_a_passer(nom: str, premiere_graine: bool) -> list[str]:
    """Les bras d'un modèle ; sans entraînement, la graine n'y change rien : une fois suffit."""
    return [
        titre
        for titre, bras in bras_du_fichier().items()
        if (premiere_graine or "modele" in bras)
        and not (nom in SANS_AVIS and bras.get("jeu") == "avis")
    ]


def _experience(arguments: list[str], dossier: Path, env: dict[str, str]) -> None:
    commande = [str(chemins.PYTHON_ENTRAINEMENT), str(MODULE / "experience.py"), "--modele"]
    if accompagner([*commande, *arguments, "--dossier", str(dossier)], env):
        raise ErreurCours("Un bras a échoué ; relancez la même commande pour reprendre.")


def _retirer_les_modeles(serveur: str, dossier: str) -> None:
    """Retire du serveur les modèles affinés d'un dossier : 140 Mo chacun."""
    client = ollama.Client(host=serveur, trust_env=False)
    for nom in adresse.empreintes_des_modeles(serveur):
        if nom.startswith(f"m9-{dossier.lower()}-"):
            client.delete(nom)


# --- Les phrases ---


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


class Valeurs(dict[str, str]):
    """Les valeurs écrites ; celle qui manque se voit dans la page au lieu d'arrêter le site."""

    def __missing__(self, cle: str) -> str:
        return f"[À MESURER : {cle}]"


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
    ecrites = Valeurs({cle: ecrire_valeur(cle, valeur) for cle, valeur in brutes.items()})
    morceaux = texte.split("{")
    return morceaux[0] + "".join(
        ecrites[cle] + suite for cle, _, suite in (m.partition("}") for m in morceaux[1:])
    )


def fragments() -> dict[Path, str]:
    """Fragment -> contenu, pour `fragments.generer` ; aucun si le dépôt n'a pas ce module."""
    if not PHRASES.is_file():
        return {}
    lignes = lire()
    dossier = chemins.GENERE / MODULE.name / "phrases"
    declarees = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    trouves = {
        dossier / "provenance.md": provenance(),
        dossier.parent / "contributions.md": tableau_des_contributions(),
    }
    for nom, declaree in declarees.items():
        modele = declaree.get("modele", "smollm2:135m")
        brutes = dict(valeurs(lignes, modele))
        trouves[dossier / f"{nom}.md"] = phrase(declaree, brutes) + "\n" if brutes else ABSENT
    return trouves


def provenance() -> str:
    """Quand, où et combien de fois l'expérience a été menée."""
    if not PROVENANCE.is_file():
        return ABSENT
    contenu: dict[str, Any] = json.loads(PROVENANCE.read_text(encoding="utf-8"))
    lignes = lire()
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


# --- Les contributions ---


def contributions() -> list[dict[str, Any]]:
    """Les résultats des lecteurs, nombres convertis ; lève `ValueError` s'ils n'en sont pas."""
    with CONTRIBUTIONS.open(encoding="utf-8", newline="") as flux:
        lignes = list(csv.DictReader(flux))
    return [
        {nom: NOMBRES_CONTRIBUES.get(nom, str)(valeur) for nom, valeur in ligne.items()}
        for ligne in lignes
    ]


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
    textes = [nombre(v, 1) if isinstance(v, float) else str(v) for v in ligne.values()]
    ordre = dict(zip(ligne, textes, strict=True))
    colonnes = "modele machine date graine bras connaissance comportement minutes auteur".split()
    return f"| {' | '.join(ordre[nom] for nom in colonnes)} |"
