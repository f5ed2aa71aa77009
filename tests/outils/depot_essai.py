"""Un dépôt en miniature, sain, que chaque test de contrôle abîme à sa façon."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.enregistrement import inscrire
from scripts.enregistrement.demande import Demande
from scripts.execution.executer import modele_enregistre
from scripts.execution.observer import Observation
from scripts.execution.resultat import Compteur, Execution
from scripts.lecons import syntaxe
from scripts.lecons.modeles import nom_complet
from scripts.ollama_prive import ouvrir
from scripts.ollama_prive.installation import VERSION_OLLAMA
from scripts.outillage import frontal, navigateur
from scripts.socle import chemins, fichiers

MODULE = "module_4_essai"
SNIPPET = f"{MODULE}/01_bonjour.py"
PAGE = f"""# Essai

```python
--8<-- "snippets/{SNIPPET}:salut"
```

--8<-- "genere/{MODULE}/01_bonjour.md"

```bash
ollama pull essai
```
"""
CODE = """import json
from pathlib import Path

# --8<-- [start:salut]
donnees = Path(__file__).parents[1] / "donnees" / "noms.json"
print("Bonjour", json.loads(donnees.read_text()))
# --8<-- [end:salut]
"""
TEST = f"""import pytest

MODULE = "{MODULE}"


@pytest.mark.snippet(f"{{MODULE}}/01_bonjour.py")
def test_bonjour(execution):
    assert "Bonjour" in execution.sortie
"""
EXEMPTIONS = """[[bloc]]
page = "docs/jour-2/4_essai.md"
contenu = "ollama pull essai"
raison = "demande internet"
"""
PYTEST_INI = """[pytest]
addopts = -p scripts.enregistrement.greffon_pytest
markers =
    snippet
    essai
    entier
"""
DIGEST = "d" * 64
MOTEUR = "2026.9.11063"


def sans_preparatifs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Les étapes de `make test` n'installent ni paquets npm, ni navigateur, ni serveur."""
    for preparation in (frontal.installer, navigateur.preparer, ouvrir.preparer):
        monkeypatch.setattr(f"{preparation.__module__}.{preparation.__name__}", lambda *_: None)


@dataclass(frozen=True)
class Depot:
    """La racine du dépôt d'essai, avec de quoi lire et modifier ses fichiers."""

    racine: Path

    def lire(self, nom: str) -> str:
        """Texte du fichier `nom`, relatif à la racine."""
        return (self.racine / nom).read_text(encoding="utf-8")

    def ecrire(self, nom: str, texte: str) -> None:
        """Crée ou remplace le fichier `nom`."""
        fichier = self.racine / nom
        fichier.parent.mkdir(parents=True, exist_ok=True)
        fichier.unlink(missing_ok=True)  # une copie du petit cours partage ses fichiers
        fichier.write_text(texte, encoding="utf-8")

    def remplacer(self, nom: str, ancien: str, nouveau: str) -> None:
        """Remplace un passage, qui doit exister, du fichier `nom`."""
        texte = self.lire(nom)
        assert ancien in texte
        self.ecrire(nom, texte.replace(ancien, nouveau))

    def enregistrer(
        self,
        nom: str = SNIPPET,
        lus: tuple[str, ...] = ("donnees/noms.json",),
        figures: Mapping[str, bytes] | None = None,
        modeles: Set[str] = frozenset({"qwen2.5-coder:1.5b"}),
        modele: str = "qwen2.5-coder:1.5b",
        choisi: str = "",
        produits: Mapping[str, Path] | None = None,
        carnet: Path | None = None,
    ) -> None:
        """Enregistre une exécution du programme `nom`, comme le ferait `make enregistrer`.

        `modele` est celui de la session, `modeles` ceux qui ont calculé, `choisi` celui du test ;
        `produits`, ce que le programme a laissé dans l'atelier ; `carnet`, le carnet publié.
        """
        compteur = Compteur(12, 5, 1.0, 1, set(modeles))
        observation = Observation(
            syntaxe.empreinte(chemins.SNIPPETS / nom),
            fichiers={lu: fichiers.empreinte(chemins.SNIPPETS / lu) for lu in lus},
            paquets={"ollama": "0.6.3"},
        )
        execution = Execution(
            nom,
            0,
            "Bonjour Ada\n",
            "",
            1.5,
            compteur,
            modele_enregistre(1, set(modeles), modele),
            30,
            200,
            observation,
            figures=figures or {},
            produits=produits or {},
        )
        digests = {nom_complet(connu): DIGEST for connu in {*modeles, modele}}
        provenance = inscrire.Provenance(VERSION_OLLAMA, MOTEUR, digests)
        inscrire.inscrire(execution, Demande(nom, modele=choisi), provenance, carnet=carnet)


def creer(racine: Path) -> Depot:
    """Écrit les fichiers du dépôt d'essai, sans rien enregistrer."""
    depot = Depot(racine)
    depot.ecrire(f"snippets/{SNIPPET}", CODE)
    depot.ecrire("snippets/donnees/noms.json", '"Ada"\n')
    depot.ecrire("snippets/exemptions.toml", EXEMPTIONS)
    depot.ecrire("docs/jour-2/4_essai.md", PAGE)
    depot.ecrire(f"tests/lecons/test_{MODULE}.py", TEST)
    depot.ecrire("verrous/dev.txt", "ollama==0.6.3 \\\n    --hash=sha256:0\n")
    depot.ecrire("verrous/moteur.txt", f"xllamacpp=={MOTEUR} \\\n    --hash=sha256:0\n")
    shutil.copy(chemins.SCHEMA_REGISTRE, racine / "snippets" / "registre.schema.json")
    return depot


def viser(racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fait travailler scripts/ sur le dépôt `racine`."""
    for nom in (
        *("DOCS", "SNIPPETS", "DONNEES", "REGISTRE", "SCHEMA_REGISTRE", "EXEMPTIONS", "FIGURES"),
        *("GENERE", "VERROUS"),
    ):
        relatif = getattr(chemins, nom).relative_to(chemins.RACINE)
        monkeypatch.setattr(chemins, nom, racine / relatif)
    monkeypatch.setattr(chemins, "RACINE", racine)


def installer(racine: Path, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """Crée le dépôt d'essai, y fait travailler scripts/, et enregistre son programme."""
    depot = creer(racine)
    viser(racine, monkeypatch)
    depot.enregistrer()
    return depot
