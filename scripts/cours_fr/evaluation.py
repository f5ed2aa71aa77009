"""Mesurer un modèle sur le jeu tenu à l'écart, par Ollama ; écrire le détail, imprimer le bilan.

`python -m scripts.cours_fr.evaluation cours-fr resultats.json` (OLLAMA_HOST choisit le serveur).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ollama
from rich.progress import track

from scripts.cours_fr import banque
from scripts.cours_fr.notes import bilan, noter, par_axe
from scripts.socle import fichiers
from scripts.socle.commandes import console

OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 60}


def evaluer(
    modele: str, cas: Iterable[dict[str, Any]], adresse: str | None = None
) -> list[dict[str, Any]]:
    """Interroge `modele` sur chaque cas ; renvoie les cas avec leur réponse et leurs notes."""
    client = ollama.Client(host=adresse, trust_env=adresse is None)
    resultats = []
    for un_cas in track(list(cas), description=modele, console=console):
        reponse = client.chat(modele, un_cas["messages"], options=OPTIONS).message.content or ""
        cles = ("id", "capacite", "genre", "format", "type_de_texte")
        garde = {cle: un_cas[cle] for cle in cles}
        resultats.append({**garde, "reponse": reponse.strip(), **noter(un_cas, reponse)})
    return resultats


if __name__ == "__main__":
    nom_du_modele, sortie = sys.argv[1], Path(sys.argv[2])
    mesures = evaluer(nom_du_modele, fichiers.lire_jsonl(banque.EVALUATION))
    fichiers.ecrire(sortie, json.dumps(mesures, ensure_ascii=False, indent=1) + "\n")
    for mesure, (reussites, total) in bilan(mesures).items():
        print(f"{mesure:16} {reussites}/{total} ({reussites / max(total, 1):.0%})")
    for axe in ("format", "type_de_texte"):
        print(axe, {nom: f"{r}/{t}" for nom, (r, t) in par_axe(mesures, axe).items()})
