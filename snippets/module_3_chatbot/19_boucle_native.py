"""La boucle complète : question, appel, résultat, réponse ; puis huit questions."""

from functools import partial

from mesure import comparer, lire_cas, retenir
from modele import interroger, modele_outille
from outils import CATALOGUE, dialoguer, preparer


def montrer(question: str, demander) -> None:
    messages = preparer(question)
    dialoguer(demander, messages)
    for message in messages[1:]:
        for appel in message.get("tool_calls") or []:
            print(f"assistant : {appel.function.name} {dict(appel.function.arguments)}")
        if message["content"]:
            print(f"{message['role']:9} : {' '.join(message['content'].split())[:70]}")
    print()


def repondre(demander, cas: dict) -> str:
    return retenir(cas["reponse"], dialoguer(demander, preparer(cas["texte"])))


with modele_outille() as outille:
    sans = partial(interroger, maximum=80)
    avec = partial(interroger, maximum=80, modele=outille, tools=CATALOGUE)
    montrer("Quel est le prix de la Galapiat ?", avec)
    montrer("Quelle date serons-nous dans 400 jours ?", avec)
    techniques = {"sans outil": partial(repondre, sans)}
    techniques["outillé"] = partial(repondre, avec)
    comparer(lire_cas("questions.jsonl")[:8], lambda cas: cas["reponse"], techniques)
