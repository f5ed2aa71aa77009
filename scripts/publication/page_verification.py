"""La page de vérification : ce qui a été enregistré, exécuté, avec quel modèle, et quand."""

from __future__ import annotations

import datetime
import html
from collections.abc import Mapping
from pathlib import Path

from scripts.lecons import journal
from scripts.lecons.catalogue import lien_de_la_lecon, noms_des_modules
from scripts.lecons.journal import Journal, decrire_le_processeur
from scripts.lecons.modeles import MODELE_D_EMBEDDING, MODELES_DU_COURS
from scripts.lecons.registre import AUCUN_MODELE, Enregistrement
from scripts.socle.francais import INSECABLE, date_longue, nombre

ABSENT = "—"

Enregistrements = Mapping[str, Mapping[str, Enregistrement]]

ENTETE = (
    "| Programme | Modèle | Enregistré le | Exécuté le | Durée (s) | Mémoire (Mio) "
    "| Tokens lus, produits | Processeur |",
    "|:--|:--|:--|:--|--:|--:|--:|:--|",
)


def verifie(module: str, enregistrements: Enregistrements) -> str:
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
    modeles = sorted({modele for modele, _ in entrees} - {AUCUN_MODELE})
    versions = sorted({entree["ollama"] for _, entree in entrees})
    avec = " et ".join([", ".join(modeles), f"Ollama {', '.join(versions)}"])
    lien = "[comment](../annexes/verification.md)"
    return f"Vérifié le {date} avec {avec} ({lien}).\n{{ .verifie }}\n"


def tableau(enregistrements: Enregistrements) -> str:
    """L'état de vérification du cours : une table par module, une ligne par enregistrement."""
    passages = journal.lire()
    morceaux = [de_la_semaine(enregistrements, passages), ""]
    for module in noms_des_modules():
        lignes = [
            _ligne(nom, modele, entree, passages)
            for nom, par_modele in sorted(enregistrements.items())
            if nom.startswith(f"{module}/")
            for modele, entree in sorted(par_modele.items())
        ]
        if lignes:
            morceaux += [f"### {lien_de_la_lecon(module)}", "", *ENTETE, *lignes, ""]
    entrees = [entree for par in enregistrements.values() for entree in par.values()]
    digests = {
        f"{modele} (`{digest[:12]}`)"
        for entree in entrees
        for modele, digest in entree["digests"].items()
        if modele in MODELES_DU_COURS
    }
    versions = {entree["ollama"] for entree in entrees}
    morceaux += [_liste("Modèles", digests), "", _liste("Ollama", versions), ""]
    morceaux += [_liste("Machine", {_machine(entree) for entree in entrees})]
    return "\n".join(morceaux) + "\n"


def de_la_semaine(enregistrements: Enregistrements, passages: Journal) -> str:
    """« Du 24 au 30 novembre 2026, 57 des 240 enregistrements ont été exécutés… »

    La semaine est celle qui finit à la dernière exécution : le site ne dépend pas du jour où on le
    construit.
    """
    dates = [
        datetime.date.fromisoformat(journal.derniere(nom, modele, e, passages)["date"][:10])
        for nom, par_modele in enregistrements.items()
        for modele, e in par_modele.items()
    ]
    if not dates:
        return "Aucun programme n’a encore été exécuté."
    debut = max(dates) - datetime.timedelta(days=6)
    recents = sum(date >= debut for date in dates)
    return (
        f"Du {date_longue(debut.isoformat())} au {date_longue(max(dates).isoformat())}, "
        f"{recents} des {len(dates)} enregistrements ont été exécutés pour de vrai."
    )


def _liste(titre: str, elements: set[str]) -> str:
    return f"{titre}{INSECABLE}: {' ; '.join(sorted(elements)) or 'aucun enregistrement'}."


def _ligne(nom: str, modele: str, entree: Enregistrement, passages: Journal) -> str:
    passage = journal.derniere(nom, modele, entree, passages)
    compte, memoire = entree["preuve"]["compte"], entree["memoire_mio"]
    total = memoire["programme"] + (memoire["serveur"] if compte["requetes"] else 0)
    abrege = " (abrégé)" if passage.get("bref") else ""
    processeur = html.escape(passage["processeur"]).replace("|", "&#124;")
    return (
        f"| `{Path(nom).name}` | {modele} | {_jour(entree['date'])} "
        f"| {_jour(passage['date'])}{abrege} | {nombre(entree['duree_s'], 2)} | {total} "
        f"| {compte['tokens_entree']}, {compte['tokens_sortie']} | {processeur} |"
    )


def _jour(date: str) -> str:
    return datetime.date.fromisoformat(date[:10]).strftime("%d/%m/%Y")


def _machine(entree: Enregistrement) -> str:
    machine = entree["machine"]
    memoire = f"{machine['memoire_gio']}{INSECABLE}Gio de mémoire"
    return f"{decrire_le_processeur(machine)}, {memoire}, {machine['systeme']}"


# --- La table des modèles ---


def modeles(enregistrements: Enregistrements) -> list[str]:
    """Les modèles du registre, ceux du cours d'abord, les autres par ordre alphabétique."""
    connus = {modele for par in enregistrements.values() for modele in par} - {AUCUN_MODELE}
    autres = sorted(connus - set(MODELES_DU_COURS))
    return [modele for modele in MODELES_DU_COURS if modele in connus] + autres


def croisement(enregistrements: Enregistrements) -> str:
    """Modèles en colonnes, leçons en lignes ; une phrase s'il n'y a rien à montrer.

    Chaque case dit combien de programmes de la leçon ont été enregistrés avec ce modèle, sur ceux
    auxquels il peut répondre, et quand pour la dernière fois.
    """
    colonnes = modeles(enregistrements)
    if not colonnes:
        return "Aucun programme n’a encore été enregistré avec un modèle.\n"
    lignes = [
        f"| Leçon | {' | '.join(f'`{modele}`' for modele in colonnes)} |",
        f"|:--|{':-:|' * len(colonnes)}",
    ]
    for module in sorted({nom.split("/")[0] for nom in enregistrements}):
        du_module = [par for nom, par in enregistrements.items() if nom.startswith(f"{module}/")]
        avec_modele = [par for par in du_module if set(par) - {AUCUN_MODELE}]
        if avec_modele:
            cases = [_case(avec_modele, modele) for modele in colonnes]
            lignes.append(f"| {lien_de_la_lecon(module)} | {' | '.join(cases)} |")
    return "\n".join(lignes) + "\n"


def _case(programmes: list[Mapping[str, Enregistrement]], modele: str) -> str:
    """« 12 sur 14 (24/11/2026) » : programmes enregistrés, programmes possibles, dernière date.

    Un modèle d'embedding ne peut jouer que les programmes qui n'appellent que lui.
    """
    embedding = modele == MODELE_D_EMBEDDING
    possibles = [par for par in programmes if _d_embedding(par) == embedding]
    dates = [par[modele]["date"] for par in possibles if modele in par]
    if not dates:
        return ABSENT
    return f"{len(dates)}{INSECABLE}sur{INSECABLE}{len(possibles)} ({_jour(max(dates))})"


def _d_embedding(par_modele: Mapping[str, Enregistrement]) -> bool:
    return set(par_modele) - {AUCUN_MODELE} == {MODELE_D_EMBEDDING}
