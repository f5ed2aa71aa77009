"""Laisse la conversation grandir jusqu'à déborder d'une petite fenêtre : aucun message d'erreur."""

import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_predict": 20}
CONSIGNE = {"role": "system", "content": "Tu réponds en une phrase."}
QUESTION = {"role": "user", "content": "Quel est le numéro de ma commande ?"}
FAIT = ("Ma commande porte le numéro 4821.", "C'est noté.")
BANALITES = [
    ("Il pleut sur Aurillac depuis ce matin.", "Pensez à fermer la fenêtre."),
    ("Mon voisin répare son toit.", "Voilà un travail délicat sous la pluie."),
    ("Je prépare une soupe de châtaignes.", "C'est un plat qui réchauffe."),
]


def conversation(tours: int) -> list[dict]:
    echanges = [FAIT, *(BANALITES[rang % 3] for rang in range(tours))]
    paires = [zip(("user", "assistant"), echange, strict=True) for echange in echanges]
    messages = [{"role": role, "content": texte} for paire in paires for role, texte in paire]
    return [CONSIGNE, *messages, QUESTION]


for fenetre in (2048, 256):
    print(f"num_ctx = {fenetre}")
    for tours in (2, 6, 12):
        messages = conversation(tours)
        options = {**OPTIONS, "num_ctx": fenetre}
        reponse = ollama.chat(MODELE, messages, options=options)
        texte = " ".join(reponse.message.content.split())
        print(f"  {len(messages):2} messages, {reponse.prompt_eval_count:3} tokens lus", end="")
        print(f" ; 4821 {'présent' if '4821' in texte else 'absent'} : {texte[:44]}")
