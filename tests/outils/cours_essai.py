"""Un petit cours dont chaque programme a vraiment tourné : de quoi éprouver la clé."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.enregistrement import inscrire
from scripts.enregistrement.demande import Demande
from scripts.enregistrement.essais import EssaiEnCours
from scripts.enregistrement.lectures import Lectures
from scripts.execution import lanceur
from scripts.execution.executer import Reglages, executer
from scripts.execution.resultat import Compteur, Execution
from scripts.lecons import marqueurs, modeles
from scripts.ollama_prive.installation import VERSION_OLLAMA
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from tests.outils.depot_essai import DIGEST, MOTEUR, Depot, viser

M = "module_4_essai"
TEST = f"tests/lecons/test_{M}.py"
FICHIERS = {
    "01_amont.py": '''"""Prépare."""
import json
import os
from pathlib import Path

# Les noms de la classe.
DONNEES = Path(__file__).parents[1] / "donnees"


def lire(nom: str) -> list[str]:
    """Lit des noms."""
    return json.loads((DONNEES / nom).read_text("utf-8"))


noms = lire(f"{'noms'}.json")
print(f"{len(noms)} noms", *sorted(os.listdir(DONNEES / "textes")))
print((DONNEES / "image.bin").stat().st_size, (DONNEES / "image.bin").read_bytes()[:2])
''',
    "02_suite.py": '''"""Suit : un exemple de `--aide`."""
from pathlib import Path

from outils import doubler

DONNEES = Path(__file__).parents[1] / "donnees"
trouves = [f.name for f in sorted(DONNEES.rglob("*.csv"))]
try:
    reglage = (Path(__file__).parent / "reglages.toml").read_text("utf-8")
except FileNotFoundError:
    reglage = "aucun"
print(doubler(21), trouves, reglage)
''',
    "outils.py": '''"""Ce que le module partage."""
from calculs import somme


def doubler(nombre):
    """Le double."""
    return somme(nombre, nombre)
''',
    "calculs.py": "def somme(a, b):\n    return a + b\n",
    "03_coquille.sh": """#!/usr/bin/env bash
# Lit et compte.
set -eu
ici=$(cd "$(dirname "$0")" && pwd)
nom=lignes
cat "$ici/../donnees/$nom.txt" | wc -l   # combien de lignes
ls "$ici/../donnees/textes" | wc -l
for fichier in "$ici"/../donnees/courriels/*; do basename "$fichier"; done
. "$ici/commun.sh"
python "$ici/04_fils.py"
cat <<'FIN'
# ceci s'imprime
FIN
echo "un # dans un texte"
""",
    "commun.sh": 'echo "commun"\n',
    "04_fils.py": """from pathlib import Path

print(len((Path(__file__).parents[1] / "donnees" / "table.tsv").read_text("utf-8")))
""",
    "05_outil.py": '''"""Un outil décrit par sa docstring, un schéma par celle de sa classe."""
import dataclasses


@dataclasses.dataclass
class Reponse(dict):
    """Une réponse courte."""

    texte: str = "non"


def prix(produit: str) -> str:
    """Le prix d'un produit."""
    return produit


def aider(seuil=3):
    """Aide."""
    return [outil.__name__ for outil in (prix,)][:seuil]


print(aider(), Reponse.__name__)
''',
    "06_aide.py": '"""L\'aide que montre --help."""\n\nprint(__doc__)\n',
    "07_modele.py": """import ollama

print(ollama.__name__)
""",
    "08_lance.py": """import subprocess
import sys
from pathlib import Path

fils = Path(__file__).with_name("04_fils.py")
print(subprocess.run([sys.executable, fils], capture_output=True, text=True).stdout)
""",
}
DONNEES = {
    "noms.json": '["Ada", "Grace"]\n',
    "image.bin": "\x00\x01binaire",
    "lignes.txt": "un\ndeux\n",
    "table.tsv": "a\tb\n1\t2\n",
    "textes/un.md": "# Un\n",
    "textes/deux.md": "# Deux\n",
    "sous/dossier/ventes.csv": "a,b\n1,2\n",
    "courriels/premier.eml": "Bonjour\n",
}
TESTS = f'''import pytest

from tests.lecons.partage import ARGUMENTS

M = "{M}"
GRAINE = "7"
suite = pytest.mark.snippet(f"{{M}}/02_suite.py", args=(GRAINE, *ARGUMENTS), env={{"TON": "vif"}},
                            apres=(f"{{M}}/01_amont.py",))


@pytest.mark.snippet(f"{{M}}/01_amont.py")
def test_amont(execution):
    assert "noms" in execution.sortie


@suite
def test_suite(execution):
    assert "42" in execution.sortie


@pytest.mark.snippet(f"{{M}}/03_coquille.sh", bref=("vite",))
@pytest.mark.snippet(f"{{M}}/04_fils.py")
@pytest.mark.snippet(f"{{M}}/05_outil.py")
@pytest.mark.snippet(f"{{M}}/06_aide.py")
@pytest.mark.snippet(f"{{M}}/07_modele.py", apres=(f"{{M}}/02_suite.py",))
@pytest.mark.snippet(f"{{M}}/08_lance.py")
@pytest.mark.snippet(f"{{M}}/commun.sh")
def test_les_autres(execution):
    assert execution.sortie


@pytest.mark.essai(f"{{M}}/08_lance.py")
def test_essai(executer):
    assert executer(f"{{M}}/08_lance.py").code == 0
'''
PAQUETS = {"ollama": "0.6.3", "httpx": "0.28.1", "httpcore": "1.0.9", "numpy": "2.4.6"}
VERROU = (
    "ollama==0.6.3 \\\n    --hash=sha256:0\nhttpx==0.28.1 \\\n    --hash=sha256:0\n"
    "httpcore==1.0.9 \\\n    --hash=sha256:0\nrequests==2.0.0 \\\n    --hash=sha256:0\n"
    "numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:0\n"
    "numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:0\n"
)


def creer(racine: Path) -> Depot:
    """Écrit le petit cours, avec une copie du code du lanceur et de ce qui fait les modèles."""
    depot = Depot(racine)
    for nom, texte in FICHIERS.items():
        depot.ecrire(f"snippets/{M}/{nom}", texte)
    for nom, texte in DONNEES.items():
        depot.ecrire(f"snippets/donnees/{nom}", texte)
    depot.ecrire(TEST, TESTS)
    depot.ecrire("tests/lecons/partage.py", 'ARGUMENTS = ("--vite",)\n')
    depot.ecrire("tests/conftest.py", "")
    depot.ecrire("docs/jour-2/4_essai.md", "# Essai\n\nUne phrase.\n")
    depot.ecrire("verrous/dev.txt", VERROU)
    depot.ecrire("verrous/moteur.txt", f"xllamacpp=={MOTEUR} \\\n    --hash=sha256:0\n")
    for nom in ("verrous/entrainement.txt", "scripts/lecons/modeles.toml"):
        depot.ecrire(nom, (chemins.RACINE_DU_CODE / nom).read_text("utf-8"))
    for nom in (*lanceur.CODE, "scripts/ollama_prive/conversion.py", str(lanceur.FICHIER)):
        depot.ecrire(nom, (chemins.RACINE_DU_CODE / nom).read_text("utf-8"))
    shutil.copy(chemins.SCHEMA_REGISTRE, racine / "snippets")
    return depot


def viser_tout(racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fait aussi lire sous `racine` ce qui fait les modèles."""
    viser(racine, monkeypatch)
    monkeypatch.setattr(chemins, "RACINE_DU_CODE", racine)
    monkeypatch.setattr(modeles, "DECLARATION", racine / "scripts/lecons/modeles.toml")
    monkeypatch.setattr(modeles, "CONVERSION", racine / "scripts/ollama_prive/conversion.py")
    monkeypatch.setattr(modeles, "VERROU_D_ENTRAINEMENT", racine / "verrous/entrainement.txt")


def enregistrer(depot: Depot) -> None:
    """Exécute chaque programme pour de vrai, sans serveur, et l'inscrit au registre."""
    serveur = Serveur("http://127.0.0.1:9")
    arguments = marqueurs.par_programme()
    for nom in sorted(arguments):
        reglages = Reglages(args=[str(a) for a in arguments[nom].get("args", ())])
        execution = executer(nom, serveur, reglages)
        assert execution.code == 0, f"{nom} : {execution.erreurs}"
        inscrire_une(avec_le_modele(execution), arguments[nom].get("apres", ()))
    [essai] = marqueurs.essais()
    joue = executer(f"{M}/08_lance.py", serveur)
    en_cours = EssaiEnCours(0, Demande(essai), (f"{M}/08_lance.py",), Lectures(), [joue], 1.0)
    inscrire.inscrire_l_essai(essai, en_cours, None)


def avec_le_modele(execution: Execution) -> Execution:
    """05 et 07 sont réputés avoir interrogé des modèles : ici, aucun serveur ne répond."""
    if execution.nom.endswith("05_outil.py"):
        compteur = Compteur(1, 1, 1.0, 1, {modeles.MODELE_PAR_DEFAUT})
        return dataclasses.replace(execution, compteur=compteur, modele=modeles.MODELE_PAR_DEFAUT)
    if not execution.nom.endswith("07_modele.py"):
        return execution
    return dataclasses.replace(
        execution,
        compteur=Compteur(1, 1, 1.0, 1, {"qwen2.5-coder:1.5b", "smollm2:135m", "all-minilm"}),
        modele=modeles.MODELE_PAR_DEFAUT,
        observation=dataclasses.replace(execution.observation, paquets=dict(PAQUETS)),
        figures={"essai-clair.svg": b"<svg/>"},
    )


def inscrire_une(execution: Execution, apres: tuple[str, ...]) -> None:
    """Inscrit cette exécution, après celles qu'elle suit."""
    connus = {modeles.nom_complet(nom): DIGEST for nom in modeles.declares()}
    provenance = inscrire.Provenance(VERSION_OLLAMA, MOTEUR, connus)
    inscrire.inscrire(execution, Demande(execution.nom, apres=tuple(apres)), provenance)


@pytest.fixture(scope="session")
def cours_enregistre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Le petit cours, enregistré une fois ; on n'y touche pas : chaque test en prend une copie."""
    racine = tmp_path_factory.mktemp("cours")
    with pytest.MonkeyPatch.context() as mp:
        depot = creer(racine)
        viser_tout(racine, mp)
        enregistrer(depot)
    yield racine


@pytest.fixture
def cours(cours_enregistre: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """Une copie du petit cours, où travaillent les contrôles le temps d'un test."""
    racine = tmp_path / "cours"
    shutil.copytree(cours_enregistre, racine, copy_function=os.link)
    viser_tout(racine, monkeypatch)
    return Depot(racine)
