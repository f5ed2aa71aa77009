"""Le moteur d'Ollama quand aucun installateur officiel n'est à portée.

Depuis la version 0.30, Ollama confie le calcul à un exécutable nommé `llama-server`, qu'il cherche
dans `lib/ollama/` à côté de son dossier `bin/`. Le paquet `xllamacpp` contient le même serveur HTTP
de llama.cpp : ce fichier, que lance un `llama-server` de deux lignes, traduit les arguments
d'Ollama en `xllamacpp.CommonParams`, puis attend qu'on l'arrête.

Il est recopié et exécuté seul, hors de l'environnement du projet : il n'importe rien du dépôt.
Source des arguments : `llm/llama_server.go` d'Ollama 0.34.2.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OPTIONS_A_VALEUR: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--model": ("model.path", str),
    "--port": ("port", int),
    "--host": ("hostname", str),
    "-c": ("n_ctx", int),
    "-np": ("n_parallel", int),
    "-b": ("n_batch", int),
    "-ub": ("n_ubatch", int),
    "-ngl": ("n_gpu_layers", int),
    "-t": ("cpuparams.n_threads", int),
    "--keep": ("n_keep", int),
    "--main-gpu": ("main_gpu", int),
    "--log-verbosity": ("verbosity", int),
    "--chat-template": ("chat_template", str),
    "--flash-attn": ("flash_attn_type", str),
    "--cache-type-k": ("cache_type_k", str),
    "--cache-type-v": ("cache_type_v", str),
    "--load-mode": ("load_mode", str),
    "--split-mode": ("split_mode", str),
}
DRAPEAUX: dict[str, tuple[str, bool]] = {
    "--offline": ("offline", True),
    "--embedding": ("embedding", True),
    "--context-shift": ("ctx_shift", True),
    "--no-context-shift": ("ctx_shift", False),
    "--no-jinja": ("use_jinja", False),
    "--jinja": ("use_jinja", True),
    "--no-webui": ("ui", False),
}
# L'affichage des journaux n'est pas réglable depuis CommonParams : sans effet sur les réponses.
SANS_EFFET = {"--no-log-prefix", "--no-log-timestamps", "--verbose"}

# Valeurs textuelles d'Ollama -> (énumération de xllamacpp, préfixe de ses membres).
ENUMERATIONS = {
    "flash_attn_type": ("llama_flash_attn_type", "LLAMA_FLASH_ATTN_TYPE_"),
    "cache_type_k": ("ggml_type", "GGML_TYPE_"),
    "cache_type_v": ("ggml_type", "GGML_TYPE_"),
    "load_mode": ("llama_load_mode", "LLAMA_LOAD_MODE_"),
    "split_mode": ("llama_split_mode", "LLAMA_SPLIT_MODE_"),
}
SYNONYMES = {"ON": "ENABLED", "OFF": "DISABLED", "DIO": "DIRECT_IO"}


@dataclass
class Traduction:
    """Arguments traduits : `reglages` (attribut de CommonParams -> valeur) et `inconnus`."""

    reglages: dict[str, Any] = field(default_factory=dict)
    inconnus: list[str] = field(default_factory=list)


def traduire(arguments: list[str]) -> Traduction:
    """Traduit la ligne de commande d'Ollama ; un argument inconnu est gardé, jamais avalé.

    Lève `ValueError` si une option attend une valeur qui manque ou qui n'a pas le bon type.
    """
    traduction = Traduction()
    restants = list(arguments)
    while restants:
        option = restants.pop(0)
        if option in DRAPEAUX:
            attribut, valeur = DRAPEAUX[option]
            traduction.reglages[attribut] = valeur
        elif option in OPTIONS_A_VALEUR:
            if not restants:
                raise ValueError(f"l'option {option} attend une valeur")
            attribut, convertir = OPTIONS_A_VALEUR[option]
            traduction.reglages[attribut] = convertir(restants.pop(0))
        elif option not in SANS_EFFET:
            traduction.inconnus.append(option)
    return traduction


def appliquer(reglages: dict[str, Any], parametres: Any, bibliotheque: Any) -> None:
    """Pose chaque réglage sur `parametres` (un `CommonParams`) ; `bibliotheque` est xllamacpp."""
    for chemin, valeur in reglages.items():
        *parents, attribut = chemin.split(".")
        cible = parametres
        for parent in parents:
            cible = getattr(cible, parent)
        if attribut in ENUMERATIONS:
            nom, prefixe = ENUMERATIONS[attribut]
            membre = SYNONYMES.get(valeur.upper(), valeur.upper())
            valeur = getattr(getattr(bibliotheque, nom), prefixe + membre)
        setattr(cible, attribut, valeur)


def principal(arguments: list[str]) -> int:
    """Sert le modèle demandé jusqu'à SIGTERM ou SIGINT. Renvoie le code de sortie."""
    if "--list-devices" in arguments:
        print("Available devices:")
        return 0
    try:
        traduction = traduire(arguments)
    except ValueError as erreur:
        print(f"llama-server : {erreur}", file=sys.stderr, flush=True)
        return 2
    for inconnu in traduction.inconnus:
        message = f"llama-server : argument inconnu, sans effet : {inconnu}"
        print(message, file=sys.stderr, flush=True)

    import xllamacpp  # après --list-devices, qui doit répondre sans charger le moteur

    parametres = xllamacpp.CommonParams()
    appliquer(traduction.reglages, parametres, xllamacpp)
    fin = threading.Event()
    for signal_d_arret in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_d_arret, lambda *_: fin.set())
    serveur = xllamacpp.Server(parametres)
    print(f"llama-server : à l'écoute sur {serveur.listening_address}", file=sys.stderr, flush=True)
    fin.wait()
    return 0


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
