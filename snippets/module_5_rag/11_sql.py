"""Répond par SQL aux questions de total, et refuse toute requête qui n'est pas sûre."""

import csv
import json
import os
import re
import sqlite3
from pathlib import Path

import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 120}
COLONNES = {
    "ventes": {"mois", "produit", "quantite", "chiffre_affaires"},
    "tarifs": {"reference", "produit", "categorie", "prix_euros", "autonomie_heures", "usage"},
}
FONCTIONS = {"sum", "count", "min", "max", "avg", "round"}
GABARITS = {
    "total d'un produit": (
        "SELECT SUM(quantite), COUNT(*) AS lignes FROM ventes WHERE produit = :produit LIMIT 1"
    ),
    "produit qui rapporte le plus": (
        "SELECT produit, SUM(chiffre_affaires) AS total FROM ventes "
        "GROUP BY produit ORDER BY total DESC LIMIT 1"
    ),
    "meilleur mois d'un produit": (
        "SELECT mois, quantite FROM ventes WHERE produit = :produit ORDER BY quantite DESC LIMIT 1"
    ),
}
QUESTIONS = {
    "Combien de Galapiat avons-nous vendues en 2025 ?": "total d'un produit",
    "Quelle lampe a rapporté le plus d'argent en 2025 ?": "produit qui rapporte le plus",
    "Quel mois avons-nous vendu le plus de Lumisette ?": "meilleur mois d'un produit",
}
DANGEREUSES = [
    "DROP TABLE ventes",
    "SELECT produit FROM ventes LIMIT 1; DELETE FROM ventes",
    "SELECT * FROM ventes",
    "SELECT salaire FROM ventes LIMIT 5",
    "SELECT sql FROM sqlite_master LIMIT 5",
    "SELECT hex(randomblob(500000000)) FROM tarifs LIMIT 1",
]


def creer(chemin: Path) -> None:
    chemin.unlink(missing_ok=True)
    base = sqlite3.connect(chemin)
    for table, fichier in (("ventes", "ventes_2025.csv"), ("tarifs", "tarifs.csv")):
        with (DOCUMENTS / fichier).open(encoding="utf-8", newline="") as flux:
            entete, *lignes = csv.reader(flux, delimiter=";")
        base.execute(f"CREATE TABLE {table} ({', '.join(entete)})")
        trous = ", ".join("?" * len(entete))
        valeurs = ([en_valeur(cellule) for cellule in ligne] for ligne in lignes)
        base.executemany(f"INSERT INTO {table} VALUES ({trous})", valeurs)
    base.commit()
    base.close()


def en_valeur(cellule: str) -> str | int | float:
    if re.fullmatch(r"\d+,\d+", cellule):
        return float(cellule.replace(",", "."))
    return int(cellule) if cellule.isdigit() else cellule


def autoriser(action: int, un: str | None, deux: str | None, *_: object) -> int:
    permis = action == sqlite3.SQLITE_SELECT
    if action == sqlite3.SQLITE_READ:
        permis = un in COLONNES and deux in COLONNES[un] | {""}  # "" : COUNT(*)
    if action == sqlite3.SQLITE_FUNCTION:
        permis = deux.lower() in FONCTIONS
    return sqlite3.SQLITE_OK if permis else sqlite3.SQLITE_DENY


def verifier(requete: str) -> str | None:
    if ";" in requete or not requete.lower().startswith("select "):
        return "un seul SELECT, rien d'autre"
    limite = re.search(r"\blimit (\d+)$", requete.lower())
    if not limite or int(limite[1]) > 20:
        return "il faut finir par LIMIT, 20 au plus"
    return None


def executer(requete: str, valeurs: dict[str, str]) -> list[tuple] | str:
    if refus := verifier(requete):
        return f"refusée par le contrôle : {refus}"
    try:
        return base.execute(requete, valeurs).fetchall()
    except sqlite3.Error as erreur:
        return f"refusée par SQLite : {erreur}"


def choisir(question: str) -> dict[str, str]:
    proprietes = {"requete": {"enum": list(GABARITS)}, "produit": {"enum": produits}}
    schema = {"type": "object", "properties": proprietes, "required": list(proprietes)}
    schema["additionalProperties"] = False
    textes = json.dumps(proprietes, ensure_ascii=False)
    consigne = f"Choisis la requête et le produit. Réponds en JSON : {textes}"
    messages = [{"role": "user", "content": f"{consigne}\nQuestion : {question}"}]
    reponse = ollama.chat(MODELE, messages, format=schema, options=OPTIONS)
    return json.loads(reponse.message.content)


chemin = Path("orvelune.db")
creer(chemin)
base = sqlite3.connect(f"file:{chemin}?mode=ro", uri=True)
produits = [nom for (nom,) in base.execute("SELECT DISTINCT produit FROM ventes")]
base.set_authorizer(autoriser)
base.set_progress_handler(lambda: 1, 1_000_000)  # une requête trop longue est interrompue

justes = 0
for question, attendue in QUESTIONS.items():
    choix = choisir(question)
    produit = next((nom for nom in produits if nom in question), choix["produit"])
    juste = choix == {"requete": attendue, "produit": produit}
    justes += juste
    print(f"{question}\n  [{'oui' if juste else 'non'}] choix du modèle : {choix}")
    print(f"    {executer(GABARITS[choix['requete']], choix)}")
    print(f"  la bonne requête : {executer(GABARITS[attendue], {'produit': produit})}")
print(f"Choix justes : {justes}/{len(QUESTIONS)}")

print("\nRequêtes dangereuses :")
for requete in DANGEREUSES:
    print(f"  {requete}\n    {executer(requete, {})}")

base.set_authorizer(None)
try:
    base.execute("DELETE FROM ventes")
except sqlite3.OperationalError as erreur:
    print(f"\nMême sans contrôle, la connexion refuse d'écrire : {erreur}")
print(f"Lignes de ventes : {base.execute('SELECT COUNT(*) FROM ventes').fetchone()[0]}")
