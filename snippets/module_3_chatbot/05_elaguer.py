"""Élague soi-même : la consigne reste, les tours récents aussi, et la réponse a sa place."""

import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
FENETRE, REPONSE = 256, 30
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": FENETRE, "num_predict": REPONSE}
CONSIGNE = {"role": "system", "content": "Tu réponds en une phrase."}
TOURS = [
    ("Ma commande porte le numéro 4821.", "C'est noté."),
    ("Il pleut sur Aurillac depuis ce matin.", "Pensez à fermer la fenêtre."),
    ("Mon voisin répare son toit.", "Voilà un travail délicat sous la pluie."),
    ("Je prépare une soupe de châtaignes.", "C'est un plat qui réchauffe."),
    ("Ma sœur arrive par le train de midi.", "Bon voyage à votre sœur."),
    ("Elle apporte une lampe à réparer.", "L'atelier saura s'en occuper."),
    ("La lampe est une Galapiat.", "C'est une lanterne d'extérieur."),
    ("Son verre est fêlé.", "Un verre fêlé se remplace."),
]
QUESTION = {"role": "user", "content": "Quelle lampe ma sœur apporte-t-elle ?"}


def assembler(tours: list[tuple]) -> list[dict]:
    paires = [zip(("user", "assistant"), tour, strict=True) for tour in tours]
    messages = [{"role": role, "content": texte} for paire in paires for role, texte in paire]
    return [CONSIGNE, *messages, QUESTION]


def longueur(messages: list[dict]) -> int:
    return sum(len(message["content"]) for message in messages)


def elaguer(tours: list[tuple], budget: int) -> list[dict]:
    """Les tours les plus récents qui tiennent, entiers, entre la consigne et la question."""
    gardes: list[tuple] = []
    for tour in reversed(tours):
        if taux * longueur(assembler([tour, *gardes])) > budget:
            break
        gardes.insert(0, tour)
    return assembler(gardes)


def lire(messages: list[dict]) -> ollama.ChatResponse:
    return ollama.chat(MODELE, messages, options=OPTIONS)


echantillon = assembler(TOURS[-3:])
taux = lire(echantillon).prompt_eval_count / longueur(echantillon)
budget = round(0.9 * (FENETRE - REPONSE))
print(f"{taux:.2f} token par caractère, balises comprises ; budget : {budget} tokens")

messages = elaguer(TOURS, budget)
reponse = lire(messages)
print(f"{len(messages)} messages gardés sur {2 * len(TOURS) + 2}")
print(f"  le premier après la consigne : {messages[1]['content']}")
estimes = round(taux * longueur(messages))
print(f"  {estimes} tokens estimés, {reponse.prompt_eval_count} lus")
print(f"  {' '.join(reponse.message.content.split())}")
