"""Chargé par Python au démarrage d'un programme observé : note ce qu'il lit et ce qu'il charge.

Ne s'active que si `COURS_OBSERVATION` nomme un dossier : chaque processus Python y écrit un rapport
à sa fin, programmes lancés compris. Un rapport contient, pour le dossier
`COURS_OBSERVATION_RACINE`, `codes` (fichiers exécutés ou importés), `lus` (ouverts comme des
données), `dossiers` (parcourus) et `importes` (dossier -> parcours faits par l'import) ; puis
`paquets` (premiers éléments du chemin de chaque module installé), `outils_s` (temps pris par la
mesure) et `memoire_mio` (pic).
Mesure aussi la couverture si `COURS_COUVERTURE_REGLAGES` en nomme les réglages : c'est notre propre
variable, pour que `coverage` ne démarre pas de lui-même avant les imports.
"""

import ast
import atexit
import contextlib
import json
import os
import sys
import sysconfig
import time
from pathlib import Path
from types import FrameType

PARCOURS = ("os.listdir", "os.scandir", "glob.glob")
# Ce qui cherche des modules, et non des données, dans le dossier d'un programme.
MACHINERIE = ("<frozen ", "/runpy.py", "/pkgutil.py", "/importlib/", "/pkg_resources/")
# Ce qui relit le texte d'un programme pour montrer une pile d'appels.
TRACES = ("/tokenize.py", "/linecache.py", "/traceback.py", "/inspect.py")

# Secondes passées à préparer la mesure, que le programme d'un lecteur ne passe pas.
_DUREE_DES_OUTILS: list[float] = []


def _observer(dossier: str, racine: str) -> None:
    codes: set[str] = set()
    lus: set[str] = set()
    dossiers: set[str] = set()
    importes: dict[str, int] = {}

    def noter(evenement: str, arguments: tuple[object, ...]) -> None:
        if evenement != "open" and evenement not in PARCOURS:
            return
        cible = arguments[0]
        if not isinstance(cible, str | os.PathLike):
            return
        chemin = os.path.abspath(os.fsdecode(cible))  # noqa: PTH100
        if not f"{chemin}{os.sep}".startswith(racine) or "__pycache__" in chemin[len(racine) :]:
            return
        par_l_import = _importe_ou_lance(racine)
        if evenement != "open":
            if par_l_import:
                importes[chemin] = importes.get(chemin, 0) + 1
            else:
                dossiers.add(chemin)
        else:
            (codes if par_l_import else lus).add(chemin)

    def ecrire() -> None:
        import resource

        unite = 2**20 if sys.platform == "darwin" else 2**10
        bilan = {
            "codes": sorted(codes),
            "lus": sorted(lus),
            "dossiers": sorted(dossiers),
            "importes": importes,
            "paquets": sorted(_paquets_charges()),
            "outils_s": sum(_DUREE_DES_OUTILS),
            "memoire_mio": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unite,
        }
        Path(dossier, f"{os.getpid()}.json").write_text(json.dumps(bilan), encoding="utf-8")

    sys.addaudithook(noter)
    atexit.register(ecrire)


def _importe_ou_lance(racine: str) -> bool:
    """Ce fichier est-il ouvert par l'import, ou par Python qui lance un programme ?"""
    try:
        cadre: FrameType | None = sys._getframe(2)
    except ValueError:
        return True  # aucun code Python n'appelle : c'est le programme que l'on lance
    appelant = cadre.f_code.co_filename if cadre else ""
    if appelant.endswith(TRACES):
        # Une bibliothèque installée relit ainsi le programme pour dire d'où on l'appelle.
        while cadre and cadre.f_code.co_filename.endswith(TRACES):
            cadre = cadre.f_back
        return cadre is not None and not cadre.f_code.co_filename.startswith(racine)
    if appelant.startswith(racine):
        return False  # le programme lui-même, où que soit sa copie
    return appelant == __file__ or any(motif in appelant for motif in MACHINERIE)


def _paquets_charges() -> set[str]:
    """« six.py », « numpy/core » : les deux premiers éléments du chemin des modules installés."""
    installes = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    charges = set()
    for module in list(sys.modules.values()):
        fichier = getattr(module, "__file__", None) or ""
        for dossier in installes:
            if fichier.startswith(dossier + os.sep):
                charges.add("/".join(Path(fichier).relative_to(dossier).parts[:2]))
    return charges


def _importer_d_avance(arguments: list[str]) -> None:
    """Exécute les imports du programme lancé : sous mesure, ils dureraient presque le double."""
    programme = Path(next((mot for mot in arguments if mot.endswith(".py")), ""))
    if programme.is_file():
        _importer_pour(programme, {programme})


def _importer_pour(programme: Path, vus: set[Path]) -> None:
    """Ses imports, et ceux des fichiers de son dossier qu'il importe : eux doivent être mesurés."""
    with open(programme, "rb") as flux:  # noqa: PTH123 - ouvert d'ici, ce n'est pas une lecture
        instructions = ast.parse(flux.read()).body
    for instruction in instructions:
        if not isinstance(instruction, ast.Import | ast.ImportFrom):
            continue
        voisin = programme.with_name(f"{getattr(instruction, 'module', None)}.py")
        if voisin.is_file():
            if voisin not in vus:
                _importer_pour(voisin, vus | {voisin})
        else:
            with contextlib.suppress(Exception):  # le programme aura la même erreur, et la dira
                exec(compile(ast.Module([instruction], []), programme, "exec"), {})


def _mesurer(reglages: str) -> None:
    """Démarre la mesure de la couverture, que les programmes lancés par celui-ci feront aussi."""
    _importer_d_avance(sys.orig_argv[1:])
    debut = time.monotonic()
    import coverage

    os.environ["COVERAGE_PROCESS_START"] = reglages
    coverage.process_startup()
    del os.environ["COVERAGE_PROCESS_START"]
    _DUREE_DES_OUTILS.append(time.monotonic() - debut)


if _dossier := os.environ.get("COURS_OBSERVATION"):
    _observer(_dossier, os.environ["COURS_OBSERVATION_RACINE"])
if _reglages := os.environ.get("COURS_COUVERTURE_REGLAGES"):
    _mesurer(_reglages)
