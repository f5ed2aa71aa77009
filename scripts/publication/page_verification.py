"""La page de vérification : ce qui a été enregistré, avec quel modèle, et quand."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from scripts.lecons import catalogue, registre
from scripts.lecons.catalogue import noms_des_modules
from scripts.socle.francais import INSECABLE, date_longue, nombre


def verifie(module: str, enregistrements: dict[str, Any]) -> str:
    """La ligne « Vérifié le … avec … » d'un module ; la date est celle du plus ancien."""
    entrees = [
        (modele, entree)
        for nom, par_modele in enregistrements.items()
        if nom.startswith(f"{module}/")
        for modele, entree in par_modele.items()
    ]
    if not entrees:
        return "Pas encore vérifié.\n{ .verifie }\n"
    date = date_longue(min(entree["date"] for _, entree in entrees))
    modeles = sorted({modele for modele, _ in entrees} - {registre.AUCUN_MODELE})
    versions = sorted({entree["ollama"] for _, entree in entrees})
    avec = " et ".join([", ".join(modeles), f"Ollama {', '.join(versions)}"])
    lien = "[comment](../annexes/verification.md)"
    return f"Vérifié le {date} avec {avec} ({lien}).\n{{ .verifie }}\n"


def tableau(enregistrements: dict[str, Any]) -> str:
    """L'état de vérification du cours : une table par module, une ligne par enregistrement."""
    morceaux = []
    for module in noms_des_modules():
        lignes = [
            _ligne(nom, modele, entree)
            for nom, par_modele in sorted(enregistrements.items())
            if nom.startswith(f"{module}/")
            for modele, entree in sorted(par_modele.items())
        ]
        if lignes:
            titre = f"### {catalogue.lien_de_la_lecon(module)}"
            morceaux += [titre, "", *ENTETE, *lignes, ""]
    entrees = [entree for par in enregistrements.values() for entree in par.values()]
    modeles = {
        f"{modele} (`{entree['digest'][:12]}`)"
        for par in enregistrements.values()
        for modele, entree in par.items()
        if entree["digest"]
    }
    machines = {_machine(entree) for entree in entrees}
    morceaux += [_liste("Modèles", modeles), "", _liste("Machine", machines)]
    return "\n".join(morceaux) + "\n"


def _liste(titre: str, elements: set[str]) -> str:
    return f"{titre}{INSECABLE}: {' ; '.join(sorted(elements)) or 'aucun enregistrement'}."


ENTETE = (
    "| Programme | Modèle | Ollama | Date | Durée (s) | Mémoire (Mio) | Tokens lus, produits |",
    "|:--|:--|:--|:--|--:|--:|--:|",
)


def _ligne(nom: str, modele: str, entree: dict[str, Any]) -> str:
    version = entree["ollama"] if entree["digest"] else "—"
    memoire = entree["memoire_mio"]
    total = memoire["programme"] + (memoire["serveur"] if entree["digest"] else 0)
    date = datetime.date.fromisoformat(entree["date"]).strftime("%d/%m/%Y")
    tokens = f"{entree['tokens']['entree']}, {entree['tokens']['sortie']}"
    return (
        f"| `{Path(nom).name}` | {modele} | {version} | {date} "
        f"| {nombre(entree['duree_s'], 2)} | {total} | {tokens} |"
    )


def _machine(entree: dict[str, Any]) -> str:
    machine = entree["machine"]
    memoire = f"{machine['memoire_gio']}{INSECABLE}Gio de mémoire"
    return f"{machine['coeurs']} cœurs, {memoire}, {machine['systeme']}"
