"""Le rapport de dérive : ce qui a changé de version, ce qui ne passe plus, ce que dit Zensical.

Le passage hebdomadaire (`.github/workflows/derive.yml`) joue le cours avec le dernier Ollama et les
dernières dépendances ; les verrous du dépôt, eux, ne bougent pas.
"""

from __future__ import annotations

import re
from pathlib import Path

from scripts.socle.erreurs import ErreurCours

VERSION = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)$", re.MULTILINE)
ECHEC = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - (.*))?$", re.MULTILINE)
COULEUR = re.compile(r"\x1b\[[0-9;]*m")
ECHECS_MONTRES = 60
# Une issue tient en 65 536 caractères.
TAILLE_MAXIMALE = 60_000


def versions(gel: str) -> dict[str, str]:
    """Paquet -> version, d'après la sortie de `pip freeze`."""
    return {nom.lower(): version for nom, version in VERSION.findall(gel)}


def echecs(journal: str) -> dict[str, str]:
    """Test en échec -> sa raison, d'après le résumé de pytest."""
    return dict(ECHEC.findall(COULEUR.sub("", journal)))


def rapport(avant: str, apres: str, journal: str, code: int, zensical: str) -> str:
    """Le rapport Markdown. `code` est celui de `make test-complet`, `zensical` l'autre rapport."""
    return "\n".join(
        [*_verdict(code, echecs(journal)), *_versions(versions(avant), versions(apres)), zensical]
    )[:TAILLE_MAXIMALE]


def _verdict(code: int, rates: dict[str, str]) -> list[str]:
    if not code:
        return ["### Les tests", "", "Tout passe avec les dernières versions.", ""]
    lignes = ["### Les tests", "", f"`make test-complet` s'est terminé avec le code {code}.", ""]
    if not rates:
        return [*lignes, "Aucun test n'est nommé : lisez la fin du journal.", ""]
    montres = list(rates.items())[:ECHECS_MONTRES]
    lignes += [f"- `{test}`" + (f" : {raison}" if raison else "") for test, raison in montres]
    if reste := len(rates) - len(montres):
        lignes.append(f"- et {reste} autres")
    return [*lignes, ""]


def _versions(avant: dict[str, str], apres: dict[str, str]) -> list[str]:
    changes = [nom for nom in sorted(avant | apres) if avant.get(nom) != apres.get(nom)]
    if not changes:
        return ["### Les versions", "", "Aucune n'a changé.", ""]
    lignes = ["### Les versions", "", "| Paquet | Verrou | Dernière |", "|:--|:--|:--|"]
    lignes += [f"| {nom} | {avant.get(nom, '—')} | {apres.get(nom, '—')} |" for nom in changes]
    return [*lignes, ""]


def depuis_les_fichiers(dossier: Path, code: int) -> str:
    """Le rapport, d'après les fichiers qu'a laissés le passage hebdomadaire dans `dossier`.

    Lève `ErreurCours` s'il en manque un.
    """
    noms = ("avant.txt", "apres.txt", "tests.txt", "zensical.md")
    if absents := [nom for nom in noms if not (dossier / nom).is_file()]:
        raise ErreurCours(
            f"Il manque {', '.join(absents)} dans {dossier} : relancez l'étape qui l'écrit."
        )
    textes = [(dossier / nom).read_text(encoding="utf-8", errors="replace") for nom in noms]
    return rapport(textes[0], textes[1], textes[2], code, textes[3])
