"""Ajoute aux poids du modèle ceux d'un adaptateur : python 08_fusionner.py json."""

import os
import sys
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

BASE = os.environ.get("COURS_MODELE_HF", "HuggingFaceTB/SmolLM2-135M-Instruct")


def fusionner(tache: str) -> None:
    adaptateur, dossier = Path("adaptateurs", tache), Path("fusion", tache)
    if not (adaptateur / "adapter_config.json").is_file():
        raise SystemExit(f"{adaptateur} manque : lancez d'abord 06_entrainer.py {tache}.")
    modele = AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)
    fusionne = PeftModel.from_pretrained(modele, str(adaptateur)).merge_and_unload()
    fusionne.save_pretrained(dossier)
    AutoTokenizer.from_pretrained(adaptateur).save_pretrained(dossier)
    poids = sum(p.numel() for p in fusionne.parameters())
    print(f"{tache} : {poids / 1e6:.1f} millions de poids fusionnés dans {dossier}")


for tache in sys.argv[1:]:
    fusionner(tache)
