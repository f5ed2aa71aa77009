"""Le prix, puis la multiplication : deux outils à enchaîner, ou un seul outil."""

from functools import partial

from mesure import comparer, retenir
from modele import interroger, modele_outille
from outils import CATALOGUE, OUTILS, Produit, Quantite, declarer, dialoguer, preparer

CAS = {
    "Combien coûtent trois Lumisette ?": "117",
    "Je veux quatre Pétrelle : quel total ?": "98",
    "Quel est le prix de 5 Galapiat ?": "290",
    "Combien pour deux Veillombre ?": "192",
    "Il me faut dix Orbelin : quel total ?": "470",
    "Combien coûtent six Brindelune ?": "444",
    "Quel montant pour 8 Lumisette ?": "312",
    "Combien dois-je pour 2 Fanal Cézallier ?": "378",
}


def montant(produit: Produit, quantite: Quantite) -> str:
    """Donne le montant à payer pour plusieurs exemplaires d'un produit."""
    unitaire = OUTILS["prix"](produit).removesuffix(" euros")
    return OUTILS["calcul"](f"{quantite} * {unitaire}") + " euros"


def repondre(demander, question: str) -> str:
    return retenir(CAS[question], dialoguer(demander, preparer(question)))


OUTILS["montant"] = montant
with modele_outille() as nom:
    trois = partial(interroger, maximum=80, modele=nom, tools=CATALOGUE)
    autres = partial(trois, tools=[*CATALOGUE[:2], declarer(montant)])
    techniques = {"enchaîner": partial(repondre, trois)}
    techniques["montant"] = partial(repondre, autres)
    comparer([*CAS], CAS.get, techniques)
