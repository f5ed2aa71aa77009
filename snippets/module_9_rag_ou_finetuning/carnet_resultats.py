# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Carnet : RAG ou fine-tuning, les résultats en main
#
# Ce carnet lit le tableau de l’expérience du module 9, `resultats/resultats.csv`, et
# refait ses comptes devant vous : qui **sait**, qui **se tient**, et si l’écart entre
# deux bras pourrait venir du hasard. Il finit par trois questions posées en direct.
#
# Pour l’exécuter chez vous, ouvrez-le dans le dossier du module 9 d’une copie du dépôt,
# avec un serveur Ollama en marche. Mettez le chemin de votre propre tableau dans
# `FICHIER` pour lire vos résultats au lieu des nôtres.

# %%
import csv
import json
import math
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
FICHIER = Path("resultats/resultats.csv")
BRAS = "1-base 2-exemples 3-rag 4-forme 5-rag-forme 6-faits 7-paraphrases 8-raft".split()

with FICHIER.open(encoding="utf-8", newline="") as flux:
    lignes = list(csv.DictReader(flux))
premier = lignes[0]["modele"]
lignes = [ligne for ligne in lignes if ligne["modele"] == premier]
graines = sorted({ligne["graine"] for ligne in lignes})
print(f"{len(lignes)} lignes pour {premier}, graines {', '.join(graines)}")

# %% [markdown]
# ## Une ligne par observation
#
# Le tableau est « rangé » : une ligne par question, par bras, par graine et par mesure.
# Tout le reste s’en déduit en filtrant.


# %%
def notes(bras: str, mesure: str, graine: str) -> dict[str, float]:
    cle = (bras, mesure, graine)
    return {
        ligne["cas"]: float(ligne["valeur"])
        for ligne in lignes
        if (ligne["bras"], ligne["mesure"], ligne["graine"]) == cle
    }


for nom, valeur in list(notes("3-rag", "connaissance", graines[0]).items())[:5]:
    print(f"{nom} : {'juste' if valeur else 'faux'}")

# %% [markdown]
# ## Qui sait, qui se tient
#
# L’intervalle vient de deux mille tirages : on tire au sort, avec remise, autant de
# questions qu’il y en a, et l’on refait la moyenne.


# %%
def estimer(bras: str, mesure: str) -> tuple[float, float, float]:
    lots = [list(notes(bras, mesure, graine).values()) for graine in graines]
    par_question = 100 * np.mean([lot for lot in lots if lot], axis=0)
    tirages = np.random.default_rng(9).integers(0, len(par_question), (2000, len(par_question)))
    bas, haut = np.percentile(par_question[tirages].mean(axis=1), (2.5, 97.5))
    return par_question.mean(), bas, haut


print(f"{'bras':16}{'connaissance':>20}{'comportement':>20}")
for bras in BRAS:
    cases = [estimer(bras, mesure) for mesure in ("connaissance", "comportement")]
    textes = [f"{m:.0f} [{bas:.0f} ; {haut:.0f}]" for m, bas, haut in cases]
    print(f"{bras:16}" + "".join(f"{texte:>20}" for texte in textes))

# %%
figure, axe = plt.subplots(figsize=(9, 5), layout="constrained")
for bras in BRAS:
    (x, *_), (y, *_) = (estimer(bras, mesure) for mesure in ("connaissance", "comportement"))
    axe.scatter(x, y, s=70, color="#1f5f8b")
    axe.annotate(bras, (x, y), xytext=(8, 4), textcoords="offset points")
axe.set(xlim=(-3, 115), ylim=(-5, 110), title=f"Huit bras, {premier}")
axe.set(xlabel="connaissance (%)", ylabel="comportement (%)")
plt.show()

# %% [markdown]
# La figure montre deux directions. Vers la droite, on sait plus de faits ; vers le
# haut, on tient mieux la forme. Le tableau du dessus donne les mêmes nombres.
#
# ## Le hasard suffit-il ?
#
# Deux bras ont répondu aux **mêmes** questions : seules comptent celles qui les
# séparent. Si les deux se valaient, chacune pencherait d’un côté ou de l’autre à pile
# ou face. C’est le test de McNemar.


# %%
def duel(un: str, autre: str, mesure: str) -> None:
    a, b = (notes(bras, mesure, graines[0]) for bras in (un, autre))
    gains, pertes = (sum(ecart == a[cas] - b[cas] for cas in a) for ecart in (1, -1))
    total = gains + pertes
    queue = sum(math.comb(total, k) for k in range(min(gains, pertes) + 1)) / 2**total
    print(f"{mesure}, {un} contre {autre} : {gains} à {pertes}, p = {min(1, 2 * queue):.4f}")


duel("3-rag", "6-faits", "connaissance")
duel("4-forme", "3-rag", "comportement")
duel("8-raft", "5-rag-forme", "connaissance")

# %% [markdown]
# ## Trois questions en direct
#
# Le modèle de base, d’abord seul, puis avec la phrase du document. Son empreinte ne
# bouge pas : seul le prompt a changé.

# %%
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 40, "stop": ["\n"]}
questions = Path("../donnees/questions.jsonl").read_text("utf-8").splitlines()


def empreinte() -> str:
    noms = (MODELE, f"{MODELE}:latest")
    return next(m.digest for m in ollama.list().models if m.model in noms)


avant = empreinte()
for cas in map(json.loads, questions[1:8:3]):
    phrase = cas["passages"][0]["extrait"]
    for texte in ("", f"Texte : {phrase}\n\n"):
        prompt = f"{texte}Question : {cas['question']}"
        recu = ollama.generate(model=MODELE, prompt=prompt, options=OPTIONS)
        juste = "juste" if cas["faits"][0] in recu.response else "faux "
        quoi = "avec le passage" if texte else "sans passage"
        print(f"{juste} {quoi:16} {recu.prompt_eval_count:4} tokens lus  {recu.response[:50]!r}")
print("même empreinte, avant et après :", avant == empreinte())

# %% [markdown]
# ## À vous
#
# Relancez l’expérience avec une autre graine (`python experience.py --graine 10`), mettez
# son tableau dans `FICHIER`, et relisez ce carnet. Les **écarts** changent-ils de sens, ou
# seulement de taille ?
