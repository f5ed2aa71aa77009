"""Affine le modèle par LoRA, une tâche après l'autre : 06_entrainer.py json pirate."""

import argparse
import contextlib
import ctypes
import json
import os
import shutil
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from datasets import concatenate_datasets, load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, EarlyStoppingCallback
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig, SFTTrainer

BASE = os.environ.get("COURS_MODELE_HF", "HuggingFaceTB/SmolLM2-135M-Instruct")
PARTIES = {"train": "entrainement", "validation": "validation"}
EPOQUES = {"json": 0.3, "pirate": 1.5, "sentiment": 1}
APPAREIL = "cuda" if torch.cuda.is_available() else "cpu"
# Sans AVX-512, un processeur ordinaire imite le bfloat16, bien plus lentement que le float32.
BFLOAT16 = APPAREIL == "cuda" or torch.backends.cpu.get_cpu_capability() == "AVX512"
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
REGLAGES = {
    "lr_scheduler_type": "cosine",
    "warmup_steps": 10,
    "per_device_train_batch_size": 4,
    "train_sampling_strategy": "group_by_length",
    "bf16": BFLOAT16,
    "activation_checkpointing": False,
    "use_cpu": APPAREIL == "cpu",
    "dataloader_pin_memory": False,
    "logging_steps": 5,
    "eval_strategy": "steps",
    "eval_steps": 0.25,
    "save_steps": 0.25,
    "save_total_limit": 2,
    "load_best_model_at_end": True,
    "prediction_loss_only": True,
    "include_num_input_tokens_seen": "non_padding",
    "report_to": "none",
    "seed": 7,
}


class EntraineurSobre(SFTTrainer):
    """SFTTrainer qui ne parcourt le vocabulaire que pour les tokens de la réponse."""

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        noyau = self.accelerator.unwrap_model(model).get_base_model()
        cibles = inputs["labels"][:, 1:]
        appris = cibles != -100
        lus = {nom: inputs[nom] for nom in ("input_ids", "attention_mask")}
        with torch.autocast(APPAREIL, dtype=torch.bfloat16, enabled=BFLOAT16):
            etats = noyau.model(**lus, use_cache=False).last_hidden_state[:, :-1]
            logits = noyau.lm_head(etats[appris])
        return F.cross_entropy(logits.float(), cibles[appris])


def garder_la_memoire() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(-3, 1 << 30)
        ctypes.CDLL(None).mallopt(-1, (1 << 31) - 1)


def separer(exemple: dict) -> dict:
    return {"prompt": exemple["messages"][:-1], "completion": exemple["messages"][-1:]}


def lire(tache: str, options: argparse.Namespace) -> dict:
    fichiers = {partie: [f"donnees/{tache}/{nom}.jsonl"] for partie, nom in PARTIES.items()}
    for fichier in sum(fichiers.values(), options.melange):
        if not Path(fichier).is_file():
            raise SystemExit(f"{fichier} n'existe pas : lancez 01_fabriquer_donnees.py.")
    exemples = load_dataset("json", data_files=fichiers)
    if options.exemples:
        exemples["train"] = exemples["train"].take(options.exemples)
    nombre = min(options.validation, exemples["validation"].num_rows)
    exemples["validation"] = exemples["validation"].take(nombre)
    exemples = exemples.map(separer, remove_columns=exemples["train"].column_names)
    if options.melange:
        autres = load_dataset("json", data_files=options.melange, split="train").map(separer)
        autres = autres.select_columns(exemples["train"].column_names)
        exemples["train"] = concatenate_datasets([exemples["train"], autres])
    return exemples


def preparer(tache: str, options: argparse.Namespace) -> EntraineurSobre:
    exemples = lire(tache, options)
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    tokenizer.chat_template = CHATML
    modele = AutoModelForCausalLM.from_pretrained(
        BASE,
        dtype=torch.bfloat16 if BFLOAT16 else torch.float32,
        attn_implementation="eager",
    )
    reglages = SFTConfig(
        f"adaptateurs/{options.nom or tache}",
        num_train_epochs=options.epoques or EPOQUES[tache],
        learning_rate=options.taux,
        **REGLAGES,
    )
    return EntraineurSobre(
        modele,
        reglages,
        train_dataset=exemples["train"],
        eval_dataset=exemples["validation"],
        processing_class=tokenizer,
        peft_config=LoraConfig(
            r=options.rang, lora_alpha=2 * options.rang, target_modules="all-linear"
        ),
        callbacks=[EarlyStoppingCallback(early_stopping_patience=2)],
    )


def raconter(tache: str, etat, duree: float, deja_lus: int) -> None:
    vitesse = (etat.num_input_tokens_seen - deja_lus) / duree
    print(f"{tache} : {etat.global_step} pas, {duree:.0f} s, {vitesse:.0f} tokens/s")
    print(f"  gardé : le pas {etat.best_global_step}, validation {etat.best_metric:.3f}")


def tokens_lus(reprise: str | None) -> int:
    if not reprise:
        return 0
    return json.loads(Path(reprise, "trainer_state.json").read_text())["num_input_tokens_seen"]


def entrainer(tache: str, options: argparse.Namespace) -> None:
    with contextlib.redirect_stdout(sys.stderr):
        entraineur = preparer(tache, options)
    dossier = Path(entraineur.args.output_dir)
    reprise = get_last_checkpoint(dossier) if dossier.is_dir() else None
    if reprise:
        print(f"{tache} : reprise au point {Path(reprise).name}")
    deja_lus, debut = tokens_lus(reprise), time.monotonic()
    with contextlib.redirect_stdout(sys.stderr):
        entraineur.train(resume_from_checkpoint=reprise)
    raconter(tache, entraineur.state, time.monotonic() - debut, deja_lus)
    entraineur.save_model()
    journal = json.dumps(entraineur.state.log_history, indent=1)
    (dossier / "journal.json").write_text(journal + "\n", "utf-8")
    for point in dossier.glob("checkpoint-*"):
        shutil.rmtree(point)


lecteur = argparse.ArgumentParser(description=__doc__)
lecteur.add_argument("taches", nargs="+")
lecteur.add_argument("--rang", type=int, default=8)
lecteur.add_argument("--epoques", type=float)
lecteur.add_argument("--taux", type=float, default=8e-4)
lecteur.add_argument("--exemples", type=int)
lecteur.add_argument("--validation", type=int, default=80)
lecteur.add_argument("--melange", nargs="*", default=[])
lecteur.add_argument("--nom")
options = lecteur.parse_args()
if inconnues := set(options.taches) - set(EPOQUES):
    raise SystemExit(f"Tâche inconnue : {', '.join(inconnues)}. Choisissez : {', '.join(EPOQUES)}.")
garder_la_memoire()
for tache in options.taches:
    entrainer(tache, options)
