"""Montre quels tokens top_k et top_p laissent en jeu, que le modèle soit sûr ou non."""

from probabilites import pourcent
from tirage import couper, probabilites_gardees

COUPES = ((20, 1.0), (3, 1.0), (20, 0.9), (20, 0.5))

for nom in ("sûr", "partagé", "ouvert"):
    debut, tokens, probas = probabilites_gardees(nom)
    print(f"{nom} : {debut} …")
    for top_k, top_p in COUPES:
        gardees = couper(probas, top_k, top_p)
        coupe = f"top_k={top_k}, top_p={top_p}".replace(".", ",")
        premiers = zip(tokens[:3], gardees, strict=False)
        montres = (f"{token!r} {pourcent(part, 0)}" for token, part in premiers)
        print(f"  {coupe} : {len(gardees)} en jeu :", *montres)
