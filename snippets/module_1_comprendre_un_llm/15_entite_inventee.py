"""Compare ce que le modèle dit d'un lieu réel, d'un lieu inventé, d'un fait donné."""

import sys

from probabilites import pourcent, tokens_suivants
from serveur import OPTIONS, demander

REEL = "La tour Eiffel se trouve dans la ville de"
INVENTE = "La fabrique de lampes Orvelune se trouve dans la ville de"
DEBUTS = {
    "réel": REEL,
    "inventé": INVENTE,
    "inventé, fait donné": f"{INVENTE} Aurillac. Elle a une boutique. {INVENTE}",
}


def tirer(debut: str, graine: int) -> str:
    tirage = {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "seed": graine}
    options = OPTIONS | tirage | {"num_predict": 5}
    reponse = demander("/api/generate", prompt=debut, raw=True, options=options)
    return reponse["response"]


sys.stdout.reconfigure(errors="backslashreplace")
for nom, debut in DEBUTS.items():
    candidats = (f"{token!r} {pourcent(p)}" for token, p in tokens_suivants(debut, 4))
    print(f"{nom} :", *candidats, sep="  ")

for debut in (REEL, INVENTE):
    print(f"\n{debut} …")
    textes = [tirer(debut, graine) for graine in range(1, 6)]
    premiers = {texte.split()[0].strip(".,") for texte in textes}
    print(*(f"  {texte!r}" for texte in textes), sep="\n")
    print(f"  premiers mots différents : {len(premiers)}")

question = "Qui a fondé la fabrique de lampes Orvelune, et en quelle année ?"
messages = [{"role": "user", "content": question}]
options = OPTIONS | {"num_predict": 60}
reponse = demander("/api/chat", messages=messages, options=options)
print(f"\n{question}\n  {reponse['message']['content']}")
