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
# # Carnet : jouer avec les probabilités
#
# Ce carnet reprend trois idées du module 1 sur **vos** phrases : lire les probabilités
# du token suivant, voir ce que la température en fait, écrire un texte pas à pas en
# choisissant vous-même.
#
# Pour l’exécuter chez vous, il faut un serveur Ollama en marche (module 2). La variable
# `COURS_MODELE` choisit le modèle.

# %%
import math
import os

import matplotlib.pyplot as plt
import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")


def tokens_suivants(texte: str, combien: int = 10) -> list[tuple[str, float]]:
    options = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 1}
    reponse = ollama.generate(
        MODELE, texte, raw=True, logprobs=True, top_logprobs=combien, options=options
    )
    suivants = reponse.logprobs[0].top_logprobs
    return [(suivant.token, math.exp(suivant.logprob)) for suivant in suivants]


def pourcent(proba: float, decimales: int = 1) -> str:
    return f"{100 * proba:.{decimales}f} %".replace(".", ",")


# %% [markdown]
# ## Le token suivant
#
# Changez `PHRASE` et relancez les deux cellules. Essayez un proverbe, une date, un
# nom propre, une phrase dans une autre langue.

# %%
PHRASE = "Pour le petit déjeuner, je prends du"

suivants = tokens_suivants(PHRASE)
for token, proba in suivants:
    print(f"{token!r:14}{pourcent(proba):>8}")

# %%
tokens, probas = zip(*suivants, strict=True)
figure, axe = plt.subplots(figsize=(8, 4), layout="constrained")
noms = [repr(token) for token in tokens]
axe.barh(range(len(tokens)), probas, tick_label=noms, color="#1f5f8b")
axe.invert_yaxis()
axe.set(xlabel="probabilité", title=f"{PHRASE} …", xlim=(0, 1))
plt.show()

# %% [markdown]
# ## Ce que fait la température
#
# Diviser les logarithmes par la température, puis ramener la somme à 1 : c’est tout le
# calcul. Il porte ici sur les dix premiers tokens.


# %%
def chauffer(probas: np.ndarray, temperature: float) -> np.ndarray:
    poids = np.exp(np.log(probas / max(probas)) / temperature)
    return poids / poids.sum()


for temperature in (0.3, 1, 2):
    parts = chauffer(np.array(probas), temperature)
    print(f"T = {temperature} :".replace(".", ","), *(pourcent(p, 0) for p in parts))

# %% [markdown]
# ## À vous de choisir
#
# `CHOIX` donne le rang du token à prendre à chaque pas : 1 pour le plus probable, 2
# pour le deuxième… Un seul rang changé au début change toute la suite.

# %%
CHOIX = [1, 2, 1, 1, 1, 1]

texte = PHRASE
for rang in CHOIX:
    candidats = tokens_suivants(texte, 5)
    token, proba = candidats[rang - 1]
    print(f"rang {rang} : {token!r} ({pourcent(proba)})")
    texte += token
print(texte)

# %% [markdown]
# ## À retenir
#
# Le modèle propose, le tirage dispose. Les probabilités ne dépendent que du texte qui
# précède et des poids ; tout ce que vous réglez, température comprise, agit **après**.
