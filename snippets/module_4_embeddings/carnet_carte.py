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
# # Carnet : la carte du corpus
#
# Ce carnet reprend deux idées du module 4, sur les documents d’Orvelune : **dessiner**
# les vecteurs d’un corpus, puis **chercher** dans ce corpus et voir sur la carte où
# tombent une question et ses réponses.
#
# Pour l’exécuter chez vous, ouvrez-le depuis le dossier du module 4, à côté du dossier
# `donnees`, avec un serveur Ollama en marche. La variable `COURS_MODELE_EMBEDDING`
# choisit le modèle.

# %%
import os
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import ollama
from bs4 import BeautifulSoup

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path("../donnees/documents")

# %% [markdown]
# ## Lire et découper
#
# Un morceau par section. Dans les pages HTML, seul le contenu est gardé : ni menu, ni
# pied de page.


# %%
def sections(chemin: Path) -> list[str]:
    texte = chemin.read_text("utf-8")
    if chemin.suffix == ".html":
        page = BeautifulSoup(texte, "html.parser")
        contenu = page.main or page.article or page
        for titre in contenu.find_all("h2"):
            titre.insert(0, "\n## ")
        texte = contenu.get_text(" ")
    return re.split(r"(?m)^## ", texte)[1:]


chemins = sorted(p for p in DOCUMENTS.iterdir() if p.suffix in (".md", ".html"))
paires = [(chemin.name, texte) for chemin in chemins for texte in sections(chemin)]
noms = np.array([nom for nom, _ in paires])
print(f"{len(paires)} sections de {len(chemins)} documents")

# %% [markdown]
# ## Calculer les vecteurs
#
# Le modèle rend des vecteurs de norme 1 : leur produit scalaire est leur cosinus.


# %%
def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE, input=lot).embeddings for lot in lots])


vecteurs = vectoriser([texte for _, texte in paires])
print(f"{vecteurs.shape[0]} vecteurs de {vecteurs.shape[1]} nombres")

# %% [markdown]
# ## Deux axes au lieu de quelques centaines
#
# La PCA choisit les deux directions où les points s’étalent le plus. La carte perd
# donc beaucoup : la part de variance dit combien elle garde.

# %%
moyenne = vecteurs.mean(axis=0)
_, etalement, axes = np.linalg.svd(vecteurs - moyenne, full_matrices=False)
parts = etalement**2 / (etalement**2).sum()
points = (vecteurs - moyenne) @ axes[:2].T
print(f"Part de la variance gardée par deux axes : {parts[:2].sum():.0%}")

# %% [markdown]
# ## Chercher
#
# La recherche, elle, compare les vecteurs **entiers**. Changez la question et
# relancez les deux cellules qui suivent.

# %%
QUESTION = "Combien de jours ai-je pour renvoyer une lampe ?"

requete = vectoriser([QUESTION])[0]
scores = vecteurs @ requete
meilleurs = np.argsort(-scores)[:5]
print(QUESTION)
for rang, i in enumerate(meilleurs, 1):
    titre = paires[i][1].strip().splitlines()[0].strip()
    print(f"{rang}  cosinus {scores[i]:.2f}  {noms[i]}, {titre}")

# %% [markdown]
# ## La carte, la question et ses cinq réponses
#
# Les sections sont en gris, les cinq plus proches en orange, la question est l’étoile
# bleue. Le tableau qui suit donne les mêmes positions.

# %%
x, y = (requete - moyenne) @ axes[:2].T
figure, axe = plt.subplots(figsize=(9, 5.5), layout="constrained")
axe.scatter(*points.T, s=16, color="#8a8a8a", label="sections")
proches = points[meilleurs]
axe.scatter(*proches.T, s=60, color="#b3470f", marker="D", label="cinq plus proches")
axe.scatter(x, y, s=220, color="#1f5f8b", marker="*", label="question")
axe.set(xlabel="premier axe", ylabel="second axe", title=QUESTION)
axe.legend()
plt.show()

# %%
print(f"{'point':44} {'x':>6} {'y':>6}")
print(f"{'question':44} {x:6.2f} {y:6.2f}")
for rang, i in enumerate(meilleurs, 1):
    print(f"{f'{rang}. {noms[i]}':44} {points[i, 0]:6.2f} {points[i, 1]:6.2f}")

# %% [markdown]
# ## Lire la carte
#
# La question n’est pas forcément posée à côté de ses réponses : deux axes ne gardent
# qu’une part de l’information. **Fiez-vous au cosinus, pas au dessin.** La carte sert à
# autre chose : repérer un document à part, deux documents qui parlent de la même chose,
# ou un morceau égaré.
