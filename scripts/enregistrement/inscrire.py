"""Du résultat d'une exécution à son entrée du registre."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Callable
from pathlib import Path

from scripts.execution.resultat import Execution
from scripts.lecons.modeles import MODELE_D_EMBEDDING, MODELE_DE_REFERENCE
from scripts.lecons.registre import (
    AUCUN_MODELE,
    Enregistrement,
    ecrire,
    fichier_de_sortie,
    lire,
    paquets_verrouilles,
)
from scripts.socle import chemins, fichiers
from scripts.socle.machine import decrire_machine


def fichiers_nommes(snippet: Path) -> list[str]:
    """Fichiers voisins d'un script shell dont il écrit le nom : ce sont ses données."""
    if snippet.suffix != ".sh":
        return []
    texte = snippet.read_text(encoding="utf-8")
    voisins = [f for f in snippet.parent.iterdir() if f.is_file() and f != snippet]
    return [f.relative_to(chemins.SNIPPETS).as_posix() for f in voisins if f.name in texte]


def enregistrer(
    execution: Execution,
    *,
    modele: str,
    digest_de: Callable[[str], str],
    version_ollama: str,
    sortie: str | None = None,
    choisi: str = "",
) -> None:
    """Écrit la sortie d'une exécution réussie, puis son entrée du registre.

    `modele` est celui qui a répondu, `choisi` celui que veut le test, s'il en veut un, `digest_de`
    donne l'empreinte d'un modèle du serveur. Un programme qui n'appelle que le modèle d'embedding
    est noté sous ce modèle-là. Les figures, au même chemin pour tous, sont celles du modèle que la
    page montre d'abord.
    `sortie` est le chemin, relatif au dépôt, d'un carnet exécuté qui remplace le fichier texte.
    """
    snippet = chemins.SNIPPETS / execution.nom
    calcules = execution.compteur.modeles
    embedding = MODELE_D_EMBEDDING in calcules
    cle = modele if execution.compteur.requetes else AUCUN_MODELE
    if calcules == {MODELE_D_EMBEDDING}:
        cle = MODELE_D_EMBEDDING
    if sortie is None:
        chemin = chemins.SNIPPETS / fichier_de_sortie(execution.nom, cle)
        fichiers.ecrire(chemin, execution.sortie)
        sortie = chemin.relative_to(chemins.RACINE).as_posix()
    donnees = sorted({*execution.lus, *fichiers_nommes(snippet)})
    entree: Enregistrement = {
        "code": fichiers.empreinte(snippet),
        "donnees": {nom: fichiers.empreinte(chemins.SNIPPETS / nom) for nom in donnees},
        "paquets": paquets_verrouilles(snippet),
        "sortie": {"fichier": sortie, "sha256": fichiers.empreinte(chemins.RACINE / sortie)},
        "digest": digest_de(cle) if execution.compteur.requetes else None,
        "ollama": version_ollama,
        "python": platform.python_version(),
        "machine": decrire_machine(),
        "date": datetime.date.today().isoformat(),
        "duree_s": round(execution.duree_s, 2),
        "duree_ollama_s": round(execution.compteur.duree_s, 2),
        "memoire_mio": {
            "programme": round(execution.memoire_mio),
            "serveur": round(execution.memoire_serveur_mio),
        },
        "tokens": {
            "entree": execution.compteur.tokens_entree,
            "sortie": execution.compteur.tokens_sortie,
        },
        "requetes": execution.compteur.requetes,
    }
    if embedding and cle != MODELE_D_EMBEDDING:
        entree["embedding"] = {MODELE_D_EMBEDDING: digest_de(MODELE_D_EMBEDDING)}
    if cle == choisi:
        entree["impose"] = True
    montres = (AUCUN_MODELE, MODELE_D_EMBEDDING, choisi or MODELE_DE_REFERENCE)
    if execution.figures and cle in montres:
        entree["figures"] = _ecrire_les_figures(execution)
    registre = lire()
    registre["snippets"].setdefault(execution.nom, {})[cle] = entree
    ecrire(registre)


def _ecrire_les_figures(execution: Execution) -> dict[str, str]:
    """Copie les figures d'une exécution sous docs/assets/figures/ ; chemin -> empreinte."""
    empreintes = {}
    for figure, contenu in sorted(execution.figures.items()):
        chemin = chemins.FIGURES / Path(execution.nom).parts[0] / figure
        fichiers.ecrire(chemin, contenu)
        empreintes[chemin.relative_to(chemins.RACINE).as_posix()] = fichiers.empreinte(chemin)
    return empreintes
