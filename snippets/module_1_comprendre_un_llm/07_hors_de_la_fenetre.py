"""Donne un mot au début d'un long texte, et le redemande à la fin."""

from probabilites import pourcent, tokens_suivants
from serveur import OPTIONS, demander

MOT = " banane"
REMPLISSAGE = "Le chat dort sur le tapis. " * 40
PROMPT = f"Le mot de passe est{MOT}. {REMPLISSAGE}Le mot de passe est"

for num_ctx in (2048, 256):
    options = OPTIONS | {"num_ctx": num_ctx}
    lus = demander("/api/generate", prompt=PROMPT, raw=True, options=options)
    suivants = tokens_suivants(PROMPT, 20, num_ctx)
    proba = sum(p for token, p in suivants if token.strip() and MOT.startswith(token))
    print(f"num_ctx={num_ctx} : {lus['prompt_eval_count']} tokens lus", end=", ")
    print(f"début de {MOT.strip()!r} : {pourcent(proba)}")
    print(f"  token le plus probable : {suivants[0][0]!r}")
