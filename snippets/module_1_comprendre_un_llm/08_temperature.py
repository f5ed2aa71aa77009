"""Calcule ce que trois températures font de probabilités gardées, et le dessine."""

from dessin import tracer
from probabilites import pourcent
from tirage import chauffer, probabilites_gardees

TEMPERATURES = {"T = 0,3": 0.3, "T = 1": 1.0, "T = 2": 2.0}
MONTRES = 8

debut, tokens, probas = probabilites_gardees("ouvert")
chauffees = {nom: chauffer(probas, t) for nom, t in TEMPERATURES.items()}

print(f"{debut} … (parmi {len(tokens)} tokens)")
print(f"{'':12}" + "".join(f"{nom:>10}" for nom in TEMPERATURES))
for rang, token in enumerate(tokens[:MONTRES]):
    parts = (pourcent(parts[rang]) for parts in chauffees.values())
    print(f"{token!r:12}" + "".join(f"{part:>10}" for part in parts))

hauteurs = {nom: parts[:MONTRES] for nom, parts in chauffees.items()}
tracer("temperature", tokens[:MONTRES], hauteurs)
