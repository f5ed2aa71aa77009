"""Donne un mot au début d'un long texte, et le redemande à la fin, de fenêtre en fenêtre."""

import math
import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
MOT = " banane"
PROMPT = f"Le mot de passe est{MOT}. " + "Le chat dort sur le tapis. " * 60 + "Le mot de passe est"


def lire(num_ctx: int) -> tuple[int, list]:
    options = {"temperature": 0, "seed": 7, "num_ctx": num_ctx, "num_predict": 1}
    reponse = ollama.generate(
        MODELE, PROMPT, raw=True, logprobs=True, top_logprobs=20, options=options
    )
    return reponse.prompt_eval_count, reponse.logprobs[0].top_logprobs


def debute_le_mot(token: str) -> bool:
    return bool(token.strip()) and MOT.startswith(token)


for num_ctx in (2048, 512, 256):
    lus, suivants = lire(num_ctx)
    proba = sum(math.exp(s.logprob) for s in suivants if debute_le_mot(s.token))
    print(f"num_ctx={num_ctx} : {lus} tokens lus, début de {MOT.strip()!r} : {proba:.1%}")
    print(f"  token le plus probable : {suivants[0].token!r}")
