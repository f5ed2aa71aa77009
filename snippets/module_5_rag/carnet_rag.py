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
# # Carnet : un RAG de bout en bout
#
# Ce carnet reprend tout le module 5 en cinq étapes, sur les documents Markdown
# d’Orvelune : **découper, indexer, chercher, répondre, contrôler**. Il finit par une petite
# mesure et sa figure.
#
# Pour l’exécuter chez vous, ouvrez-le depuis le dossier du module 5, à côté du dossier
# `donnees`, avec un serveur Ollama en marche. `COURS_MODELE` choisit le modèle qui
# répond, `COURS_MODELE_EMBEDDING` celui qui cherche.

# %%
import json
import os
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DONNEES = Path("../donnees")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 60}
CONSIGNE = (
    "Réponds d'après les passages en une phrase, suivie de l'identifiant du passage "
    "entre crochets, comme [doc-90]. Si aucun ne répond, écris : « Je ne trouve pas. »"
)

# %% [markdown]
# ## Découper
#
# Un morceau par section. Chacun garde son document et reçoit un identifiant court, que
# le modèle pourra citer.

# %%
morceaux = []
for chemin in sorted((DONNEES / "documents").glob("*.md")):
    for texte in re.split(r"(?m)^## ", chemin.read_text("utf-8"))[1:]:
        morceaux.append((f"doc-{len(morceaux) + 1}", chemin.name, " ".join(texte.split())))
print(f"{len(morceaux)} morceaux. Le premier : {morceaux[0]}")

# %% [markdown]
# ## Indexer
#
# Un vecteur par morceau. À cette échelle, une matrice suffit ; une base Chroma ferait de
# même et garderait les vecteurs sur le disque.


# %%
def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE_EMBEDDING, input=lot).embeddings for lot in lots])


index = vectoriser([texte for _, _, texte in morceaux])
print(f"{index.shape[0]} vecteurs de {index.shape[1]} nombres")

# %% [markdown]
# ## Chercher


# %%
def chercher(question: str, k: int = 2) -> list[tuple[str, str, str]]:
    scores = index @ vectoriser([question])[0]
    return [morceaux[i] for i in np.argsort(-scores)[:k]]


QUESTION = "Combien de jours ai-je pour renvoyer une lampe ?"
for identifiant, document, texte in chercher(QUESTION):
    print(f"[{identifiant}] {document} : {texte[:70]}…")

# %% [markdown]
# ## Répondre
#
# La consigne dit trois choses : répondre d’après les passages, citer, avouer.


# %%
def repondre(question: str, passages: list[tuple[str, str, str]]) -> str:
    lignes = "\n".join(f"[{identifiant}] {texte}" for identifiant, _, texte in passages)
    messages = [
        {"role": "system", "content": CONSIGNE},
        {"role": "user", "content": f"Passages :\n{lignes}\n\nQuestion : {question}"},
    ]
    return ollama.chat(MODELE, messages, options=OPTIONS).message.content.strip()


print(QUESTION)
print(repondre(QUESTION, chercher(QUESTION)))

# %% [markdown]
# ## Contrôler
#
# Une citation est valable si l’identifiant est celui d’un passage donné. Cela ne prouve
# pas que la réponse soit juste ; une citation inventée, elle, prouve qu’il faut se méfier.


# %%
def citation_valable(reponse: str, passages: list[tuple[str, str, str]]) -> bool:
    cites = set(re.findall(r"\[(doc-\d+)\]", reponse))
    return bool(cites) and cites <= {identifiant for identifiant, _, _ in passages}


# %% [markdown]
# ## Mesurer
#
# Douze questions dont la réponse tient dans un seul passage d’un document Markdown.

# %%
lignes = (DONNEES / "questions.jsonl").read_text("utf-8").splitlines()
questions = [
    cas
    for cas in map(json.loads, lignes)
    if cas["genre"] == "un passage" and cas["passages"][0]["document"].endswith(".md")
][:12]

bilan = {"passage trouvé": 0, "fait dans la réponse": 0, "citation valable": 0}
for cas in questions:
    passages = chercher(cas["question"])
    reponse = repondre(cas["question"], passages)
    extrait = cas["passages"][0]["extrait"]
    bilan["passage trouvé"] += any(extrait in texte for _, _, texte in passages)
    bilan["fait dans la réponse"] += all(fait in reponse for fait in cas["faits"])
    bilan["citation valable"] += citation_valable(reponse, passages)
    print(f"{cas['question']}\n  {' '.join(reponse.split())}")

# %%
figure, axe = plt.subplots(figsize=(8, 3.2), layout="constrained")
barres = axe.barh(list(bilan), list(bilan.values()), color="#1f5f8b", edgecolor="black")
axe.bar_label(barres, [f"{n}/{len(questions)}" for n in bilan.values()], padding=3)
axe.set(xlim=(0, len(questions) * 1.1), xlabel="questions", title=f"Un RAG avec {MODELE}")
axe.invert_yaxis()
plt.show()

# %%
for mesure, nombre in bilan.items():
    print(f"{mesure:22} {nombre:2}/{len(questions)}")

# %% [markdown]
# ## Lire la figure
#
# La première barre est celle de la **recherche**, les deux autres celles du **modèle**. Un
# fait ne peut guère être juste si son passage manque : améliorez d’abord la recherche. Et
# comparez les deux premières barres avant de changer de modèle. Le module 6 mesurera tout
# cela sur le jeu entier, avec des intervalles.
