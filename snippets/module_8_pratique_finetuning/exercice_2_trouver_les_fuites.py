"""Exercice 2 : trouver les textes de test que l'entraînement a déjà montrés (sans modèle)."""

# --8<-- [start:imports]
import re
import unicodedata

# --8<-- [end:imports]


# --8<-- [start:depart]
def trouver_les_fuites(entrainement: list[str], test: list[str]) -> list[str]:
    return [texte for texte in test if texte in entrainement]


# --8<-- [end:depart]
# --8<-- [start:solution]
def mots(texte: str) -> set[str]:
    lettres = unicodedata.normalize("NFKD", texte.lower()).encode("ascii", "ignore")
    return set(re.findall(r"\w+", lettres.decode()))


def ressemblance(premier: str, second: str) -> float:
    a, b = mots(premier), mots(second)
    return len(a & b) / len(a | b)


def trouver_les_fuites(entrainement: list[str], test: list[str]) -> list[str]:
    return [t for t in test if any(ressemblance(t, e) > 0.7 for e in entrainement)]


# --8<-- [end:solution]
# --8<-- [start:verification]
ENTRAINEMENT = [
    "Ma Torvane est arrivée fêlée, et personne ne m'a répondu.",
    "La Plume Grise coupe net, même le bois très sec.",
    "Trois semaines d'attente pour recevoir un Malvard sans notice.",
]
FUITES = {
    "copie exacte": "La Plume Grise coupe net, même le bois très sec.",
    "majuscules et accents": "MA TORVANE EST ARRIVEE FELEE et personne ne m'a repondu !",
    "nom de produit changé": "Trois semaines d'attente pour recevoir un Korvin sans notice.",
}
PROPRES = [
    "Ma Torvane est arrivée en avance, emballée avec soin.",
    "Le Korvin a une notice claire, je l'ai monté en dix minutes.",
]

trouvees = trouver_les_fuites(ENTRAINEMENT, [*FUITES.values(), *PROPRES])
for nature, texte in FUITES.items():
    assert texte in trouvees, f"fuite manquée : {nature}"
for texte in PROPRES:
    assert texte not in trouvees, f"fausse alerte : {texte}"
print(f"Bravo : {len(trouvees)} fuites trouvées sur {len(FUITES)}, aucune fausse alerte.")
# --8<-- [end:verification]
