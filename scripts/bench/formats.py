"""Un adaptateur mis en service par la leçon du module 8, puis trois formats du même modèle."""

from __future__ import annotations

import dataclasses
import shutil
import statistics
from pathlib import Path

import httpx

from scripts.bench.debit import CONTEXTE, DELAI_S, PASSAGES, TOKENS, par_ollama
from scripts.execution.atelier import Atelier, ouvrir_l_atelier
from scripts.execution.executer import Reglages, executer
from scripts.ollama_prive.ouvrir import USAGE_DES_TESTS, ouvrir
from scripts.ollama_prive.serveur import Serveur
from scripts.publication.performances import Mesure, Resultat
from scripts.socle import chemins
from scripts.socle.commandes import console, lancer
from scripts.socle.erreurs import ErreurCours

LECON = "module_8_pratique_finetuning"
MISE_EN_SERVICE = (("08_fusionner.py", "json"), ("09_vers_ollama.sh", "json"))
REFERENCE = "f16"
MODELES = {"f16": "json-f16", "q8_0": "json-q8", "q4_0": "json-q4"}
DUREE_MAXIMALE_S = 30.0
ADAPTATEUR_NEUF = """
import sys
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

base, destination = sys.argv[1:]
reglage = LoraConfig(r=16, target_modules="all-linear", task_type="CAUSAL_LM")
get_peft_model(AutoModelForCausalLM.from_pretrained(base), reglage).save_pretrained(destination)
"""


def mesurer() -> Mesure:
    """Durée de fusionner, convertir, créer (s) ; débits (tokens/s) et mémoires (Mio) par format."""
    with ouvrir(usage=USAGE_DES_TESTS) as serveur, ouvrir_l_atelier(serveur) as atelier:
        _poser_l_adaptateur(atelier)
        durees = {nom: _lancer(nom, serveur, atelier, tache) for nom, tache in MISE_EN_SERVICE}
        _lancer("12_quantifier.py", serveur, atelier)
        formats = {nom: _passages(serveur, modele) for nom, modele in MODELES.items()}
    brut = {"durees_s": durees, "tokens_demandes": TOKENS, "contexte": CONTEXTE, "formats": formats}
    return Mesure(resultats(durees, formats), brut)


def resultats(durees: dict[str, float], formats: dict[str, dict[str, float]]) -> list[Resultat]:
    """La durée de mise en service, puis débit et mémoire de chaque format rapportés au f16."""
    reference = formats[REFERENCE]
    lignes = [
        Resultat("Fusionner, convertir, créer", sum(durees.values()), "s", "≤", DUREE_MAXIMALE_S, 1)
    ]
    for nom in [nom for nom in formats if nom != REFERENCE]:
        debit = formats[nom]["tokens_s"] / reference["tokens_s"]
        memoire = formats[nom]["memoire_mio"] / reference["memoire_mio"]
        lignes += [
            Resultat(f"Débit en {nom}, contre {REFERENCE}", debit, "×", "≥", 1.0),
            Resultat(f"Mémoire en {nom}, contre {REFERENCE}", memoire, "×", "≤", 1.0),
        ]
    return lignes


def _poser_l_adaptateur(atelier: Atelier) -> None:
    """Un adaptateur neuf, de la forme qu'entraîne la leçon, tient lieu du sien."""
    destination = atelier.dossier / "adaptateurs" / "json"
    lancer(
        [chemins.PYTHON_ENTRAINEMENT, "-c", ADAPTATEUR_NEUF, atelier.base, destination],
        etape="Un adaptateur neuf",
        si_echec="L'adaptateur n'a pas pu être créé.",
        env={"HF_HUB_OFFLINE": "1"},
    )
    for fichier in atelier.base.glob("*token*"):
        shutil.copy(fichier, destination)
    shutil.copy(atelier.base / "chat_template.jinja", destination)


def _lancer(programme: str, serveur: Serveur, atelier: Atelier, *args: str) -> float:
    """Lance un programme de la leçon ; sa durée en secondes. Lève `ErreurCours` s'il échoue."""
    with console.status(f"Leçon : {programme}"):
        passage = executer(
            str(Path(LECON, programme)), serveur, Reglages(args=args, **atelier.options({}))
        )
    if passage.code:
        raise ErreurCours(f"{programme} a échoué : {passage.erreurs.strip()[-300:]}")
    return round(passage.duree_s, 2)


def _passages(serveur: Serveur, modele: str) -> dict[str, float]:
    """Médiane des débits annoncés (tokens/s) et mémoire du serveur (Mio), ce modèle seul chargé."""
    cible = dataclasses.replace(serveur, modele=modele)
    with httpx.Client(trust_env=False, timeout=DELAI_S) as client:
        par_ollama(client, cible)  # charge le modèle
        debits = [par_ollama(client, cible, numero).ecrit for numero in range(1, PASSAGES + 1)]
        memoire = serveur.memoire_mio()
        client.post(f"{serveur.adresse}/api/generate", json={"model": modele, "keep_alive": 0})
    debit = statistics.median(debits)
    console.print(f"{modele} : {debit:.1f} tokens/s, {memoire:.0f} Mio")
    return {"tokens_s": round(debit, 1), "memoire_mio": round(memoire)}
