"""Ce que LoRA entraîne : matrices visées, formes, paramètres, taille de l'adaptateur."""

import os

from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

BASE = os.environ.get("COURS_MODELE_HF", "HuggingFaceTB/SmolLM2-135M-Instruct")
RANGS = (4, 8, 16)


def poser_lora(rang: int):
    modele = AutoModelForCausalLM.from_pretrained(BASE)
    reglages = LoraConfig(r=rang, lora_alpha=2 * rang, target_modules="all-linear")
    return get_peft_model(modele, reglages)


def matrices(modele) -> dict[str, list]:
    """{nom de la matrice : ses exemplaires, un par couche}."""
    trouvees: dict[str, list] = {}
    for nom, module in modele.named_modules():
        if hasattr(module, "lora_A"):
            trouvees.setdefault(nom.rsplit(".", 1)[1], []).append(module)
    return trouvees


modele = poser_lora(8)
print(f"{'matrice':9} {'couches':>7} {'forme':>9} {'A':>7} {'B':>7} {'entraînés':>9}")
for nom, exemplaires in matrices(modele).items():
    premiere = exemplaires[0]
    a, b = premiere.lora_A["default"].weight, premiere.lora_B["default"].weight
    entraines = len(exemplaires) * (a.numel() + b.numel())
    w, a, b = ("x".join(map(str, poids.shape)) for poids in (premiere.weight, a, b))
    print(f"{nom:9} {len(exemplaires):7} {w:>9} {a:>7} {b:>7} {entraines:9}")

print(f"\n{'rang':>4} {'alpha':>5} {'entraînés':>10} {'total':>10} {'part':>6} {'adaptateur':>10}")
for rang in RANGS:
    entraines, total = poser_lora(rang).get_nb_trainable_parameters()
    part, taille = f"{entraines / total:.2%}", f"{4 * entraines / 1e6:.1f} Mo"
    print(f"{rang:4} {2 * rang:5} {entraines:10} {total:10} {part:>6} {taille:>10}")
