"""Place la même règle à plusieurs endroits et compte les réponses qui la suivent."""

import os
import re

from conversation import texte_de
from serveur import connecter

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 4}
REGLE = "Réponds à chaque question par oui ou par non."
QUESTIONS = """Qu'est-ce qu'un lit ? Où se lève le soleil ? Comment nettoyer un verre ?
Quelle est la capitale de l'Italie ? Pourquoi le bois est-il solide ? Quand chantent
les oiseaux ? Combien de pattes a un chat ? Qui a écrit Les Misérables ? De quoi est
fait le pain ? À quoi sert un parapluie ? Quel fruit donne le pommier ? Comment
s'appelle la femelle du cheval ?"""
TOUR = [("user", "Bonjour."), ("assistant", "Bonjour, je vous écoute.")]
PLACES = {
    "sans": lambda q: [("user", q)],
    "système": lambda q: [("system", REGLE), ("user", q)],
    "avant": lambda q: [("user", f"{REGLE}\n{q}")],
    "après": lambda q: [("user", f"{q}\n{REGLE}")],
    "système+tour": lambda q: [("system", REGLE), *TOUR, ("user", q)],
    "tour+après": lambda q: [*TOUR, ("user", f"{q}\n{REGLE}")],
}

client = connecter()


def suivie(paires: list) -> str:
    messages = [{"role": role, "content": texte} for role, texte in paires]
    texte = texte_de(client.chat(MODELE, messages, options=OPTIONS)).strip().lower()
    return "oui" if re.match(r"(oui|non)\b", texte) else "non"


print("  ".join(PLACES))
for question in re.findall(r"\w[^?]+\?", " ".join(QUESTIONS.split())):
    suivies = [suivie(placer(question)) for placer in PLACES.values()]
    print("  ".join(map(str.ljust, suivies, map(len, PLACES))), "", question)
