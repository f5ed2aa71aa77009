"""Lire, sans les exécuter, les marqueurs `snippet` et `essai` des tests de leçons.

La valeur d'un argument est celle de ses constantes ; ce qui ne se calcule pas ainsi (un port libre,
le `PATH`) garde son expression, qui ne change que si l'on change le test.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from scripts.lecons import syntaxe
from scripts.socle import chemins, memoire

Definitions = Mapping[str, ast.expr]
# Comme `syntaxe.ARBRES`, pour les fonctions de test.
ESSAIS = memoire.Souvenirs("essais")


@dataclasses.dataclass(frozen=True)
class Marqueur:
    """Un marqueur : le fichier du test, sa sorte, les programmes nommés, ses autres arguments."""

    test: Path
    sorte: str
    programmes: tuple[str, ...]
    arguments: dict[str, Any]


def dossier_des_tests() -> Path:
    """Où sont les tests des leçons."""
    return chemins.RACINE / "tests" / "lecons"


def fichiers_de_test() -> list[Path]:
    """Les fichiers de tests des leçons."""
    return sorted(dossier_des_tests().glob("test_*.py"))


def modules_importes(test: Path) -> set[Path]:
    """Les modules de tests de leçons qu'un fichier importe, de près ou de loin."""
    trouves: set[Path] = set()
    a_lire = [test]
    while a_lire:
        nouveaux = set(_importes(a_lire.pop())) - trouves - {test}
        trouves |= nouveaux
        a_lire += nouveaux
    return trouves


def _importes(fichier: Path) -> Iterator[Path]:
    """Les modules de tests de leçons qu'un fichier importe lui-même."""
    dossier = dossier_des_tests()
    paquet = ".".join(dossier.relative_to(chemins.RACINE).parts)
    date = fichier.stat()
    for nom in _noms_importes(fichier, date.st_mtime_ns, date.st_size):
        avant, _, module = nom.rpartition(".")
        if avant == paquet and (dossier / f"{module}.py").is_file():
            yield dossier / f"{module}.py"


@lru_cache(maxsize=256)
def _noms_importes(fichier: Path, _date: int, _taille: int) -> list[str]:
    noms: list[str] = []
    for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
        if isinstance(noeud, ast.Import):
            noms += [alias.name for alias in noeud.names]
        elif isinstance(noeud, ast.ImportFrom):
            noms += [noeud.module or "", *(f"{noeud.module}.{a.name}" for a in noeud.names)]
    return noms


def tous() -> list[Marqueur]:
    """Tous les marqueurs de tous les tests de leçons."""
    return [m for test in sorted(dossier_des_tests().glob("*.py")) for m in du_fichier(test)]


def par_programme() -> dict[str, dict[str, Any]]:
    """Programme -> arguments de son marqueur `snippet`."""
    return {
        programme: marqueur.arguments
        for marqueur in tous()
        if marqueur.sorte == "snippet"
        for programme in marqueur.programmes
    }


def du_fichier(test: Path) -> list[Marqueur]:
    """Les marqueurs d'un fichier de tests."""
    date = test.stat()
    return _lire(test, date.st_mtime_ns, date.st_size)


@lru_cache(maxsize=256)
def _lire(test: Path, _date: int, _taille: int) -> list[Marqueur]:
    arbre = ast.parse(test.read_text(encoding="utf-8"))
    definitions = dict(_definitions(arbre, test.parent))
    return [
        Marqueur(test, appel.func.attr, *_arguments(appel, definitions))
        for appel in ast.walk(arbre)
        if isinstance(appel, ast.Call)
        and isinstance(appel.func, ast.Attribute)
        and appel.func.attr in ("snippet", "essai")
        and isinstance(appel.func.value, ast.Attribute)
        and appel.func.value.attr == "mark"
    ]


def _arguments(appel: ast.Call, definitions: Definitions) -> tuple[tuple[str, ...], dict[str, Any]]:
    programmes = tuple(str(valeur(argument, definitions)) for argument in appel.args)
    nommes = {mot.arg or "**": valeur(mot.value, definitions) for mot in appel.keywords}
    return programmes, nommes


def _definitions(
    arbre: ast.Module, dossier: Path, vus: frozenset[Path] = frozenset()
) -> Iterator[tuple[str, ast.expr]]:
    """Les constantes d'un fichier de tests, et celles qu'il importe d'un voisin.

    `vus` : les voisins dont on vient ; deux d'entre eux peuvent s'importer l'un l'autre.
    """
    for ligne in arbre.body:
        if isinstance(ligne, ast.ImportFrom) and ligne.module:
            voisin = dossier / f"{ligne.module.rsplit('.', 1)[-1]}.py"
            if ligne.module.startswith("tests.") and voisin.is_file() and voisin not in vus:
                arbre_voisin = ast.parse(voisin.read_text("utf-8"))
                la_bas = dict(_definitions(arbre_voisin, dossier, vus | {voisin}))
                noms = {alias.name: alias.asname or alias.name for alias in ligne.names}
                yield from ((noms[nom], la_bas[nom]) for nom in noms if nom in la_bas)
                yield from ((nom, quoi) for nom, quoi in la_bas.items() if nom not in noms)
        elif isinstance(ligne, ast.Assign):
            yield from (
                (cible.id, ligne.value) for cible in ligne.targets if isinstance(cible, ast.Name)
            )
        elif isinstance(ligne, ast.AnnAssign) and ligne.value is not None:
            yield ast.unparse(ligne.target), ligne.value


def valeur(noeud: ast.expr, definitions: Definitions) -> Any:
    """La valeur d'une expression de constantes ; sinon, le texte de l'expression."""
    if isinstance(noeud, ast.Constant):
        return noeud.value
    if isinstance(noeud, ast.Name):
        autres = {nom: quoi for nom, quoi in definitions.items() if nom != noeud.id}
        defini = definitions.get(noeud.id)
        return noeud.id if defini is None else valeur(defini, autres)
    if isinstance(noeud, ast.Tuple | ast.List | ast.Set):
        return [element for partie in noeud.elts for element in _etaler(partie, definitions)]
    if isinstance(noeud, ast.Dict) and all(noeud.keys):
        cles = [valeur(cle, definitions) for cle in noeud.keys if cle is not None]
        return {str(c): valeur(v, definitions) for c, v in zip(cles, noeud.values, strict=True)}
    if isinstance(noeud, ast.BinOp) and isinstance(noeud.op, ast.Add):
        gauche, droite = (valeur(cote, definitions) for cote in (noeud.left, noeud.right))
        if type(gauche) is type(droite) and isinstance(gauche, str | list):
            return gauche + droite
    if isinstance(noeud, ast.JoinedStr):
        return "".join(str(valeur(morceau, definitions)) for morceau in noeud.values)
    if isinstance(noeud, ast.FormattedValue):
        return valeur(noeud.value, definitions)
    if isinstance(noeud, ast.Call) and ast.unparse(noeud.func) == "str" and len(noeud.args) == 1:
        return str(valeur(noeud.args[0], definitions))
    return ast.unparse(noeud)


def _etaler(noeud: ast.expr, definitions: Definitions) -> list[Any]:
    """Un élément d'une liste ; plusieurs s'il est étalé par une étoile."""
    if not isinstance(noeud, ast.Starred):
        return [valeur(noeud, definitions)]
    contenu = valeur(noeud.value, definitions)
    return contenu if isinstance(contenu, list) else [contenu]


def essais() -> dict[str, Marqueur]:
    """Nom d'un essai (`tests/lecons/test_x.py::test_y`) -> son marqueur, programmes réunis."""
    return {
        nom: marqueur
        for test in fichiers_de_test()
        for nom, marqueur in _essais_du_fichier(test, test.stat().st_mtime_ns)
    }


@lru_cache(maxsize=256)
def _essais_du_fichier(test: Path, _date: int) -> list[tuple[str, Marqueur]]:
    arbre = ast.parse(test.read_text(encoding="utf-8"))
    definitions = dict(_definitions(arbre, test.parent))
    communs = [definitions["pytestmark"]] if "pytestmark" in definitions else []
    trouves = []
    for fonction in arbre.body:
        if isinstance(fonction, ast.FunctionDef) and fonction.name.startswith("test_"):
            appels = [
                appel
                for decorateur in [*communs, *fonction.decorator_list]
                for appel in _appels_d_essai(decorateur, definitions)
            ]
            if appels:
                lus = [_arguments(appel, definitions) for appel in appels]
                programmes = tuple(sorted({p for noms, _ in lus for p in noms}))
                nom = f"{chemins.relatif(test)}::{fonction.name}"
                trouves.append((nom, Marqueur(test, "essai", programmes, lus[0][1])))
    return trouves


def _appels_d_essai(decorateur: ast.expr, definitions: Definitions) -> Iterator[ast.Call]:
    """Les `pytest.mark.essai(…)` d'un décorateur, écrits là ou nommés par une constante."""
    for noeud in ast.walk(decorateur):
        if isinstance(noeud, ast.Name) and noeud.id in definitions:
            defini = definitions[noeud.id]
            if any(isinstance(n, ast.Attribute) and n.attr == "essai" for n in ast.walk(defini)):
                yield from _appels_d_essai(defini, definitions)
        elif (
            isinstance(noeud, ast.Call)
            and isinstance(noeud.func, ast.Attribute)
            and noeud.func.attr == "essai"
        ):
            yield noeud


def empreinte_de_l_essai(nom: str) -> str:
    """SHA-256 d'une fonction de test, de ce que son fichier définit hors des autres tests, et des
    modules d'aide qu'il emploie.
    """
    fichier, _, fonction = nom.partition("::")
    octets = (chemins.RACINE / fichier).read_bytes()
    partages = _empreinte_des_partages(chemins.RACINE / fichier)
    cle = memoire.empreinte_de(octets, fonction, partages)
    return ESSAIS.de(cle, lambda: _empreinte(octets.decode("utf-8"), fonction, partages))


def _empreinte(texte: str, fonction: str, partages: str) -> str:
    arbre = ast.parse(texte)
    arbre.body = [
        noeud
        for noeud in arbre.body
        if not (isinstance(noeud, ast.FunctionDef) and noeud.name.startswith("test_"))
        or noeud.name == fonction
    ]
    propre = syntaxe.ecrire_l_arbre(syntaxe.sans_docstrings(arbre))
    return hashlib.sha256(f"{propre}\n{partages}".encode()).hexdigest()


def _empreinte_des_partages(test: Path) -> str:
    """L'empreinte des modules d'aide qu'un fichier de tests emploie, et des `conftest.py`."""
    dossier = dossier_des_tests()
    conftests = [d / "conftest.py" for d in (chemins.RACINE, dossier.parent, dossier)]
    presents = [conftest for conftest in conftests if conftest.is_file()]
    aides = set[Path]().union(*map(modules_importes, (test, *presents)))
    return "".join(syntaxe.empreinte(fichier) for fichier in (*presents, *sorted(aides)))
