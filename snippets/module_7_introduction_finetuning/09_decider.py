"""Conseille « prompt », « RAG », « fine-tuning » ou « RAG et fine-tuning »."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Besoin:
    faits_absents_du_modele: bool = False
    tient_dans_un_prompt: bool = False
    comportement_a_changer: bool = False
    un_prompt_y_suffit: bool = False
    exemples_disponibles: int = 0


def conseiller(besoin: Besoin, exemples_minimum: int = 100) -> str:
    rag = besoin.faits_absents_du_modele and not besoin.tient_dans_un_prompt
    entrainer = (
        besoin.comportement_a_changer
        and not besoin.un_prompt_y_suffit
        and besoin.exemples_disponibles >= exemples_minimum
    )
    if rag and entrainer:
        return "RAG et fine-tuning"
    return "RAG" if rag else "fine-tuning" if entrainer else "prompt"


FAITS = {"faits_absents_du_modele": True}
TON = {"comportement_a_changer": True}
SITUATIONS = {
    "répondre d'après la FAQ et le règlement": Besoin(**FAITS),
    "citer trois lignes d'horaires": Besoin(**FAITS, tient_dans_un_prompt=True),
    "résumer un courriel collé par l'utilisateur": Besoin(),
    "parler en pirate, le prompt y arrive": Besoin(**TON, un_prompt_y_suffit=True),
    "classer les avis, 800 exemples": Besoin(**TON, exemples_disponibles=800),
    "classer les avis, 12 exemples": Besoin(**TON, exemples_disponibles=12),
    "citer la FAQ dans un JSON maison, 500 exemples": Besoin(
        **FAITS, **TON, exemples_disponibles=500
    ),
}

if __name__ == "__main__":
    for situation, besoin in SITUATIONS.items():
        print(f"{situation} → {conseiller(besoin)}")
