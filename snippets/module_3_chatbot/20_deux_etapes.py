"""Le prix, puis la multiplication : deux outils à enchaîner, ou un seul outil."""

from functools import partial
from typing import Annotated

from pydantic import Field

from mesure import comparer, retenir
from modele import interroger, modele_outille
from outils import CATALOGUE, OUTILS, Produit, declarer, dialoguer, preparer

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
Quantite = Annotated[int, Field(ge=1, le=99, description="combien, de 1 à 99")]


def montant(produit: Produit, quantite: Quantite) -> str:
    """Donne le montant à payer pour plusieurs exemplaires d'un produit."""
    unitaire = OUTILS["prix"](produit).removesuffix(" euros")
    return OUTILS["calcul"](f"{quantite} * {unitaire}") + " euros"


def repondre(demander, question: str) -> str:
    return retenir(CAS[question], dialoguer(demander, preparer(question)))


OUTILS["montant"] = montant
with modele_outille() as nom:
    trois = partial(interroger, maximum=80, modele=nom, tools=CATALOGUE)
    quatre = partial(trois, tools=[*CATALOGUE, declarer(montant)])
    techniques = {"enchaîner": trois, "montant": quatre}
    techniques = {cle: partial(repondre, demander) for cle, demander in techniques.items()}
    comparer([*CAS], CAS.get, techniques)
