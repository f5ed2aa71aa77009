"""Affine la base par LoRA sur exemples/NOM.jsonl : python 02_entrainer.py forme."""

import argparse
import ctypes
import json
import math
import os
import random
import resource
import sys
import time
import tomllib
from pathlib import Path

import torch
import torch.nn.functional as F
from peft import LoraConfig, PeftModel, get_peft_model
from rich.console import Console
from rich.progress import track
from transformers import AutoModelForCausalLM, AutoTokenizer

BASE = os.environ.get("COURS_MODELE_HF", "HuggingFaceTB/SmolLM2-135M-Instruct")
REGLAGES = tomllib.loads(Path(__file__).with_name("bras.toml").read_text("utf-8"))
APPAREIL = "cuda" if torch.cuda.is_available() else "cpu"
# Sans AVX-512, un processeur ordinaire imite le bfloat16, bien plus lentement que le float32.
BFLOAT16 = APPAREIL == "cuda" or torch.backends.cpu.get_cpu_capability() == "AVX512"
TAUX, RANG, LOT, ECHAUFFEMENT = 8e-4, 16, 4, 8


def encoder(messages: list[dict]) -> tuple[list[int], list[int]]:
    """Les tokens d'une conversation, et ceux de la réponse, seuls appris."""
    debut = tokenizer.apply_chat_template(messages[:-1], add_generation_prompt=True, tokenize=False)
    texte = tokenizer.apply_chat_template(messages, tokenize=False)
    lus = tokenizer(texte, add_special_tokens=False).input_ids
    ignores = len(tokenizer(debut, add_special_tokens=False).input_ids)
    return lus, [-100] * ignores + lus[ignores:]


def tirer_les_lots(exemples: list, vus: int) -> list[list]:
    """Des lots d'exemples de longueurs voisines : moins de remplissage à calculer."""
    ordre: list = []
    while len(ordre) < vus:
        ordre += HASARD.sample(exemples, len(exemples))
    groupes = [ordre[:vus][debut : debut + 8 * LOT] for debut in range(0, vus, 8 * LOT)]
    tries = [sorted(groupe, key=lambda e: len(e[0])) for groupe in groupes]
    return [groupe[d : d + LOT] for groupe in tries for d in range(0, len(groupe), LOT)]


def empiler(lot: list) -> list[torch.Tensor]:
    longueur = max(len(lus) for lus, _ in lot)
    colonnes: list = [[], [], []]
    for lus, cibles in lot:
        reste = longueur - len(lus)
        ajouts = (lus + [0] * reste, [1] * len(lus) + [0] * reste, cibles + [-100] * reste)
        for colonne, ajout in zip(colonnes, ajouts, strict=True):
            colonne.append(ajout)
    return [torch.tensor(colonne, device=APPAREIL) for colonne in colonnes]


def perte(lot: list) -> torch.Tensor:
    """Le vocabulaire n'est parcouru que pour les tokens de la réponse."""
    lus, masque, cibles = empiler(lot)
    noyau = modele.get_base_model()
    appris = cibles[:, 1:] != -100
    with torch.autocast(APPAREIL, dtype=torch.bfloat16, enabled=BFLOAT16):
        sortie = noyau.model(input_ids=lus, attention_mask=masque, use_cache=False)
        logits = noyau.lm_head(sortie.last_hidden_state[:, :-1][appris])
    return F.cross_entropy(logits.float(), cibles[:, 1:][appris])


def poser_lora(depart: str | None):
    base = AutoModelForCausalLM.from_pretrained(
        BASE,
        dtype=torch.bfloat16 if BFLOAT16 else torch.float32,
        attn_implementation="eager",
    )
    if depart:
        return PeftModel.from_pretrained(base, f"adaptateurs/{depart}", is_trainable=True)
    reglages = LoraConfig(r=RANG, lora_alpha=2 * RANG, target_modules="all-linear")
    return get_peft_model(base, reglages)


def taux(pas: int, total: int) -> float:
    if pas < ECHAUFFEMENT:
        return (pas + 1) / ECHAUFFEMENT
    return (1 + math.cos(math.pi * pas / total)) / 2


lecteur = argparse.ArgumentParser(description=__doc__)
lecteur.add_argument("nom", choices=REGLAGES["entrainements"])
lecteur.add_argument("--graine", type=int, default=7)
lecteur.add_argument("--vus", type=int, help="exemples lus, répétitions comprises")
options = lecteur.parse_args()
reglage = REGLAGES["entrainements"][options.nom]
if sys.platform == "linux":  # garde la mémoire d'un pas à l'autre, au lieu de la rendre
    ctypes.CDLL(None).mallopt(-3, 1 << 30)
    ctypes.CDLL(None).mallopt(-1, (1 << 31) - 1)
HASARD = random.Random(options.graine)
torch.manual_seed(options.graine)
tokenizer = AutoTokenizer.from_pretrained(BASE)
fichier = Path(f"exemples/{options.nom}.jsonl")
if not fichier.is_file():
    raise SystemExit(f"{fichier} manque : lancez 01_preparer_exemples.py {options.nom}.")
exemples = [encoder(json.loads(ligne)) for ligne in fichier.read_text("utf-8").splitlines()]
modele = poser_lora(reglage.get("depart")).to(APPAREIL)
lots = tirer_les_lots(exemples, options.vus or reglage["vus"])
optimiseur = torch.optim.AdamW([p for p in modele.parameters() if p.requires_grad], weight_decay=0)

debut, pertes = time.monotonic(), []
for pas, lot in enumerate(track(lots, options.nom, console=Console(stderr=True))):
    optimiseur.param_groups[0]["lr"] = TAUX * taux(pas, len(lots))
    calculee = perte(lot)
    calculee.backward()
    torch.nn.utils.clip_grad_norm_(modele.parameters(), 1)
    optimiseur.step()
    optimiseur.zero_grad()
    pertes.append(calculee.item())
duree = time.monotonic() - debut

tokens = sum(len(lus) for lot in lots for lus, _ in lot)
unite = 2**20 if sys.platform == "darwin" else 2**10
cout = {
    "entraînement (s)": duree,
    "tokens d'entraînement": tokens,
    "mémoire d'entraînement (Mio)": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unite,
    "perte au début": sum(pertes[:5]) / len(pertes[:5]),
    "perte à la fin": sum(pertes[-5:]) / len(pertes[-5:]),
}
modele.save_pretrained(f"adaptateurs/{options.nom}")
Path("couts").mkdir(exist_ok=True)
Path(f"couts/{options.nom}.json").write_text(json.dumps(cout, ensure_ascii=False), "utf-8")
print(f"{options.nom} : {len(lots)} pas, {duree:.0f} s, {tokens / duree:.0f} tokens/s")
print(f"  perte : {cout['perte au début']:.2f} au début, {cout['perte à la fin']:.2f} à la fin")
