"""Laisse la conversation déborder d'une petite fenêtre : aucun message d'erreur."""

import os

from conversation import texte_de
from serveur import connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_predict": 30}
CONSIGNE = "Tu aides une personne. Réponds-lui en français, en une phrase courte."
QUESTION = "Quel est le numéro de ma commande ?"
FAIT = ("Ma commande porte le numéro 4821.", "C'est noté.")
BANALITES = [
    ("Il pleut sur Aurillac depuis ce matin.", "Pensez à fermer la fenêtre."),
    ("Mon voisin répare son toit.", "Voilà un travail délicat sous la pluie."),
    ("Je prépare une soupe de châtaignes.", "C'est un plat qui réchauffe."),
]

client = connecter()


def conversation(tours: int) -> list[dict]:
    messages = [{"role": "system", "content": CONSIGNE}]
    for question, reponse in [FAIT, *(BANALITES * tours)[:tours]]:
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": reponse})
    return [*messages, {"role": "user", "content": QUESTION}]


for fenetre in (2048, 256):
    for tours in (2, 6, 12):
        messages = conversation(tours)
        options = {**OPTIONS, "num_ctx": fenetre}
        reponse = client.chat(MODELE, messages, options=options)
        texte = " ".join(texte_de(reponse).split())
        lus = f"{reponse.prompt_eval_count} tokens lus"
        numero = "présent" if "4821" in texte else "absent"
        print(f"num_ctx {fenetre}, {len(messages)} messages, {lus} ; 4821 {numero}")
        print(f"  {texte[:60]}")
