"""Chaque ligne de chaque snippet est exécutée par les tests, sauf exemption nommée."""

from __future__ import annotations

import json
import tempfile
import tomllib
from pathlib import Path

import coverage

from scripts.socle import chemins
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours

CONFIGURATION = chemins.RACINE / "pyproject.toml"
MESURES = chemins.RACINE / ".coverage"
# Ce qu'un snippet doit recevoir pour se mesurer lui-même, où qu'il soit lancé.
ENVIRONNEMENT = {
    "COURS_COUVERTURE_REGLAGES": str(CONFIGURATION),
    "COVERAGE_FILE": str(MESURES),
    "COURS_COUVERTURE": str(chemins.SNIPPETS),
}


def effacer() -> None:
    """Oublie les mesures d'une session précédente."""
    for mesure in chemins.RACINE.glob(".coverage*"):
        mesure.unlink()


def lignes_manquantes() -> dict[str, list[str]]:
    """Snippet (relatif à snippets/) -> texte des lignes que les tests n'exécutent pas."""
    mesure = coverage.Coverage(data_file=str(MESURES), config_file=str(CONFIGURATION))
    mesure.combine([str(chemins.RACINE)], strict=False)
    with tempfile.TemporaryDirectory() as dossier:
        rapport = Path(dossier) / "couverture.json"
        try:
            mesure.json_report(outfile=str(rapport))
        except coverage.exceptions.NoDataError as erreur:
            raise ErreurCours(
                "Aucun snippet n'a été exécuté : la couverture ne peut pas être calculée."
            ) from erreur
        fichiers = json.loads(rapport.read_text())["files"]
    manquantes = {}
    for nom, detail in fichiers.items():
        if numeros := detail["missing_lines"]:
            lignes = (chemins.RACINE / nom).read_text(encoding="utf-8").splitlines()
            manquantes[Path(nom).relative_to("snippets").as_posix()] = [
                lignes[numero - 1].strip() for numero in numeros
            ]
    return manquantes


def exemptions() -> dict[str, list[str]]:
    """Les lignes exemptées (`[[ligne]]` de snippets/exemptions.toml), par snippet."""
    if not chemins.EXEMPTIONS.is_file():
        return {}
    declarees = tomllib.loads(chemins.EXEMPTIONS.read_text(encoding="utf-8"))
    exemptees: dict[str, list[str]] = {}
    for ligne in declarees.get("ligne", []):
        exemptees.setdefault(ligne["snippet"], []).append(ligne["texte"].strip())
    return exemptees


def comparer(manquantes: dict[str, list[str]], exemptees: dict[str, list[str]]) -> list[str]:
    """Une phrase par ligne ni exécutée ni exemptée, et par exemption qui ne sert plus."""
    phrases = []
    for nom, lignes in sorted(manquantes.items()):
        for ligne in lignes:
            if ligne not in exemptees.get(nom, []):
                phrases.append(
                    f"snippets/{nom} : « {ligne} » n'est exécutée par aucun test. "
                    "Testez-la, ou supprimez-la."
                )
    for nom, lignes in sorted(exemptees.items()):
        for ligne in lignes:
            if ligne not in manquantes.get(nom, []):
                phrases.append(
                    f"snippets/exemptions.toml : « {ligne} » de {nom} est maintenant exécutée, "
                    "ou n'existe plus. Retirez l'exemption."
                )
    return phrases


def verifier() -> None:
    """Lève `ErreurCours` si la couverture des snippets n'est pas complète."""
    phrases = comparer(lignes_manquantes(), exemptions())
    if phrases:
        raise ErreurCours("\n    ".join(["La couverture des snippets est incomplète.", *phrases]))
    console.print("Couverture des snippets : 100 %, programmes lancés compris.")
