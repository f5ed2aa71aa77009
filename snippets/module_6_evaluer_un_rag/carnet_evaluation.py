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
# # Carnet : lire les réponses d’un RAG
#
# Une moyenne ne dit pas **pourquoi** un RAG se trompe. Ce carnet reprend les réponses
# gardées au module 6 et les range : ce qui s’est perdu à la recherche, ce qui s’est
# perdu à la lecture, ce qui a été inventé. Aucun modèle n’est appelé.
#
# Pour l’exécuter chez vous, ouvrez-le depuis le dossier du module 6, à côté du dossier
# `donnees`. Pour vos propres réponses, changez `FICHIER`.

# %%
import json
import re
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

FICHIER = Path("reponses.jsonl")
QUESTIONS = Path("../donnees/questions.jsonl")

# %%
reponses = [json.loads(ligne) for ligne in FICHIER.read_text("utf-8").splitlines()]
lignes = QUESTIONS.read_text("utf-8").splitlines()
questions = {cas["id"]: cas for cas in map(json.loads, lignes)}
modeles = sorted({r["modele"] for r in reponses})
print(f"{len(reponses)} réponses à {len(questions)} questions, modèle {', '.join(modeles)}")

# %% [markdown]
# ## Ce que devient chaque question
#
# Deux choses à savoir d’une réponse : le passage attendu était-il dans le prompt, et le
# fait est-il dans la réponse ? S’y ajoute l’aveu d’ignorance. Chaque réponse reçoit une
# seule issue.


# %%
REFUS = re.compile(
    r"\bje ne (peux|sais|trouve)\b|\bn'en parl|\bne (répond|dit|disent|précise)\w* (pas|rien)\b"
    r"|\baucun\w* (passage|extrait|information)|\bn'est pas (indiqué|précisé|mentionné)"
)


def normaliser(texte: str) -> str:
    return " ".join(texte.casefold().replace("’", "'").split())


def contient(texte: str, fait: str) -> bool:
    motif = rf"(?<!\w){re.escape(normaliser(fait))}(?!\w)"
    return re.search(motif, normaliser(texte)) is not None


def est_donne(attendu: dict, passages: list[dict]) -> bool:
    extrait = normaliser(attendu["extrait"])
    memes = [p["texte"] for p in passages if p["document"] == attendu["document"]]
    return any(extrait in normaliser(texte) for texte in memes)


def issue(reponse: dict) -> str:
    cas = questions[reponse["id"]]
    refus = REFUS.search(normaliser(reponse["reponse"])) is not None
    if not cas["faits"]:
        return "refus justifié" if refus else "invention"
    if all(contient(reponse["reponse"], fait) for fait in cas["faits"]):
        return "réussie"
    donne = all(est_donne(passage, reponse["passages"]) for passage in cas["passages"])
    return f"{'refus' if refus else 'erreur'} {'malgré' if donne else 'sans'} le passage"


for situation in dict.fromkeys(r["situation"] for r in reponses):
    comptes = Counter(issue(r) for r in reponses if r["situation"] == situation)
    print(f"{situation} : " + ", ".join(f"{n} {nom}" for nom, n in comptes.most_common()))

# %% [markdown]
# Lisez ces lignes ainsi :
#
# - « erreur sans le passage » : la **recherche** a échoué, et le modèle a répondu quand
#   même. C’est l’issue la plus dangereuse.
# - « refus sans le passage » : la recherche a échoué, mais le modèle l’a dit. Au vu de ce
#   qu’il a reçu, il a raison.
# - « erreur » ou « refus malgré le passage » : la **lecture** a échoué.
#
# ## Genre par genre

# %%
ISSUES = (
    "réussie",
    "refus justifié",
    "refus sans le passage",
    "erreur sans le passage",
    "refus malgré le passage",
    "erreur malgré le passage",
    "invention",
)
COULEURS = "#1f5f8b #5fa3cf #d9c27a #b3470f #e0a98a #7a2f0a #555555".split()
MOTIFS = ("", "..", "", "//", "", "xx", "\\\\")

genres = list(dict.fromkeys(cas["genre"] for cas in questions.values()))
tableau = {genre: Counter() for genre in genres}
for r in reponses:
    if r["situation"] == "recherche":
        tableau[questions[r["id"]]["genre"]][issue(r)] += 1

figure, axe = plt.subplots(figsize=(9, 4.4), layout="constrained")
gauche = np.zeros(len(genres))
for nom, couleur, motif in zip(ISSUES, COULEURS, MOTIFS, strict=True):
    nombres = np.array([tableau[genre][nom] for genre in genres])
    axe.barh(genres, nombres, left=gauche, color=couleur, hatch=motif, label=nom)
    gauche += nombres
axe.invert_yaxis()
axe.set(xlabel="questions", title="Ce que devient chaque question")
figure.legend(loc="outside lower center", ncols=3)
plt.show()

# %%
print(f"{'genre':16}" + "".join(f"{n:>4}" for n in range(1, len(ISSUES) + 1)))
for genre, comptes in tableau.items():
    print(f"{genre:16}" + "".join(f"{comptes[nom]:4}" for nom in ISSUES))
for n, nom in enumerate(ISSUES, 1):
    print(f"{n} = {nom}")

# %% [markdown]
# ## Lire les échecs, un à un
#
# Changez l’issue cherchée et relancez : c’est en lisant dix échecs que l’on sait quoi
# essayer ensuite.

# %%
CHERCHEE = "erreur malgré le passage"

trouvees = [r for r in reponses if r["situation"] == "recherche" and issue(r) == CHERCHEE]
print(f"{len(trouvees)} réponses : {CHERCHEE}")
for r in trouvees[:5]:
    cas = questions[r["id"]]
    print(f"\n{cas['id']}, {cas['genre']} : {cas['question']}")
    print(f"  attendu : {', '.join(cas['faits'])}")
    print(f"  réponse : {r['reponse'][:150]}")

# %% [markdown]
# ## À vous
#
# Posez les questions avec votre modèle (`03_reponses.py`), donnez le nom de votre fichier
# à `FICHIER`, et comparez les deux figures. Si les barres « malgré le passage »
# rétrécissent, votre modèle lit mieux. Les questions « sans le passage », elles, se
# gagnent à la recherche.
