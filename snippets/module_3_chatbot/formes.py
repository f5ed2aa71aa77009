"""La forme que /json exige d'une réponse : remplacez cette classe par la vôtre."""

from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from serveur import Refus

Jour = Literal["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


class RendezVous(BaseModel, extra="forbid"):
    titre: str = Field(min_length=3, max_length=80)
    jour: Jour
    heure: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")


def valider(texte: str) -> RendezVous:
    """La réponse, si elle a cette forme ; sinon un Refus qui dit où elle ne l'a pas."""
    try:
        return RendezVous.model_validate_json(texte)
    except ValidationError as erreur:
        ou = ".".join(map(str, erreur.errors()[0]["loc"])) or "tout le texte"
        raise Refus(f"Réponse refusée, pas gardée : {ou} n'a pas sa forme.") from None
