"""Range les morceaux dans Chroma et ne recalcule que ceux dont le texte a changé."""

import hashlib
import os
import re
import time
import unicodedata
from pathlib import Path

import chromadb
import ollama
from chromadb.config import Settings
from rich.console import Console
from rich.progress import track

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
LOT = 16


def slug(titre: str) -> str:
    sans_accents = unicodedata.normalize("NFKD", titre).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", sans_accents.lower()))


def decouper(document: str) -> dict[str, str]:
    sections = re.split(r"(?m)^#+ ", (DOCUMENTS / document).read_text("utf-8"))[1:]
    return {f"{document}#{slug(texte.split(chr(10))[0])}": texte for texte in sections}


def empreinte(texte: str) -> str:
    return hashlib.sha256(texte.encode()).hexdigest()[:16]


def ranger(lot: list[tuple[str, str]]) -> None:
    textes = [texte for _, texte in lot]
    collection.upsert(
        ids=[identifiant for identifiant, _ in lot],
        documents=textes,
        embeddings=list(ollama.embed(model=MODELE, input=textes).embeddings),
        metadatas=[
            {"document": identifiant.split("#")[0], "empreinte": empreinte(texte)}
            for identifiant, texte in lot
        ],
    )


def mettre_a_jour(morceaux: dict[str, str]) -> str:
    base = collection.get(include=["metadatas"])
    metas = zip(base["ids"], base["metadatas"], strict=True)
    connus = {identifiant: meta["empreinte"] for identifiant, meta in metas}
    nouveaux = [(i, t) for i, t in morceaux.items() if connus.get(i) != empreinte(t)]
    lots = [nouveaux[debut : debut + LOT] for debut in range(0, len(nouveaux), LOT)]
    for lot in track(lots, "Indexation", console=Console(stderr=True), disable=not lots):
        ranger(lot)
    perdus = sorted(connus.keys() - morceaux.keys())
    if perdus:
        collection.delete(ids=perdus)
    return f"{len(nouveaux):3} calculés, {len(perdus)} supprimés"


reglages = Settings(anonymized_telemetry=False)
collection = chromadb.PersistentClient("base", settings=reglages).get_or_create_collection(
    f"orvelune-{slug(MODELE)}",
    embedding_function=None,
    configuration={"hnsw": {"space": "cosine"}},
)
originaux: dict[str, str] = {}
for chemin in sorted(DOCUMENTS.glob("*.md")):
    originaux |= decouper(chemin.name)
modifies = {i: texte.replace("410 euros", "430 euros") for i, texte in originaux.items()}
del modifies["faq_produits.md#proposez-vous-la-gravure"]

print(f"{len(originaux)} morceaux à tenir à jour")
for moment, morceaux in {
    "premier passage": originaux,
    "rien n'a changé": originaux,
    "un montant changé, une section ôtée": modifies,
    "retour au texte d'origine": originaux,
}.items():
    debut = time.perf_counter()
    bilan = mettre_a_jour(morceaux)
    duree = time.perf_counter() - debut
    print(f"{moment:36} {bilan}, {collection.count()} dans la base, {duree:5.2f} s")
