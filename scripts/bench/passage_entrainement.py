"""Un entraînement de quelques pas, chronométré ; tourne dans l'environnement d'entraînement.

`python -m scripts.bench.passage_entrainement base/ trl|cours|calcul` imprime un objet JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer

from scripts.cours_fr import entrainement
from scripts.cours_fr.generateur import generer

EXEMPLES, PAS, PAS_D_ECHAUFFEMENT = 160, 9, 3
TAILLE_DES_MATRICES, PRODUITS = 2048, 20


class Chronometre(TrainerCallback):
    """Note l'heure à la fin de chaque pas."""

    def __init__(self) -> None:
        self.fins_de_pas: list[float] = []

    def on_step_end(self, *_: object, **__: object) -> None:
        """Appelé par le Trainer."""
        self.fins_de_pas.append(time.monotonic())


class Compteur:
    """Compte les tokens d'un assembleur de lots, bourrage exclu."""

    def __init__(self, assembleur: Any) -> None:
        self.assembleur, self.tokens = assembleur, list[int]()

    def __call__(self, exemples: list[dict[str, Any]]) -> Any:
        self.tokens.append(sum(len(exemple["input_ids"]) for exemple in exemples))
        return self.assembleur(exemples)


def entraineur_de_trl(base: Path, dossier: str) -> Any:
    """SFTTrainer avec tous ses défauts, à qui l'on ne donne que la base, les données et le LoRA."""
    tokenizer, donnees = entrainement.preparer(base, list(generer(EXEMPLES)))
    reglages = SFTConfig(dossier, max_steps=PAS, report_to="none", use_cpu=True)
    reglages.dataset_kwargs = {"skip_prepare_dataset": True}
    lora = entrainement.adaptateur_lora(entrainement.RANG)
    return SFTTrainer(
        str(base), reglages, train_dataset=donnees, processing_class=tokenizer, peft_config=lora
    )


def debit(entraineur: Any) -> dict[str, float]:
    """Tokens lus par seconde, échauffement exclu."""
    chronometre, compteur = Chronometre(), Compteur(entraineur.data_collator)
    entraineur.data_collator = compteur
    entraineur.add_callback(chronometre)
    entraineur.train()
    fins = chronometre.fins_de_pas
    lots_par_pas = entraineur.args.gradient_accumulation_steps
    mesures = compteur.tokens[PAS_D_ECHAUFFEMENT * lots_par_pas : len(fins) * lots_par_pas]
    duree = fins[-1] - fins[PAS_D_ECHAUFFEMENT - 1]
    return {"tokens": sum(mesures), "duree_s": round(duree, 2)}


def calcul() -> dict[str, float]:
    """Milliards d'opérations par seconde d'un produit de grandes matrices en bfloat16."""
    gauche, droite = (
        torch.randn(TAILLE_DES_MATRICES, TAILLE_DES_MATRICES, dtype=torch.bfloat16) for _ in "ab"
    )
    gauche @ droite
    debut = time.monotonic()
    for _ in range(PRODUITS):
        gauche @ droite
    duree = time.monotonic() - debut
    return {"gflops": round(2 * TAILLE_DES_MATRICES**3 * PRODUITS / duree / 1e9, 1)}


if __name__ == "__main__":
    base, mode = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as dossier:
        if mode == "calcul":
            mesure = calcul()
        elif mode == "trl":
            mesure = debit(entraineur_de_trl(base, dossier))
        else:
            entrainement.garder_la_memoire()
            reglages = entrainement.Reglages(exemples=EXEMPLES, pas_max=PAS)
            mesure = debit(entrainement.entraineur(base, Path(dossier), reglages))
    print(json.dumps(mesure))
