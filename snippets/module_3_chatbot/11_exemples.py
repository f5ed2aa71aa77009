"""Trie dix-huit messages : une règle, zéro à trois exemples, un choix imposé."""

from collections import Counter

from mesure import comparer, demander, lire_cas

MOTS = {"facture": ("factur", "paie", "débit", "tva"), "livraison": ("colis", "livr")}
SERVICES = ["livraison", "réparation", "facture"]
CONSIGNE = f"Classe le message. Réponds par un seul mot : {', '.join(SERVICES)}."
EXEMPLES = [
    ("Je n'ai pas vu le facteur et mon colis reste introuvable.", "livraison"),
    ("Le socle de ma veilleuse s'est cassé en tombant.", "réparation"),
    ("Pouvez-vous corriger l'adresse sur ma note de paiement ?", "facture"),
]


def regle(cas: dict) -> str:
    texte = cas["texte"].lower()
    trouves = [nom for nom, mots in MOTS.items() if any(mot in texte for mot in mots)]
    return trouves[0] if trouves else "réparation"


def montrer(nombre: int, schema: dict | None = None):
    messages = [{"role": "system", "content": CONSIGNE}]
    for message, service in EXEMPLES[:nombre]:
        messages.append({"role": "user", "content": message})
        messages.append({"role": "assistant", "content": service})

    def classer(cas: dict) -> str:
        question = {"role": "user", "content": cas["texte"]}
        return demander([*messages, question], 20, schema).strip('"').lower()

    return classer


techniques = {"règle": regle, "zéro": montrer(0), "un": montrer(1)}
techniques |= {"trois": montrer(3), "choix": montrer(0, {"enum": SERVICES})}
reponses = comparer(lire_cas()[:18], lambda cas: cas["service"], techniques)
for nom, rendues in reponses.items():
    print(f"  {nom:11}", dict(Counter(rendues).most_common(4)))
