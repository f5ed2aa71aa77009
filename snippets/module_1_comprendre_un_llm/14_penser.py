"""Fait réfléchir un modèle qui ne l'a pas appris, et compte ce que cela change."""

import ollama

import penseur
from serveur import MODELE, OPTIONS

MANIERES = {
    "aussitôt": ("Réponds seulement par le nombre, sans calcul.", False),
    "étapes": ("Calcule pas à pas, puis donne la réponse.", False),
    "think": (penseur.REFLECHIR, True),
}
ACHATS = [(37, 6, 14, 7), (48, 7, 9, 6), (26, 4, 17, 8)]
ACHATS += [(53, 3, 8, 9), (45, 9, 6, 12), (64, 5, 7, 7)]


def poser(nom: str, question: str, consigne: str, think: bool) -> ollama.ChatResponse:
    roles = {"system": consigne, "user": question}
    messages = [{"role": role, "content": texte} for role, texte in roles.items()]
    options = OPTIONS | {"num_predict": 400}
    return ollama.chat(nom, messages, think=think, options=options)


try:
    poser(MODELE, "Combien font 3 + 4 ?", *MANIERES["think"])
except ollama.ResponseError as erreur:
    print(f"{MODELE} refuse : erreur {erreur.status_code}, {erreur.error}")

penseur.creer()
for a, b, c, d in ACHATS:
    print(f"\n{a} x {b} + {c} x {d} = {a * b + c * d}", end="")
    question = f"Une lampe coûte {a} euros, une ampoule {c} euros. "
    question += f"Combien coûtent {b} lampes et {d} ampoules ?"
    for nom, maniere in MANIERES.items():
        reponse = poser(penseur.NOM, question, *maniere)
        trouve = str(a * b + c * d) in reponse.message.content
        print(f" | {nom} {'juste' if trouve else 'faux'} {reponse.eval_count}", end="")
penseur.oublier()
print(f"\n\nDernier message.thinking :\n{reponse.message.thinking}")
print(f"Dernier message.content :\n{reponse.message.content}")
