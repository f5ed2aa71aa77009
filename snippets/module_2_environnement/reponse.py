"""Le modèle est-il là, et va-t-il au bout d'une réponse ?"""

import re

from constats import refuser_si

QUESTION = [{"role": "user", "content": "Réponds par un seul mot : bonjour."}]
OPTIONS = {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 30}
PLUS = "augmentez num_predict"
AUTRE = "essayez « ollama run », ou un autre modèle"
RELANCER = "relancez Ollama et lisez son journal, ou voyez le dépannage du module 2"
PANNES = {
    "invalid model name": "corrigez COURS_MODELE : un nom s'écrit modèle:étiquette",
    "memory|allocate": "fermez des programmes, ou prenez COURS_MODELE=smollm2:135m",
    "[Tt]ime(d ?)?[Oo]ut": "un premier chargement est lent : relancez avec --delai 900",
    "busy|pending": "le serveur est occupé : relancez dans un moment",
}


def remede(erreur, sinon=RELANCER):
    connus = (conseil for mots, conseil in PANNES.items() if re.search(mots, erreur))
    return next(connus, sinon)


def lire(flux):
    texte = pensee = raison = ""
    for partie in flux:
        texte += partie.message.content or ""
        pensee += partie.message.thinking or ""
        raison = partie.done_reason or (partie.done and "stop")
    return texte.strip(), pensee.strip(), raison


def juger(texte, pensee, raison):
    refuser_si(not raison, "la réponse s'arrête sans marque de fin", RELANCER)
    penser = f"{PLUS}, ou demandez think=False"
    refuser_si(pensee and not texte, "il réfléchit sans répondre", penser)
    coupee = raison == "length"
    refuser_si(not texte, "réponse vide", PLUS if coupee else AUTRE)
    return texte[:30] + (f" (coupée : {PLUS} pour lire la suite)" if coupee else "")
