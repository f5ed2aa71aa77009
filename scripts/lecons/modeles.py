"""Les modèles du cours, tels que `modeles.toml` les déclare."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODELE_DE_REFERENCE = "smollm2:135m"


MODELE_D_EMBEDDING = "all-minilm"


MODELE_DU_COURS = "cours-fr"


MODELES_DU_COURS = (MODELE_DE_REFERENCE, MODELE_DU_COURS, MODELE_D_EMBEDDING)


DECLARATION = Path(__file__).with_name("modeles.toml")


@dataclass(frozen=True)
class Modele:
    """Un modèle déclaré ; les empreintes sont des SHA-256, la taille est en Mo (10⁶ octets).

    Son fichier vient d'une `roue` (tel quel, ou converti si `fichier` y est un dossier), ou de la
    fusion d'un `adaptateur` du dépôt avec `base`.
    """

    nom: str
    description: str
    licence: str
    taille_mo: int
    roue: str = ""
    roue_sha256: str = ""
    fichier: str = ""
    sha256: str = ""
    base: str = ""
    adaptateur: str = ""

    @property
    def fabrique(self) -> bool:
        """Vrai si le fichier GGUF se fabrique ici : sa propre empreinte n'est pas épinglée."""
        return bool(self.adaptateur) or self.fichier.endswith("/")


def declares() -> dict[str, Modele]:
    """Les modèles de `modeles.toml`, par nom."""
    contenu = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    return {entree["nom"]: Modele(**entree) for entree in contenu["modele"]}


def nom_complet(nom: str) -> str:
    """Le nom tel qu'Ollama le liste : `all-minilm` devient `all-minilm:latest`."""
    return nom if ":" in nom else f"{nom}:latest"


COMMANDE = ".venv/bin/python -m scripts modeles"


def modeles_a_recopier() -> list[dict[str, Any]]:
    """Les modèles du cours, puis ceux du lecteur : nom, usage, taille, licence, source."""
    declaration = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    du_cours = [
        {**modele, "source": f"{COMMANDE} --installer {modele['nom']} --chez-moi"}
        for modele in declaration["modele"]
    ]
    return [*du_cours, *declaration["a_recopier"]]
