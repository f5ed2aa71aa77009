"""Compare ce que le modèle attend après un lieu réel, un lieu inventé, un fait donné."""

import math
import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
FIXES = {"num_ctx": 2048, "top_k": 40, "top_p": 0.9}
INVENTE = "The Orvelune lamp factory is located in the city of"
DEBUTS = {
    "réel": "The Eiffel Tower is located in the city of",
    "inventé": INVENTE,
    "inventé, fait donné": f"{INVENTE} Aurillac. It has a small shop. {INVENTE}",
}


def tokens_suivants(texte: str) -> list[tuple[str, float]]:
    options = FIXES | {"temperature": 0, "seed": 7, "num_predict": 1}
    reponse = ollama.generate(
        MODELE, texte, raw=True, logprobs=True, top_logprobs=5, options=options
    )
    suivants = reponse.logprobs[0].top_logprobs
    return [(suivant.token, math.exp(suivant.logprob)) for suivant in suivants]


def inventer(graine: int) -> str:
    options = FIXES | {"temperature": 0.8, "seed": graine, "num_predict": 10}
    return ollama.generate(MODELE, INVENTE, raw=True, options=options).response


for nom, debut in DEBUTS.items():
    candidats = (f"{token!r} {proba:.1%}" for token, proba in tokens_suivants(debut))
    print(f"{nom} :", *candidats, sep="  ")

print(f"\n{INVENTE} …")
for graine in range(1, 6):
    print(f"  graine {graine} : {inventer(graine)!r}")

question = [{"role": "user", "content": "Who founded the Orvelune lamp factory, and when?"}]
options = FIXES | {"temperature": 0, "seed": 7, "num_predict": 40}
print(f"\nEn discussion : {ollama.chat(MODELE, question, options=options).message.content!r}")
