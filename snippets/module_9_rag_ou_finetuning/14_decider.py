"""Le guide de décision du module 7, chaque conseil appuyé sur ce que nous avons mesuré."""

import csv
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


def mesure(bras: str, nom: str) -> float:
    valeurs = [li["valeur"] for li in LIGNES if (li["bras"], li["mesure"]) == (bras, nom)]
    return statistics.mean(valeurs)


def contre(nom: str, un: str, autre: str) -> str:
    return (
        f"{nom} : {100 * mesure(un, nom):.0f} % ({un}), {100 * mesure(autre, nom):.0f} % ({autre})"
    )


def appuis(besoin: Besoin, conseil: str) -> Iterator[str]:
    if conseil == "RAG":
        yield contre("connaissance", "3-rag", "7-paraphrases")
    if besoin.faits_qui_changent and conseil != "prompt":
        yield contre("connaissance", "maj-rag", "maj-intact")
    if conseil == "fine-tuning":
        yield contre("comportement", "4-forme", "3-rag")
        yield contre("classe juste", "avis-affine", "avis-rag")
    if conseil.startswith("RAG et"):
        yield contre("connaissance", "8-raft", "5-rag-forme")
        yield contre("comportement", "8-raft", "3-rag")
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
ecart = mesure("8-raft", "latence (s)") - mesure("4-forme", "latence (s)")
entrainement = mesure("forme", "entraînement (s)") + mesure("forme", "mise en service (s)")
print(f"\nEntraîner la forme : {entrainement:.0f} s, une fois.")
print(f"Lire les passages : {ecart:+.2f} s par question, {premier}, ici.")
if ecart > 0:
    print(f"Les deux se valent, en temps, au bout de {entrainement / ecart:.0f} questions.")
