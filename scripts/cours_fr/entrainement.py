"""Entraîner le LoRA de `cours-fr` ; se relance sans rien perdre, se sert d'un GPU s'il y en a un.

`make cours-fr` le lance dans l'environnement d'entraînement :
`python -m scripts.cours_fr.entrainement base/ travail/ adaptateur/`.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from datasets import Dataset
from peft import LoraConfig, PeftModel, get_peft_model_state_dict
from safetensors.torch import save_file
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig, SFTTrainer

from scripts.cours_fr.generateur import GRAINE, generer

# Le gabarit qu'Ollama applique à ce modèle : sans message système ajouté d'office. Les balises
# `generation` délimitent ce que le modèle apprend à écrire.
GABARIT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] }}<|im_end|>"
    "{% endgeneration %}{% else %}{{ message['content'] }}<|im_end|>{% endif %}\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
MODELE_D_ORIGINE = "HuggingFaceTB/SmolLM2-135M-Instruct"
TOKENS_MAX = 512
# Sans AVX-512, PyTorch imite le bfloat16, des dizaines de fois plus lentement que le float32.
BFLOAT16 = torch.cuda.is_available() or torch.backends.cpu.get_cpu_capability() == "AVX512"
FORMAT = torch.bfloat16 if BFLOAT16 else torch.float32
RANG = 16
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # noms de la glibc


def garder_la_memoire() -> None:
    """Dit à la glibc de ne pas rendre au système la mémoire libérée entre deux pas.

    Sinon, chaque grand tenseur est une page neuve à remplir : la moitié du temps s'y perd.
    """
    if sys.platform == "linux":
        glibc = ctypes.CDLL(None)
        glibc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
        glibc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)


class EntraineurSobre(SFTTrainer):
    """SFTTrainer qui ne calcule de probabilités que pour les tokens à apprendre.

    Le vocabulaire compte 49 152 tokens : sur processeur, TRL le parcourt pour toutes les
    positions, prompt et bourrage compris.
    """

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Entropie croisée moyenne, en nats par token appris."""
        noyau = self.accelerator.unwrap_model(model).get_base_model()
        etiquettes = inputs.pop("labels")[:, 1:]
        appris = etiquettes != -100
        with torch.autocast(etiquettes.device.type, dtype=torch.bfloat16, enabled=BFLOAT16):
            etats = noyau.model(**inputs, use_cache=False).last_hidden_state[:, :-1]
            logits = noyau.lm_head(etats[appris])
        somme = F.cross_entropy(logits.float(), etiquettes[appris], reduction="sum")
        perte = somme / (num_items_in_batch if num_items_in_batch is not None else appris.sum())
        return (perte, {"loss": perte}) if return_outputs else perte


def debut_commun(suites: Sequence[Sequence[int]]) -> int:
    """Combien de tokens, depuis le premier, toutes les suites partagent."""
    rangs = zip(*suites, strict=False)
    return next((rang for rang, t in enumerate(rangs) if len(set(t)) > 1), min(map(len, suites)))


def ranger(conversations: Sequence[tuple[list[int], list[int]]]) -> dict[str, list[int]]:
    """Des conversations (tokens, étiquettes) bout à bout, leur début commun écrit une seule fois.

    `branches` vaut 0 pour ce début, puis 1, 2… pour la suite de chaque conversation : c'est ce
    qui dit à l'attention qui voit qui. Une suite qui dépasserait `TOKENS_MAX` est laissée.
    """
    commun = debut_commun([tokens for tokens, _ in conversations]) if conversations[1:] else 0
    tokens, etiquettes = (suite[:commun] for suite in conversations[0])
    positions, branches = list(range(commun)), [0] * commun
    for numero, (suite, a_apprendre) in enumerate(conversations, 1):
        if len(tokens) + len(suite) - commun <= TOKENS_MAX:
            tokens = tokens + suite[commun:]
            etiquettes = etiquettes + a_apprendre[commun:]
            positions += range(commun, len(suite))
            branches += [numero] * (len(suite) - commun)
    return {
        "input_ids": tokens,
        "labels": etiquettes,
        "position_ids": positions,
        "branches": branches,
    }


def assembler(exemples: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
    """Un lot bourré à droite, et son masque d'attention, (lot, 1, longueur, longueur).

    Un token voit ceux d'avant lui, dans le début commun et dans sa propre branche.
    """
    bourrage = {"input_ids": 0, "labels": -100, "position_ids": 0, "branches": -1}
    lot = {
        nom: pad_sequence(
            [torch.tensor(exemple[nom]) for exemple in exemples], True, padding_value=valeur
        )
        for nom, valeur in bourrage.items()
    }
    branches = lot.pop("branches")
    colonnes, lignes = branches[:, None, :], branches[:, :, None]
    longueur = branches.shape[1]
    avant = torch.ones(longueur, longueur, dtype=torch.bool).tril()
    visible = avant & ((colonnes == 0) | (colonnes == lignes))
    masque = torch.zeros(visible.shape, dtype=FORMAT)
    masque = masque.masked_fill(~visible, torch.finfo(FORMAT).min)
    return {**lot, "attention_mask": masque[:, None]}


def preparer(base: Path, exemples: list[dict[str, Any]]) -> tuple[Any, Dataset]:
    """Le tokenizer, gabarit compris, et les exemples rangés, d'au plus `TOKENS_MAX` tokens."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.chat_template = GABARIT
    lignes = []
    for exemple in exemples:
        rendues = [
            tokenizer.apply_chat_template(
                messages, return_dict=True, return_assistant_tokens_mask=True
            )
            for messages in exemple["conversations"]
        ]
        ligne = ranger([(r["input_ids"], _a_apprendre(r)) for r in rendues])
        if any(etiquette != -100 for etiquette in ligne["labels"]):
            lignes.append(ligne)
    return tokenizer, Dataset.from_list(lignes)


def _a_apprendre(rendue: Any) -> list[int]:
    paires = zip(rendue["input_ids"], rendue["assistant_masks"], strict=True)
    return [token if appris else -100 for token, appris in paires]


@dataclass(frozen=True)
class Reglages:
    """Ce que l'on peut changer d'un entraînement ; `pas_max` vaut -1 pour une époque entière."""

    exemples: int = 6400
    pas_max: int = -1
    lot: int = 4
    taux: float = 8e-4
    rang: int = RANG


def adaptateur_lora(rang: int) -> LoraConfig:
    """Un LoRA sur toutes les couches linéaires, alpha double du rang."""
    return LoraConfig(
        r=rang,
        lora_alpha=2 * rang,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        lora_dropout=0.0,
    )


def entraineur(base: Path, sortie: Path, reglages: Reglages) -> EntraineurSobre:
    """L'entraîneur, données et adaptateur prêts."""
    tokenizer, donnees = preparer(base, list(generer(reglages.exemples, GRAINE)))
    print(f"{len(donnees)} conversations, {sum(map(len, donnees['input_ids']))} tokens", flush=True)
    # « eager » : sur processeur et pour ces longueurs, plus rapide que l'attention par défaut.
    modele = AutoModelForCausalLM.from_pretrained(base, dtype=FORMAT, attn_implementation="eager")
    configuration = SFTConfig(
        output_dir=str(sortie),
        max_steps=reglages.pas_max,
        num_train_epochs=1,
        per_device_train_batch_size=reglages.lot,
        gradient_accumulation_steps=2,
        learning_rate=reglages.taux,
        lr_scheduler_type="cosine",
        warmup_steps=20,
        weight_decay=0.0,
        max_grad_norm=1.0,
        bf16=BFLOAT16,
        activation_checkpointing=False,
        train_sampling_strategy="group_by_length",
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
        remove_unused_columns=False,
        logging_steps=10,
        save_steps=40,
        save_total_limit=2,
        seed=GRAINE,
        report_to="none",
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=False,
    )
    return EntraineurSobre(
        model=modele,
        args=configuration,
        train_dataset=donnees,
        processing_class=tokenizer,
        data_collator=assembler,
        peft_config=adaptateur_lora(reglages.rang),
    )


def entrainer(base: Path, sortie: Path, adaptateur: Path, reglages: Reglages) -> None:
    """Entraîne, en reprenant au dernier point de reprise de `sortie` s'il y en a un, et publie."""
    apprenti = entraineur(base, sortie, reglages)
    point = get_last_checkpoint(str(sortie)) if sortie.is_dir() else None
    if point:
        print(f"Reprise à {Path(point).name}", flush=True)
    debut = time.monotonic()
    apprenti.train(resume_from_checkpoint=point)
    print(f"Entraîné en {time.monotonic() - debut:.0f} s", flush=True)
    (sortie / "journal.json").write_text(json.dumps(apprenti.state.log_history, indent=1))
    publier(apprenti.model, adaptateur)


def publier(modele: PeftModel, dossier: Path) -> None:
    """Écrit l'adaptateur en fp16, avec sa configuration, sans chemin de cette machine."""
    poids = get_peft_model_state_dict(modele)
    demi = {nom: tenseur.to(torch.float16).contiguous() for nom, tenseur in poids.items()}
    dossier.mkdir(parents=True, exist_ok=True)
    save_file(demi, dossier / "adapter_model.safetensors")
    lora = modele.peft_config["default"]
    configuration = {
        "base_model_name_or_path": MODELE_D_ORIGINE,
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": lora.r,
        "lora_alpha": lora.lora_alpha,
        "lora_dropout": lora.lora_dropout,
        "target_modules": sorted(lora.target_modules),
    }
    (dossier / "adapter_config.json").write_text(json.dumps(configuration, indent=2) + "\n")


def principal(arguments: list[str]) -> None:
    """Lit la ligne de commande : trois dossiers, et une option par champ de `Reglages`."""
    lecteur = argparse.ArgumentParser(description=__doc__)
    for dossier in ("base", "travail", "adaptateur"):
        lecteur.add_argument(dossier, type=Path)
    for champ in fields(Reglages):
        option = "--" + champ.name.replace("_", "-")
        lecteur.add_argument(option, type=type(champ.default), default=champ.default)
    donnes = vars(lecteur.parse_args(arguments))
    base, travail, adaptateur = (donnes.pop(nom) for nom in ("base", "travail", "adaptateur"))
    garder_la_memoire()
    entrainer(base, travail, adaptateur, Reglages(**donnes))


if __name__ == "__main__":
    principal(sys.argv[1:])
