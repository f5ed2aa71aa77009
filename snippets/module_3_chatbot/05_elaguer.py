"""Élague soi-même : restent la consigne, les tours récents, la place de la réponse."""

import os

from conversation import elaguer, poids, texte_de
from serveur import connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
FENETRE, REPONSE = 256, 30
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": FENETRE, "num_predict": REPONSE}
ECHANGES = """Ma commande porte le numéro 4821. | C'est noté.
Il pleut sur Aurillac depuis ce matin. | Pensez à fermer la fenêtre.
Mon voisin répare son toit. | Voilà un travail délicat sous la pluie.
Je prépare une soupe de châtaignes. | C'est un plat qui réchauffe.
Ma sœur arrive par le train de midi. | Bon voyage à votre sœur.
Elle apporte une lampe à réparer. | L'atelier saura s'en occuper.
La lampe est une Galapiat. | C'est une lanterne d'extérieur.
Son verre est fêlé. | Un verre fêlé se remplace."""
ROLES = ["user", "assistant"] * 8
TEXTES = ECHANGES.replace(" | ", "\n").split("\n")
TOURS = [{"role": r, "content": texte} for r, texte in zip(ROLES, TEXTES, strict=True)]
CONSIGNE = {"role": "system", "content": "Réponds en français, en une phrase courte."}
QUESTION = {"role": "user", "content": "Quel modèle de lampe ma sœur apporte-t-elle ?"}

client = connecter()
echantillon = [CONSIGNE, *TOURS[-6:], QUESTION]
lus = client.chat(MODELE, echantillon, options=OPTIONS).prompt_eval_count
taux = lus / poids(echantillon)
budget = round(0.9 * (FENETRE - REPONSE))
print(f"{taux:.2f} token par octet, balises comprises ; budget : {budget} tokens")

gardes = elaguer(TOURS, budget / taux - poids([CONSIGNE, QUESTION]))
messages = [CONSIGNE, *gardes, QUESTION]
reponse = client.chat(MODELE, messages, options=OPTIONS)
print(f"{len(messages)} messages gardés sur {len(TOURS) + 2}")
print(f"  le premier après la consigne : {messages[1]['content']}")
print(f"  {taux * poids(messages):.0f} tokens estimés, {reponse.prompt_eval_count} lus")
print(f"  {' '.join(texte_de(reponse).split())}")
