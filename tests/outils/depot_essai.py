"""Un dépôt en miniature, sain, que chaque test de contrôle abîme à sa façon."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.enregistrement import inscrire
from scripts.execution.resultat import Compteur, Execution
from scripts.lecons import registre
from scripts.socle import chemins

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
PYTEST_INI = "[pytest]\naddopts = -p scripts.enregistrement.greffon_pytest\nmarkers = snippet\n"
DIGEST = "d" * 64


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
        modeles: Set[str] = frozenset({"smollm2:135m"}),
        modele: str = "smollm2:135m",
    ) -> None:
        """Enregistre une exécution du snippet `nom`, comme le ferait `make enregistrer`."""
        compteur = Compteur(12, 5, 1.0, 1, set(modeles))
        execution = Execution(
            nom, 0, "Bonjour Ada\n", "", 1.5, compteur, 30, 200, lus, figures or {}
        )
        inscrire.enregistrer(
            execution,
            modele=modele,
            digest_de=lambda _: DIGEST,
            version_ollama="0.34.2",
        )


def creer(racine: Path) -> Depot:
    """Écrit les fichiers du dépôt d'essai, sans rien enregistrer."""
    depot = Depot(racine)
    depot.ecrire(f"snippets/{SNIPPET}", CODE)
    depot.ecrire("snippets/donnees/noms.json", '"Ada"\n')
    depot.ecrire("snippets/exemptions.toml", EXEMPTIONS)
    depot.ecrire("docs/jour-2/4_essai.md", PAGE)
    depot.ecrire(f"tests/lecons/test_{MODULE}.py", TEST)
    depot.ecrire("verrous/dev.txt", "ollama==0.6.3 \\\n    --hash=sha256:0\n")
    shutil.copy(chemins.SCHEMA_REGISTRE, racine / "snippets" / "registre.schema.json")
    return depot


def installer(racine: Path, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """Crée le dépôt d'essai, y fait travailler scripts/, et enregistre son snippet."""
    depot = creer(racine)
    for nom in (
        "DOCS",
        "SNIPPETS",
        "DONNEES",
        "REGISTRE",
        "SCHEMA_REGISTRE",
        "EXEMPTIONS",
        "FIGURES",
    ):
        relatif = getattr(chemins, nom).relative_to(chemins.RACINE)
        monkeypatch.setattr(chemins, nom, racine / relatif)
    monkeypatch.setattr(chemins, "GENERE", racine / "genere")
    monkeypatch.setattr(chemins, "VERROUS", racine / "verrous")
    monkeypatch.setattr(chemins, "RACINE", racine)
    registre.versions_verrouillees.cache_clear()
    depot.enregistrer()
    return depot
