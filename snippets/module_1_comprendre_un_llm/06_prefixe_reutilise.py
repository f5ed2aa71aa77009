"""Pose trois questions sur un texte : ce que le serveur relit dépend de l'ordre."""

from serveur import OPTIONS, demander

FICHE = """La fabrique Orvelune fait des lampes à Aurillac depuis 1987.
La Lumisette, lampe de bureau en hêtre, pèse 640 grammes et coûte 49 euros.
La Noctelune, veilleuse en céramique, pèse 310 grammes et coûte 35 euros.
La boutique ouvre du mardi au samedi. Un retour est accepté pendant trente jours."""
QUESTIONS = [
    "Combien coûte la Lumisette ?",
    "Combien pèse la Noctelune ?",
    "Combien coûte la Noctelune ?",
]


def a_la_fin(minute: int, question: str) -> str:
    return f"{FICHE}\nIl est 14 h {minute}. Réponds en trois mots. {question}"


def au_debut(minute: int, question: str) -> str:
    return f"Il est 14 h {minute}. Réponds en trois mots.\n{FICHE}\n{question}"


for ou, ordre in (("à la fin", a_la_fin), ("au début", au_debut)):
    print(f"L'heure et la consigne {ou} :")
    for numero, question in enumerate(QUESTIONS, 1):
        prompt = ordre(20 + numero, question)
        options = OPTIONS | {"num_predict": 12}
        r = demander("/api/generate", prompt=prompt, options=options)
        repris = r.get("prompt_eval_cached_count", 0)
        secondes = f"{r['prompt_eval_duration'] / 1e9:.1f}".replace(".", ",")
        print(f"  {ou}, question {numero} : {r['prompt_eval_count']} tokens", end=", ")
        print(f"{repris} repris du cache, lecture {secondes} s")
        print(f"    {r['response'].strip()}")
