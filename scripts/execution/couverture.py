"""Chaque instruction de chaque programme est exécutée par un test, sauf exemption nommée.

Une exécution enregistrée garde les rangs des instructions qu'elle a exécutées : leur place
dans le fichier, et non leur ligne, pour qu'un commentaire ajouté n'y change rien.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import coverage
from coverage.parser import PythonParser

from scripts.execution.copie import Copie
from scripts.lecons import catalogue, registre
from scripts.lecons import exemptions as liste_des_exemptions
from scripts.socle import chemins

CONFIGURATION = chemins.RACINE_DU_CODE / "pyproject.toml"


def environnement(mesures: Path, copie: Copie) -> dict[str, str]:
    """Ce qu'un programme doit recevoir pour se mesurer lui-même, où qu'il soit lancé."""
    return {
        "COURS_COUVERTURE_REGLAGES": str(CONFIGURATION),
        "COVERAGE_FILE": str(mesures / "mesure"),
        "COURS_COUVERTURE": str(copie.racine),
    }


def lignes(mesures: Path, copie: Copie) -> dict[str, frozenset[int]]:
    """Programme -> numéros des lignes exécutées, d'après les mesures d'une exécution."""
    trouvees: dict[str, set[int]] = {}
    for mesure in mesures.glob("mesure*"):
        donnees = coverage.CoverageData(str(mesure))
        donnees.read()
        for fichier in donnees.measured_files():
            if fichier.startswith(str(copie.racine)):
                nom = copie.nom(fichier)
                trouvees.setdefault(nom, set()).update(donnees.lines(fichier) or ())
    return {nom: frozenset(numeros) for nom, numeros in sorted(trouvees.items())}


@lru_cache(maxsize=512)
def _analyser(texte: str) -> PythonParser:
    analyse = PythonParser(text=texte)
    analyse.parse_source()
    return analyse


def rangs(texte: str, numeros: Iterable[int]) -> str:
    """« 0-4,6 » : les rangs, parmi les instructions de `texte`, de ces lignes exécutées."""
    analyse = _analyser(texte)
    ordre = {ligne: rang for rang, ligne in enumerate(sorted(analyse.statements))}
    executes = sorted({ordre[li] for li in analyse.translate_lines(numeros) if li in ordre})
    morceaux: list[list[int]] = []
    for rang in executes:
        if morceaux and morceaux[-1][-1] == rang - 1:
            morceaux[-1] = [morceaux[-1][0], rang]
        else:
            morceaux.append([rang, rang])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in morceaux)


def lire_les_rangs(texte: str) -> set[int]:
    """L'inverse de `rangs` : « 0-4,6 » -> {0, 1, 2, 3, 4, 6}."""
    trouves: set[int] = set()
    for morceau in filter(None, texte.split(",")):
        premier, _, dernier = morceau.partition("-")
        trouves |= set(range(int(premier), int(dernier or premier) + 1))
    return trouves


def lignes_manquantes(connu: registre.Registre) -> dict[str, list[str]]:
    """Programme -> texte des instructions qu'aucune preuve du registre n'a exécutées."""
    executes: dict[str, set[int]] = {}
    entrees = [entree["preuve"] for par in connu["snippets"].values() for entree in par.values()]
    for lignes_vues in [
        *(p["lignes"] for p in entrees),
        *(e["lignes"] for e in connu["essais"].values()),
    ]:
        for nom, texte in lignes_vues.items():
            executes.setdefault(nom, set()).update(lire_les_rangs(texte))
    manquantes = {}
    for nom in catalogue.noms_des_snippets():
        if nom.endswith(".py"):
            texte = (chemins.SNIPPETS / nom).read_text(encoding="utf-8")
            source, faits = texte.splitlines(), executes.get(nom, set())
            instructions = enumerate(sorted(_analyser(texte).statements))
            if absentes := [
                source[li - 1].strip() for rang, li in instructions if rang not in faits
            ]:
                manquantes[nom] = absentes
    return manquantes


def exemptions() -> dict[str, list[str]]:
    """Les lignes exemptées (`[[ligne]]` de snippets/exemptions.toml), par programme."""
    exemptees: dict[str, list[str]] = {}
    for ligne in liste_des_exemptions.de("ligne"):
        exemptees.setdefault(ligne["snippet"], []).append(ligne["texte"].strip())
    return exemptees


def comparer(manquantes: Mapping[str, list[str]], exemptees: Mapping[str, list[str]]) -> list[str]:
    """Une phrase par ligne ni exécutée ni exemptée, et par exemption qui ne sert plus."""
    phrases = []
    for nom, absentes in sorted(manquantes.items()):
        for ligne in absentes:
            if ligne not in exemptees.get(nom, []):
                phrases.append(
                    f"snippets/{nom} : « {ligne} » n'est exécutée par aucun test. "
                    "Testez-la, ou supprimez-la."
                )
    for nom, inutiles in sorted(exemptees.items()):
        for ligne in inutiles:
            if ligne not in manquantes.get(nom, []):
                phrases.append(
                    f"snippets/exemptions.toml : « {ligne} » de {nom} est maintenant exécutée, "
                    "ou n'existe plus. Retirez l'exemption."
                )
    return phrases
