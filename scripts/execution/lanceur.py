"""La version du lanceur : un nombre que l'on change exprès, attesté par l'empreinte de son code.

Modifier `executer`, le relais, le serveur privé ou le moteur peut changer ce qu'impriment les
leçons. `lanceur.toml` garde donc une version, qui est dans la clé de chaque enregistrement, et les
empreintes du code qui la porte. Code modifié : `python -m scripts lanceur --meme-effet` l'atteste
sans rien périmer, `--autre-effet` passe à la version suivante et périme tout.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from scripts.lecons import syntaxe
from scripts.lecons.cle import Contexte, versions_verrouillees
from scripts.lecons.registre import Registre
from scripts.ollama_prive.installation import VERSION_OLLAMA
from scripts.socle import chemins, fichiers, pannes
from scripts.socle.erreurs import FichierInvalide

CODE = (
    "scripts/enregistrement/carnets.py",
    "scripts/enregistrement/demande.py",
    "scripts/enregistrement/executer_carnet.py",
    "scripts/enregistrement/session.py",
    "scripts/execution/atelier.py",
    "scripts/execution/copie.py",
    "scripts/execution/executer.py",
    "scripts/execution/observation/sitecustomize.py",
    "scripts/execution/observer.py",
    "scripts/execution/ouvertures.py",
    "scripts/execution/relais.py",
    "scripts/lecons/sections.py",
    "scripts/ollama_prive/mise_en_place.py",
    "scripts/ollama_prive/moteur_llama.py",
    "scripts/ollama_prive/serveur.py",
)
FICHIER = Path("scripts", "execution", "lanceur.toml")


def lire() -> tuple[int, dict[str, str]]:
    """La version du lanceur, et les empreintes attestées de son code.

    Lève `FichierInvalide` si `lanceur.toml` ne les dit pas.
    """
    fichier = chemins.RACINE / FICHIER
    if not fichier.is_file():
        return 1, {}
    contenu = tomllib.loads(fichier.read_text(encoding="utf-8"))
    version, code = contenu.get("version"), contenu.get("code")
    if not isinstance(version, int) or not isinstance(code, dict):
        raise FichierInvalide(
            FICHIER.as_posix(),
            "il n'a pas de « version » entière, ou pas de table [code]",
            pannes.REMEDE_DE_GIT,
        )
    return version, code


def empreintes() -> dict[str, str]:
    """L'empreinte actuelle de chaque fichier du lanceur présent dans ce dépôt."""
    presents = {nom: chemins.RACINE / nom for nom in CODE}
    return {nom: syntaxe.empreinte(f) for nom, f in presents.items() if f.is_file()}


def changes() -> list[str]:
    """Les fichiers du lanceur dont le code n'est plus celui que l'on a attesté."""
    _, attestees = lire()
    actuelles = empreintes()
    noms = sorted(attestees.keys() | actuelles.keys())
    return [nom for nom in noms if attestees.get(nom) != actuelles.get(nom)]


def attester(meme_effet: bool) -> int:
    """Écrit les empreintes d'aujourd'hui ; rend la version, augmentée sauf si `meme_effet`."""
    version, _ = lire()
    version += 0 if meme_effet else 1
    lignes = [f"version = {version}", "", "[code]"]
    lignes += [f'"{nom}" = "{empreinte}"' for nom, empreinte in empreintes().items()]
    fichiers.ecrire(chemins.RACINE / FICHIER, "\n".join(lignes) + "\n")
    return version


def contexte(registre: Registre) -> Contexte:
    """Ce à quoi se comparent aujourd'hui les clés de ce registre."""
    moteur = versions_verrouillees("moteur").get("xllamacpp", "")
    return Contexte(registre, VERSION_OLLAMA, moteur, lire()[0])
