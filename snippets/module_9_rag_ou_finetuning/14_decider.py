"""Le guide de décision du module 7, chaque conseil appuyé sur ce que nous avons mesuré."""

import csv
import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOSSIER = Path(__file__).parent


# --8<-- [start:guide]
@dataclass(frozen=True)
class Besoin:
    faits_absents_du_modele: bool = False
    tient_dans_un_prompt: bool = False
    faits_qui_changent: bool = False
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
        return "RAG et fine-tuning, entraîné avec des passages"
    return "RAG" if rag else "fine-tuning" if entrainer else "prompt"


CAS = {
    "FAQ d'une boutique": Besoin(faits_absents_du_modele=True, faits_qui_changent=True),
    "assistant SQL": Besoin(comportement_a_changer=True, exemples_disponibles=1500),
    "classeur de courriels": Besoin(comportement_a_changer=True, exemples_disponibles=800),
    "FAQ lue par un programme": Besoin(
        faits_absents_du_modele=True,
        faits_qui_changent=True,
        comportement_a_changer=True,
        exemples_disponibles=400,
    ),
    "trois horaires à citer": Besoin(faits_absents_du_modele=True, tient_dans_un_prompt=True),
    "ton maison, douze exemples": Besoin(comportement_a_changer=True, exemples_disponibles=12),
}


# --8<-- [end:guide]
def lire() -> list[dict]:
    ici = Path("resultats.csv")
    fichier = ici if ici.exists() else DOSSIER / "resultats" / "resultats.csv"
    with fichier.open(encoding="utf-8", newline="") as flux:
        return [{**ligne, "valeur": float(ligne["valeur"])} for ligne in csv.DictReader(flux)]


def moyenne(bras: str, mesure: str, appris: str) -> float:
    """Sur les seules questions dont le fait a été appris (« oui ») ou non, s'il faut choisir."""
    valeurs = [
        ligne["valeur"]
        for ligne in LIGNES
        if (ligne["bras"], ligne["mesure"]) == (bras, mesure) and appris in ("", ligne["appris"])
    ]
    return statistics.mean(valeurs) if valeurs else math.nan


def contre(mesure: str, *bras: str, appris: str = "") -> str:
    parts = [f"{100 * moyenne(nom, mesure, appris):.0f} % ({nom})" for nom in bras]
    precision = {"": "", "oui": " des faits appris", "non": " des autres faits"}[appris]
    return f"{mesure}{precision} : {', '.join(parts)}"


def appuis(besoin: Besoin, conseil: str) -> Iterator[str]:
    if conseil == "RAG":
        yield contre("connaissance", "3-rag", "7-paraphrases", appris="oui")
        yield contre("connaissance", "3-rag", "7-paraphrases", appris="non")
    if besoin.faits_qui_changent and conseil != "prompt":
        yield contre("ancien fait", "maj-rag", "maj-intact")
    if conseil == "fine-tuning":
        yield contre("comportement", "4-forme", "2-exemples")
        yield contre("classe juste", "avis-affine", "avis-rag")
    if conseil.startswith("RAG et"):
        yield contre("connaissance", "8-raft", "5-rag-forme")
        yield contre("comportement", "8-raft", "5-rag-forme")
    if conseil == "prompt":
        yield contre("comportement", "2-exemples", "1-base")


LIGNES = lire()
premier = LIGNES[0]["modele"]
LIGNES = [ligne for ligne in LIGNES if ligne["modele"] == premier]
for titre, besoin in CAS.items():
    conseil = conseiller(besoin)
    print(f"{titre} → {conseil}")
    for appui in appuis(besoin, conseil):
        print(f"    mesuré, {appui}")
