"""Fait tirer le token suivant au serveur, et compare aux probabilités calculées."""

from collections import Counter

from probabilites import pourcent
from serveur import OPTIONS, demander
from tirage import chauffer, couper, probabilites_gardees

TIRAGES = 50
REGLAGES = [(0.5, 20, 1.0), (1.0, 20, 1.0), (2.0, 20, 1.0)]
REGLAGES += [(1.0, 3, 1.0), (1.0, 20, 0.5)]
debut, tokens, probas = probabilites_gardees("ouvert")


def tirer(temperature: float, top_k: int, top_p: float) -> Counter[str]:
    reglage = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    tirages = Counter()
    for graine in range(TIRAGES):
        options = OPTIONS | reglage | {"seed": graine}
        reponse = demander("/api/generate", prompt=debut, raw=True, options=options)
        tirages[reponse["response"]] += 1
    return tirages


print(f"{debut} … ({TIRAGES} tirages par réglage)")
for temperature, top_k, top_p in REGLAGES:
    prevues = chauffer(couper(probas, top_k, top_p), temperature)
    tirages = tirer(temperature, top_k, top_p)
    en_jeu = tokens[: len(prevues)]
    dehors = TIRAGES - sum(tirages[token] for token in en_jeu)
    reglage = f"température {temperature}, top_k={top_k}, top_p={top_p}"
    print(f"\n{reglage.replace('.', ',')}")
    for token, prevue in zip(en_jeu[:3], prevues, strict=False):
        tiree = pourcent(tirages[token] / TIRAGES, 0)
        print(f"  {token!r:12} prévu {pourcent(prevue, 0):>5}, tiré {tiree:>5}")
    print(f"  tokens différents : {len(tirages)}, tirages hors du jeu : {dehors}")
