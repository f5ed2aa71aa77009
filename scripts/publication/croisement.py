"""La table des modèles de la page de vérification : modèles en colonnes, leçons en lignes.

Chaque case dit combien de programmes de la leçon ont été enregistrés avec ce modèle, sur ceux
auxquels il peut répondre, et quand pour la dernière fois.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from scripts.lecons.catalogue import lien_de_la_lecon
from scripts.lecons.modeles import MODELE_D_EMBEDDING, MODELES_DU_COURS
from scripts.lecons.registre import AUCUN_MODELE
from scripts.socle.francais import INSECABLE

ABSENT = "—"

Enregistrements = Mapping[str, Mapping[str, Any]]


def modeles(enregistrements: Enregistrements) -> list[str]:
    """Les modèles du registre, ceux du cours d'abord, les autres par ordre alphabétique."""
    connus = {modele for par in enregistrements.values() for modele in par} - {AUCUN_MODELE}
    autres = sorted(connus - set(MODELES_DU_COURS))
    return [modele for modele in MODELES_DU_COURS if modele in connus] + autres


def tableau(enregistrements: Enregistrements) -> str:
    """La table Markdown, ou une phrase s'il n'y a rien à montrer."""
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


def _case(programmes: list[Mapping[str, Any]], modele: str) -> str:
    """« 12 sur 14 (24/11/2026) » : programmes enregistrés, programmes possibles, dernière date.

    Un modèle d'embedding ne peut jouer que les programmes qui n'appellent que lui.
    """
    embedding = modele == MODELE_D_EMBEDDING
    possibles = [par for par in programmes if _d_embedding(par) == embedding]
    dates = [par[modele]["date"] for par in possibles if modele in par]
    if not dates:
        return ABSENT
    derniere = datetime.date.fromisoformat(max(dates)).strftime("%d/%m/%Y")
    return f"{len(dates)}{INSECABLE}sur{INSECABLE}{len(possibles)} ({derniere})"


def _d_embedding(par_modele: Mapping[str, Any]) -> bool:
    return set(par_modele) - {AUCUN_MODELE} == {MODELE_D_EMBEDDING}
