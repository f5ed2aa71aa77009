"""Interroge vos documents : indexe un dossier, puis répond en citant ses sources.

Usage : python discuter.py --dossier documents/ [--base base] [--question "..."] [--passages 2]
"""

import argparse
import contextlib
import csv
import hashlib
import io
import logging
import os
import re
import sys
import textwrap
import warnings
from collections import Counter
from email import message_from_bytes, policy
from itertools import zip_longest
from pathlib import Path

import chromadb
import httpx
import ollama
from bs4 import BeautifulSoup
from chromadb.config import Settings
from chromadb.errors import ChromaError
from pypdf import PdfReader
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
MODELE_EMBEDDING = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 300}
CONSIGNE = (
    "Réponds d'après les passages en une phrase, suivie de l'identifiant du passage "
    "entre crochets, comme [doc-90]. Si aucun ne répond, écris : « Je ne trouve pas. »"
)
FORMATS = (".csv", ".eml", ".htm", ".html", ".md", ".pdf", ".txt")
LARGEUR, LOT = 600, 32  # caractères d'un passage, passages vectorisés à la fois
# Un document peut contenir « [red] » : Rich n'y voit aucune consigne de style.
console = Console(markup=False, emoji=False, highlight=False)


def propre(texte: str) -> str:
    """Le texte sur une ligne, sans caractère de contrôle ni moitié de caractère."""
    texte = texte.encode("utf-8", "replace").decode()
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", texte).split())


def decoder(octets: bytes) -> tuple[str, str]:
    """Le texte d'un fichier et, s'il n'est pas en UTF-8, une remarque."""
    try:
        texte, remarque = octets.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        texte, remarque = octets.decode("cp1252"), "pas en UTF-8, lu en cp1252"
    if "\0" in texte:
        raise ValueError("ce n'est pas du texte")
    return texte, remarque


def texte_html(source: str) -> str:
    page = BeautifulSoup(source, "html.parser")
    contenu = page.main or page.article or page.body or page
    for balise in contenu.find_all(["h1", "h2", "h3", "p", "tr", "li"]):
        balise.insert(0, "\n\n## " if balise.name[0] == "h" else "\n\n")
    return contenu.get_text(" ")


def rangees(texte: str) -> list[tuple[str, str]]:
    separateur = max(";,\t", key=texte.split("\n", 1)[0].count)
    noms, *lignes = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    paires = (zip_longest(noms, ligne, fillvalue="") for ligne in lignes)
    textes = (", ".join(f"{nom} : {v}" for nom, v in ligne if v.strip()) for ligne in paires)
    return [(f"ligne {numero}", rangee) for numero, rangee in enumerate(textes, 2)]


def parties(octets: bytes, suffixe: str) -> tuple[list[tuple[str, str]], str]:
    """Les parties d'un document, (repère, texte), et une remarque s'il y a lieu."""
    if suffixe == ".pdf":
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(octets)).pages]
        vides = sum(not page.strip() for page in pages)
        remarque = f"{vides} page(s) sur {len(pages)} sans texte, sans doute scannées"
        return [(f"page {n}", page) for n, page in enumerate(pages, 1)], remarque * bool(vides)
    if suffixe == ".eml":
        message = message_from_bytes(octets, policy=policy.default)
        if not message["From"]:
            raise ValueError("aucun expéditeur")
        corps = message.get_body(("plain", "html"))
        texte = corps.get_content() if corps else ""
        texte = texte_html(texte) if corps and "html" in corps.get_content_type() else texte
        entete = f"{message['Subject']}. De {message['From']}, le {message['Date']}. "
        return [(f"{message['Subject']}", entete + texte)], ""
    texte, remarque = decoder(octets)
    if suffixe == ".csv" and texte.strip():
        return rangees(texte), remarque
    texte = texte_html(texte) if suffixe.startswith(".htm") else texte
    sections = re.split(r"(?m)^(?=#{1,6} )", texte)
    return [(s.split("\n")[0] if s[:1] == "#" else "", s) for s in sections], remarque


def lire(octets: bytes, suffixe: str) -> tuple[list[tuple[str, str]], str]:
    """Les passages d'un document, (repère, texte), et ce qu'il faut en dire."""
    lues, remarque = parties(octets, suffixe)
    passages = [
        (propre(repere).strip("# ")[:60], passage)
        for repere, texte in lues
        for passage in textwrap.wrap(propre(texte), LARGEUR)
    ]
    return passages, remarque or ("" if passages else "aucun texte")


def lister(dossier: Path) -> list[Path]:
    if not dossier.is_dir():
        sys.exit(f"Le dossier « {dossier} » n'existe pas, ou n'est pas un dossier.")
    trouves = [c for c in sorted(dossier.rglob("*")) if c.suffix.lower() in FORMATS]
    caches = {c for c in trouves if any(p[0] == "." for p in c.relative_to(dossier).parts)}
    fichiers = [c for c in trouves if c.is_file() and c not in caches]
    return fichiers or sys.exit(f"Aucun document ({', '.join(FORMATS)}) dans « {dossier} ».")


def vectoriser(textes: list[str]) -> list:
    return list(ollama.embed(model=MODELE_EMBEDDING, input=textes).embeddings)


def ouvrir(base: Path, dossier: Path) -> chromadb.Collection:
    """Une collection par dossier, modèle et découpage : rien ne se mélange ni ne s'efface."""
    if base.exists() and not base.is_dir():
        sys.exit(f"« {base} » est un fichier : donnez un dossier à --base.")
    cle = propre(f"{dossier.resolve()}|{MODELE_EMBEDDING}|{LARGEUR}").encode()
    nom = f"passages-{hashlib.sha256(cle).hexdigest()[:16]}"
    cosinus = {"hnsw": {"space": "cosine"}}
    try:
        client = chromadb.PersistentClient(base, Settings(anonymized_telemetry=False))
        return client.get_or_create_collection(nom, embedding_function=None, configuration=cosinus)
    except Exception as erreur:  # une base abîmée lève des erreurs très diverses
        sys.exit(f"La base « {base} » ne s'ouvre pas ({erreur}). Donnez un autre --base.")


def indexer(dossier: Path, fichiers: list[Path], collection: chromadb.Collection) -> None:
    """Ajoute ce qui manque, puis retire ce qui n'est plus : dans cet ordre, rien ne se perd."""
    connus = collection.get(include=["metadatas"])
    cles = [(source["document"], source["version"]) for source in connus["metadatas"]]
    comptes, presents = Counter(cles), set(connus["ids"])
    totaux = zip(cles, connus["metadatas"], strict=True)
    complets = {cle for cle, source in totaux if source["total"] == comptes[cle]}
    actuels, manquants = set(), []
    colonnes = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*colonnes, TimeRemainingColumn(), console=console, transient=True) as barre:
        for chemin in barre.track(fichiers, description="Fichiers lus"):
            nom, lus, remarque = propre(chemin.relative_to(dossier).as_posix()), [], ""
            try:
                octets = chemin.read_bytes()
                version = hashlib.sha256(octets).hexdigest()[:16]
                if (nom, version) not in complets:
                    lus, remarque = lire(octets, chemin.suffix.lower())
                actuels.add((nom, version))
            except Exception as erreur:  # un fichier abîmé peut lever n'importe quoi
                actuels |= {cle for cle in cles if cle[0] == nom}
                remarque = f"abîmé ou protégé, laissé de côté ({erreur})"
            if remarque:
                console.print(f"{nom} : {remarque}.")
            for rang, (repere, texte) in enumerate(lus):
                source = {"document": nom, "version": version, "repere": repere, "total": len(lus)}
                if (identifiant := f"{nom}#{version}#{rang}") not in presents:
                    manquants.append((identifiant, texte, source))
        restes = [i for i, cle in zip(connus["ids"], cles, strict=True) if cle not in actuels]
        gardes = len(presents) - len(restes)
        if not gardes + len(manquants):
            sys.exit(f"Aucun texte dans ces {len(fichiers)} fichiers : la base reste inchangée.")
        tache = barre.add_task("Passages", total=gardes + len(manquants), completed=gardes)
        for debut in range(0, len(manquants), LOT):
            ids, textes, sources = map(list, zip(*manquants[debut : debut + LOT], strict=True))
            collection.upsert(ids, vectoriser(textes), sources, textes)
            barre.advance(tache, len(ids))
        for debut in range(0, len(restes), 500):
            collection.delete(restes[debut : debut + 500])
    bilan = f"{len(manquants)} calculés, {gardes} déjà là, {len(restes)} retirés"
    console.print(f"{len(fichiers)} fichiers, {collection.count()} passages : {bilan}.")


def repondre(question: str, collection: chromadb.Collection, nombre: int) -> list[str]:
    """Écrit la réponse au fil de l'eau, puis ses sources ; rend les passages à montrer."""
    nombre = min(nombre, collection.count())
    trouves = collection.query(query_embeddings=vectoriser([question]), n_results=nombre)
    textes, sources = trouves["documents"][0], trouves["metadatas"][0]
    lieux = [f"{s['document']}, {s['repere']}".removesuffix(", ") for s in sources]
    noms = [f"doc-{rang}" for rang in range(1, nombre + 1)]
    bloc = "\n".join(f"[{nom}] {texte}" for nom, texte in zip(noms, textes, strict=True))
    demande = f"Passages :\n{bloc}\n\nQuestion : {question}"
    messages = [{"role": "system", "content": CONSIGNE}, {"role": "user", "content": demande}]
    reponse = ""
    for partie in ollama.chat(MODELE, messages, stream=True, options=OPTIONS):
        reponse += partie.message.content or ""
        console.out(partie.message.content or "", end="")
    console.print(" […] (réponse coupée)" if partie.done_reason == "length" else "")
    cites = re.findall(r"doc-\d+", reponse)
    console.print("\nSources, avec * celles que la réponse cite :", style="bold")
    for nom, lieu in zip(noms, lieux, strict=True):
        console.print(f"  {'*' if nom in cites else ' '} {nom}  {lieu}")
    return [" | ".join(passage) for passage in zip(noms, lieux, textes, strict=True)]


def dialoguer(collection: chromadb.Collection, nombre: int) -> None:
    console.print("/sources montre les passages de la dernière réponse, /quitter termine.")
    passages = ["Aucune réponse pour l'instant : posez d'abord une question."]
    with contextlib.suppress(EOFError):
        while (saisie := propre(console.input("\n> "))) != "/quitter":
            if saisie == "/sources":
                console.print("\n\n".join(passages))
            elif saisie.startswith("/"):
                console.print("Commande inconnue. Il y en a deux : /sources et /quitter.")
            elif not saisie:
                console.print("Question vide : écrivez une question, ou /quitter.")
            else:
                passages = repondre(saisie, collection, nombre)


class Analyseur(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        sys.exit(f"Commande incomprise. {__doc__.strip().splitlines()[-1]}")


def main() -> None:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore", UserWarning)  # ceux de BeautifulSoup
    analyseur = Analyseur(description=__doc__)
    analyseur.add_argument("--dossier", type=Path, required=True)
    analyseur.add_argument("--base", type=Path, default=Path("base"))
    analyseur.add_argument("--question", type=propre)
    analyseur.add_argument("--passages", type=int, choices=range(1, 21), default=2)
    choix = analyseur.parse_args()
    if choix.question == "":
        sys.exit("La question est vide : écrivez-la entre guillemets après --question.")
    fichiers = lister(choix.dossier)
    suite = "Ce qui est déjà indexé est gardé : relancez la même commande pour continuer."
    try:
        installes = {f"{m.model}".removesuffix(":latest") for m in ollama.list().models}
        if absents := {m.removesuffix(":latest") for m in (MODELE, MODELE_EMBEDDING)} - installes:
            sys.exit(f"Modèle absent. Tapez : ollama pull {', puis '.join(sorted(absents))}")
        collection = ouvrir(choix.base, choix.dossier)
        indexer(choix.dossier, fichiers, collection)
        if choix.question:
            repondre(choix.question, collection, choix.passages)
        else:
            dialoguer(collection, choix.passages)
    except KeyboardInterrupt:
        console.print(f"\nInterrompu. {suite}")
        sys.exit(130)
    except (ConnectionError, httpx.HTTPError):
        sys.exit(f"Ollama ne répond pas : lancez l'application, ou « ollama serve ». {suite}")
    except (ollama.ResponseError, ChromaError) as erreur:
        sys.exit(f"Ollama ou la base refuse ({erreur}). {suite}")


if __name__ == "__main__":
    main()
