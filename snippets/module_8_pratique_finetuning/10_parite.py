"""Le modèle fusionné écrit-il la même chose dans transformers et dans Ollama ?"""

from pathlib import Path

import ollama
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

N = 8
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": N}
CONSIGNE = "Classe l'avis. Réponds par un seul mot : positif ou négatif."
AVIS = "La Lumisette est arrivée cassée, je suis très déçue."
PROMPTS = {
    ("json", "json-fr"): [{"role": "user", "content": f"Avis : {AVIS}"}],
    ("pirate", "pirate-affine"): [{"role": "user", "content": "How was your day?"}],
    ("sentiment", "sentiment-fr"): [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": AVIS},
    ],
}


def par_transformers(dossier: Path, messages: list) -> tuple[str, int]:
    tokenizer = AutoTokenizer.from_pretrained(dossier)
    modele = AutoModelForCausalLM.from_pretrained(dossier, dtype=torch.float32)
    gabarit = {"add_generation_prompt": True, "return_tensors": "pt", "return_dict": True}
    lus = tokenizer.apply_chat_template(messages, **gabarit)
    ecrits = modele.generate(**lus, max_new_tokens=N, do_sample=False)[0]
    longueur = lus["input_ids"].shape[1]
    return tokenizer.decode(ecrits[longueur:], skip_special_tokens=True), longueur


def par_ollama(modele: str, messages: list) -> tuple[str, int]:
    reponse = ollama.chat(modele, messages, options=OPTIONS)
    return reponse.message.content, reponse.prompt_eval_count


for (tache, modele), messages in PROMPTS.items():
    dossier = Path("fusion", tache)
    if not dossier.is_dir():
        raise SystemExit(f"{dossier} manque : lancez d'abord 09_vers_ollama.sh {tache}.")
    local, lus = par_transformers(dossier, messages)
    servi, lus_par_ollama = par_ollama(modele, messages)
    print(f"{modele} : {'mêmes' if local.strip() == servi.strip() else 'AUTRES'} premiers tokens")
    print(f"  transformers ({lus} tokens lus) : {local!r}")
    print(f"  Ollama ({lus_par_ollama} tokens lus) : {servi!r}")
    fiche = ollama.show(modele)
    balises = [b for b in ("<|im_start|>", "<|im_end|>") if b in fiche.modelfile]
    arrets = [ligne for ligne in fiche.parameters.splitlines() if ligne.startswith("stop")]
    print(f"  gabarit : {len(balises)} balises sur 2 ; {len(arrets)} arrêts : {' '.join(arrets)}")
