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
# # Carnet : les mesures du module 7
#
# Ce carnet refait, en plus court, les mesures du module 7, puis les trace. Il pose
# toujours la même question : **que peut-on obtenir d’un modèle sans toucher à ses
# poids ?** Trois réponses chiffrées : les faits, la forme JSON, la classification.
#
# Pour l’exécuter chez vous, ouvrez-le depuis le dossier du module 7, à côté du
# dossier `donnees`, avec un serveur Ollama en marche. La variable `COURS_MODELE`
# choisit le modèle.

# %%
import json
import os
from pathlib import Path

import matplotlib.pyplot as plt
import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
DONNEES = Path("../donnees")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048}


def lire_jsonl(nom: str) -> list[dict]:
    lignes = (DONNEES / nom).read_text("utf-8").splitlines()
    return [json.loads(ligne) for ligne in lignes]


questions = lire_jsonl("questions.jsonl")[:12]
avis = lire_jsonl("avis_clients.jsonl")
print(f"{len(questions)} questions, {len(avis)} avis")

# %% [markdown]
# ## Les faits : sans puis avec le passage
#
# Le passage est choisi à la main : c’est un RAG sans la recherche. On compte les
# réponses qui contiennent le fait attendu. Quatre questions suffisent ici.


# %%
def lire_passage(document: str, section: str) -> str:
    texte = (DONNEES / "documents" / document).read_text("utf-8")
    return texte.split(f"## {section}\n")[1].split("\n## ")[0].strip()


def demander(prompt: str) -> str:
    options = {**OPTIONS, "num_predict": 28, "stop": ["\n"]}
    return ollama.generate(model=MODELE, prompt=prompt, options=options).response


faits = {"sans le passage": 0, "avec le passage": 0}
echantillon = questions[::3]
for cas in echantillon:
    question, fait, source = cas["question"], cas["faits"][0], cas["passages"][0]
    passage = lire_passage(source["document"], source["section"])
    consigne = "Réponds à la question avec le texte."
    enrichi = f"Texte :\n{passage}\n\n{consigne}\nQuestion : {question}"
    faits["sans le passage"] += fait in demander(question)
    faits["avec le passage"] += fait in demander(enrichi)
print(faits)

# %% [markdown]
# ## La forme : trois façons de demander du JSON
#
# Une réponse est valide si elle se lit comme un objet JSON qui a exactement les deux
# clés demandées. On ne juge pas encore les valeurs.

# %%
CONSIGNE_JSON = """\
Extrais de l'avis le nom du produit et le sentiment (positif ou négatif).
Réponds seulement en JSON avec les clés "produit" et "sentiment"."""
EXEMPLE_JSON = [
    {"role": "user", "content": "Avis : Ma Lumisette dure toute la nuit, ravie !"},
    {
        "role": "assistant",
        "content": '{"produit": "Lumisette", "sentiment": "positif"}',
    },
]
SCHEMA = json.loads(Path("schema_avis.json").read_text("utf-8"))


def est_valide(reponse: str) -> bool:
    try:
        return set(json.loads(reponse)) == {"produit", "sentiment"}
    except (ValueError, TypeError):
        return False


def extraire(texte: str, exemple: list[dict], schema: dict | None) -> str:
    messages = [{"role": "system", "content": CONSIGNE_JSON}, *exemple]
    messages.append({"role": "user", "content": f"Avis : {texte}"})
    options = {**OPTIONS, "num_predict": 60 if schema else 36, "stop": ["\n\n"]}
    return ollama.chat(MODELE, messages, format=schema, options=options).message.content


json_valides = {}
for nom, exemple, schema in [
    ("consigne seule", [], None),
    ("un exemple", EXEMPLE_JSON, None),
    ("schéma imposé", [], SCHEMA),
]:
    reponses = [extraire(a["texte"], exemple, schema) for a in avis[:6]]
    json_valides[nom] = sum(map(est_valide, reponses))
print(json_valides)

# %% [markdown]
# ## La compétence : reconnaître le sentiment d’un avis
#
# Les classes sont équilibrées : répondre toujours « positif » donne la moitié des
# points. Une méthode qui ne dépasse pas cette barre n’a rien appris à faire.

# %%
CONSIGNE_AVIS = "Classe l'avis. Réponds par un seul mot : positif ou négatif."
EXEMPLES_AVIS = [
    ("Ma Lumisette éclaire toute la nuit, je suis ravie.", "positif"),
    ("La Galapiat est tombée en panne au bout de trois jours.", "négatif"),
    ("Une Orbelin superbe, emballée avec soin.", "positif"),
    ("Je regrette ma Veillombre, elle n'éclaire presque rien.", "négatif"),
]


def classer(texte: str, exemples: list) -> str:
    messages = [{"role": "system", "content": CONSIGNE_AVIS}]
    for exemple, classe in exemples:
        messages.append({"role": "user", "content": exemple})
        messages.append({"role": "assistant", "content": classe})
    messages.append({"role": "user", "content": texte})
    options = {**OPTIONS, "num_predict": 8}
    reponse = ollama.chat(MODELE, messages, options=options).message.content
    return reponse.strip(" .\n").lower()


avis_courts = avis[:12]
justes = {"toujours « positif »": sum(a["etiquette"] == "positif" for a in avis_courts)}
for nom, exemples in [("zero-shot", []), ("few-shot", EXEMPLES_AVIS)]:
    predites = [classer(a["texte"], exemples) for a in avis_courts]
    attendues = [a["etiquette"] for a in avis_courts]
    justes[nom] = sum(a == p for a, p in zip(attendues, predites, strict=True))
print(justes)

# %% [markdown]
# ## Le bilan, en figure et en tableau
#
# Chaque barre est un taux de réussite ; sa valeur est écrite au-dessus. Le tableau
# qui suit la figure donne les mêmes nombres à qui ne la voit pas.

# %%
mesures = [
    ("Fait présent", faits, len(echantillon)),
    ("JSON valide", json_valides, 6),
    ("Sentiment exact", justes, len(avis_courts)),
]
figure, axes = plt.subplots(1, 3, figsize=(11, 4), sharey=True, layout="constrained")
for axe, (titre, comptes, total) in zip(axes, mesures, strict=True):
    taux = [100 * compte / total for compte in comptes.values()]
    noms = [nom.replace(" ", "\n", 1) for nom in comptes]
    barres = axe.bar(noms, taux, color="#1f5f8b", edgecolor="black")
    axe.bar_label(barres, [f"{n}/{total}" for n in comptes.values()], padding=3)
    axe.set_title(titre)
    axe.set_ylim(0, 112)
axes[0].set_ylabel("réussite (%)")
figure.suptitle(f"Ce que {MODELE} obtient sans fine-tuning")
plt.show()

# %%
print(f"{'mesure':16} {'méthode':24} réussite")
for titre, comptes, total in mesures:
    for nom, compte in comptes.items():
        print(f"{titre:16} {nom:24} {compte:3}/{total}")

# %% [markdown]
# ## Lire la figure
#
# À gauche, le passage fait apparaître des faits que le modèle ignore : **aucun poids
# n’a changé**, c’est le contexte qui a parlé. Au centre, un exemple ou un schéma
# suffit à obtenir la forme : inutile d’entraîner pour cela. À droite, ni la consigne
# ni les exemples ne donnent la compétence à ce petit modèle : c’est la barre que le
# fine-tuning des modules 8 et 9 devra dépasser, sur ces mêmes avis.
