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
# # Carnet : combien d’exemples, et dans quel ordre ?
#
# Au module 3, quelques exemples placés dans le prompt changent les réponses d’un
# modèle. Ce carnet en fait varier le **nombre**, puis l’**ordre**, sur neuf messages
# étiquetés, et sépare deux mesures : la forme (la réponse est-elle un des trois mots
# permis ?) et la justesse (est-ce le bon ?).
#
# Pour l’exécuter chez vous, ouvrez-le depuis le dossier du module 3, avec un serveur
# Ollama en marche. La variable `COURS_MODELE` choisit le modèle.

# %%
import json
import os
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 6}
SERVICES = ("livraison", "réparation", "facture")

lignes = Path("messages.jsonl").read_text("utf-8").splitlines()
cas = [json.loads(ligne) for ligne in lignes][:9]
print(Counter(un_cas["service"] for un_cas in cas))

# %% [markdown]
# ## Les exemples
#
# Deux par service, écrits pour ce carnet : aucun ne vient du jeu étiqueté. Sinon, on
# mesurerait la mémoire du prompt, pas la tâche.

# %%
EXEMPLES = [
    ("Je n'ai pas vu le facteur et mon colis reste introuvable.", "livraison"),
    ("Le socle de ma veilleuse s'est cassé en tombant.", "réparation"),
    ("Pouvez-vous corriger l'adresse sur ma note de paiement ?", "facture"),
    ("Quand passera votre transporteur ?", "livraison"),
    ("Ma lampe reste éteinte même après une journée de soleil.", "réparation"),
    ("Je voudrais payer par virement.", "facture"),
]
CONSIGNE = f"Classe le message. Réponds par un seul mot : {', '.join(SERVICES)}."


def classer(texte: str, exemples: list[tuple]) -> str:
    messages = [{"role": "system", "content": CONSIGNE}]
    for message, service in exemples:
        messages.append({"role": "user", "content": message})
        messages.append({"role": "assistant", "content": service})
    messages.append({"role": "user", "content": texte})
    reponse = ollama.chat(MODELE, messages, options=OPTIONS)
    return reponse.message.content.strip(" .\n").lower()


def mesurer(exemples: list[tuple]) -> dict:
    predites = [classer(un_cas["texte"], exemples) for un_cas in cas]
    paires = list(zip(predites, cas, strict=True))
    return {
        "forme": sum(predite in SERVICES for predite in predites),
        "juste": sum(predite == un_cas["service"] for predite, un_cas in paires),
        "rendus": Counter(p if p in SERVICES else "autre" for p in predites),
    }


# %% [markdown]
# ## Le nombre

# %%
mesures = {nombre: mesurer(EXEMPLES[:nombre]) for nombre in (0, 1, 3, 6)}
for nombre, mesure in mesures.items():
    print(f"{nombre} exemple(s) : forme {mesure['forme']}/9, juste {mesure['juste']}/9")
    print(f"  {dict(mesure['rendus'])}")

# %% [markdown]
# ## L’ordre
#
# Les trois mêmes exemples, trois fois : seul change celui qui vient en dernier, juste
# avant le message à classer.

# %%
ordres = {}
for decalage in range(3):
    tournes = EXEMPLES[decalage:3] + EXEMPLES[:decalage]
    ordres[tournes[-1][1]] = mesurer(tournes)
for dernier, mesure in ordres.items():
    print(f"dernier exemple « {dernier} » : juste {mesure['juste']}/9")
    print(f"  {dict(mesure['rendus'])}")

# %% [markdown]
# ## La figure
#
# Une barre par nombre d’exemples, claire pour la forme, foncée pour la justesse. Le
# trait horizontal est le témoin : répondre toujours le même mot. Les nombres sont dans
# la sortie de la section « Le nombre ».

# %%
figure, axe = plt.subplots(figsize=(8, 4.5), layout="constrained")
positions = range(len(mesures))
for decalage, cle, couleur in ((-0.2, "forme", "#9ecae1"), (0.2, "juste", "#1f5f8b")):
    hauteurs = [mesure[cle] for mesure in mesures.values()]
    places = [position + decalage for position in positions]
    trait = {"color": couleur, "edgecolor": "black", "label": cle}
    axe.bar_label(axe.bar(places, hauteurs, 0.38, **trait), padding=2)
axe.axhline(3, color="#b3470f", linestyle="--", label="témoin")
axe.set_xticks(list(positions), [str(nombre) for nombre in mesures])
axe.set(xlabel="exemples dans le prompt", ylabel="messages sur 9", ylim=(0, 11))
axe.set_title(f"Nombre d'exemples, avec {MODELE}")
axe.legend(ncols=3, loc="upper left")
plt.show()

# %% [markdown]
# ## Lire la figure
#
# Une barre claire haute avec une barre foncée basse, c’est un modèle qui a appris le
# **format** sans apprendre la **tâche**. La répartition le confirme : regardez si une
# seule étiquette l’emporte, et si elle suit celle du dernier exemple. Avec neuf
# messages, un écart d’un ou deux ne prouve rien : allongez le jeu avant de conclure.
