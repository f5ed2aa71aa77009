"""Exercice 2 : un JSON valide n'est pas encore une réponse cohérente (sans modèle)."""

# --8<-- [start:imports]
import json

# --8<-- [end:imports]


# --8<-- [start:depart]
def tenue(reponse: str, documents: list[str]) -> bool:
    """La réponse tient-elle la forme, et sa source est-elle un des documents donnés ?"""
    return set(json.loads(reponse)) == {"reponse", "source", "confiance"}


# --8<-- [end:depart]
# --8<-- [start:solution]
def tenue(reponse: str, documents: list[str]) -> bool:
    try:
        objet = json.loads(reponse)
    except ValueError:
        return False
    if not isinstance(objet, dict) or set(objet) != {"reponse", "source", "confiance"}:
        return False
    if objet["source"] == "aucune":
        return objet["confiance"] == "basse"
    return objet["confiance"] == "haute" and objet["source"] in documents


# --8<-- [end:solution]
# --8<-- [start:verification]
DONNES = ["notes_rh.md", "faq_produits.md"]


def ecrire(source: str, confiance: str, **autres: str) -> str:
    return json.dumps({"reponse": "Oui.", "source": source, "confiance": confiance, **autres})


assert tenue(ecrire("notes_rh.md", "haute"), DONNES)
assert tenue(ecrire("aucune", "basse"), DONNES)
assert not tenue(ecrire("aucune", "haute"), DONNES), "sûr de soi, sans source"
assert not tenue(ecrire("notes_rh.md", "basse"), DONNES), "une source, mais pas confiance"
assert not tenue(ecrire("histoire.html", "haute"), DONNES), "ce document n'a pas été donné"
assert not tenue(ecrire("notes_rh.md", "haute", humeur="gaie"), DONNES), "une clé de trop"
assert not tenue("La réponse est oui.", DONNES), "ce n'est pas du JSON"
assert not tenue("[1, 2]", DONNES), "ce n'est pas un objet"
print("Bravo : 8 cas sur 8.")
# --8<-- [end:verification]
