"""Masque les coordonnées à l'indexation, puis efface d'une base tout ce qui touche une personne."""

import csv
import os
import re
import shutil
from email import message_from_bytes, policy
from pathlib import Path

import chromadb
import ollama
from chromadb.config import Settings

MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
MOTIFS = {
    "adresse": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "téléphone": re.compile(r"(?<!\d)(?:\+33 ?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)"),
}
DEHORS = {"contact"}  # une colonne dont les questions n'ont pas besoin
PERSONNE = ("Pastrelin", "Trébuisson", "GA71K4R2")  # son nom, son gîte, le matricule de sa lampe


def lire(chemin: Path) -> str:
    if chemin.suffix == ".eml":
        message = message_from_bytes(chemin.read_bytes(), policy=policy.default)
        return f"De : {message['From']}\n{message['Subject']}\n{message.get_body().get_content()}"
    lignes = csv.DictReader(chemin.read_text("utf-8").splitlines(), delimiter=";")
    gardees = ({nom: v for nom, v in ligne.items() if nom not in DEHORS} for ligne in lignes)
    return "\n".join(", ".join(f"{nom} : {v}" for nom, v in ligne.items()) for ligne in gardees)


def masquer(texte: str) -> tuple[str, dict[str, int]]:
    comptes = {}
    for nom, motif in MOTIFS.items():
        texte, comptes[nom] = motif.subn(f"[{nom}]", texte)
    return texte, comptes


def indexer(dossier: str, exclus: set[str]) -> chromadb.Collection:
    shutil.rmtree(dossier, ignore_errors=True)
    client = chromadb.PersistentClient(dossier, settings=Settings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("orvelune", embedding_function=None)
    for nom, texte in masques.items():
        if nom in exclus:
            continue
        mots = texte.split()
        morceaux = [" ".join(mots[debut : debut + 100]) for debut in range(0, len(mots), 100)]
        collection.add(
            ids=[f"{nom}#{rang}" for rang in range(len(morceaux))],
            documents=morceaux,
            embeddings=list(ollama.embed(model=MODELE_EMBEDDING, input=morceaux).embeddings),
            metadatas=[{"document": nom}] * len(morceaux),
        )
    return collection


def concernes(collection: chromadb.Collection) -> list[str]:
    contenu = collection.get(include=["documents", "metadatas"])
    paires = zip(contenu["documents"], contenu["metadatas"], strict=True)
    return [m["document"] for texte, m in paires if any(nom in texte for nom in PERSONNE)]


def traces(dossier: str) -> int:
    fichiers = [chemin.read_bytes() for chemin in Path(dossier).rglob("*") if chemin.is_file()]
    return sum(octets.count(nom.encode()) for octets in fichiers for nom in PERSONNE)


def constater(moment: str, collection: chromadb.Collection, dossier: str) -> None:
    morceaux = len(concernes(collection))
    print(f"{moment} : {morceaux} morceaux la concernent, {traces(dossier)} mentions sur le disque")


masques = {}
for chemin in [*sorted(DOCUMENTS.glob("*.eml")), DOCUMENTS / "points_de_vente.csv"]:
    masques[chemin.name], comptes = masquer(lire(chemin))
    resume = ", ".join(f"{nombre} {nom}(s)" for nom, nombre in comptes.items())
    print(f"{chemin.name} : {resume}")
restent = sum(len(motif.findall(texte)) for motif in MOTIFS.values() for texte in masques.values())
print(f"Coordonnées restantes après masquage : {restent}")

ancienne = indexer("base", exclus=set())
print(f"\n{ancienne.count()} morceaux. Une cliente demande l'effacement de ses données.")
documents = set(concernes(ancienne))
print(f"Documents à revoir : {', '.join(sorted(documents))}")
constater("Avant", ancienne, "base")
ancienne.delete(where={"document": {"$in": sorted(documents)}})
constater("Après suppression", ancienne, "base")
neuve = indexer("base_neuve", exclus=documents)
constater("Base reconstruite", neuve, "base_neuve")
