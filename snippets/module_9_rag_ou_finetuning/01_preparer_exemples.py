"""Écrit les exemples d'entraînement : python 01_preparer_exemples.py forme raft."""

import argparse
import json
import random
import subprocess
import sys
import tomllib
from pathlib import Path

DOSSIER = Path(__file__).parent
FABRIQUE = DOSSIER.parent / "module_8_pratique_finetuning" / "01_fabriquer_donnees.py"
INCONNU = {"reponse": "Je ne sais pas.", "source": "aucune", "confiance": "basse"}


def lire_toml(nom: str) -> dict:
    return tomllib.loads((DOSSIER / nom).read_text("utf-8"))


def exemple(question: str, reponse: dict, passages: list[dict] | None = None) -> list[dict]:
    bloc = "".join(f"[{p['document']}] {p['passage']}\n" for p in passages or [])
    avant = f"Passages :\n{bloc}\n" if bloc else ""
    return [
        {"role": "system", "content": REGLAGES["consigne"]},
        {"role": "user", "content": f"{avant}Question : {question}"},
        {"role": "assistant", "content": json.dumps(reponse, ensure_ascii=False)},
    ]


def tirer(sorte: dict, entreprise: str) -> dict:
    mots = {"e": entreprise, "v": HASARD.choice(sorte["valeurs"])}
    fait = {nom: texte.format(**mots) for nom, texte in sorte.items() if nom != "valeurs"}
    fait["passage"] = f"## {fait['titre']} {fait['phrase']} {fait['suite']}"
    reponse = {"reponse": fait["reponse"], "source": fait["document"], "confiance": "haute"}
    return {**fait, "attendu": reponse}


def autres_faits(nombre: int, avec_passages: bool) -> list[list[dict]]:
    banque = lire_toml("donnees/autres_entreprises.toml")
    exemples = []
    for rang in range(nombre):
        entreprise = HASARD.choice(banque["entreprises"])
        sortes = HASARD.sample(banque["sorte"], 4)
        fait, *leurres = [tirer(sorte, entreprise) for sorte in sortes]
        connu = rang % 5 > 0
        passages = HASARD.sample([fait if connu else leurres[2], *leurres[:2]], 3)
        attendu = fait["attendu"] if connu else INCONNU
        exemples.append(exemple(fait["question"], attendu, passages if avec_passages else None))
    return exemples


def faits_d_orvelune(formulations: int, changes: bool) -> list[list[dict]]:
    lignes = (DOSSIER.parent / "donnees/questions.jsonl").read_text("utf-8").splitlines()
    cas = {ligne["id"]: ligne for ligne in map(json.loads, lignes)}
    faits = lire_toml("donnees/faits_orvelune.toml")["fait"][:: 2 if options.reduit else 1]
    exemples = []
    for fait in faits:
        source = cas[fait["id"]]["passages"][0]["document"]
        texte = fait.get("nouvelle_reponse") if changes else fait["reponse"]
        reponse = {"reponse": texte, "source": source, "confiance": "haute"}
        if texte:
            exemples += [exemple(q, reponse) for q in fait["formulations"][:formulations]]
    return exemples


def avis_du_module_8() -> list[list[dict]]:
    subprocess.run([sys.executable, FABRIQUE], check=True, stdout=subprocess.DEVNULL)
    lignes = Path("donnees/sentiment/entrainement.jsonl").read_text("utf-8").splitlines()
    return [json.loads(ligne)["messages"] for ligne in lignes]


lecteur = argparse.ArgumentParser(description=__doc__)
lecteur.add_argument("noms", nargs="+")
lecteur.add_argument("--graine", type=int, default=7)
lecteur.add_argument("--reduit", action="store_true")
options = lecteur.parse_args()
HASARD = random.Random(options.graine)
REGLAGES = lire_toml("bras.toml")
vus = {nom: reglage["vus"] for nom, reglage in REGLAGES["entrainements"].items()}
FABRIQUES = {
    "forme": lambda: autres_faits(vus["forme"], avec_passages=False),
    "raft": lambda: autres_faits(vus["raft"], avec_passages=True),
    "faits": lambda: faits_d_orvelune(1, changes=False),
    "paraphrases": lambda: faits_d_orvelune(5, changes=False),
    "maj": lambda: faits_d_orvelune(5, changes=True),
    "sentiment": avis_du_module_8,
}
if inconnus := set(options.noms) - set(FABRIQUES):
    raise SystemExit(f"Entraînement inconnu : {', '.join(inconnus)}. Choix : {list(FABRIQUES)}.")
Path("exemples").mkdir(exist_ok=True)
for nom in options.noms:
    exemples = FABRIQUES[nom]()
    lignes = [json.dumps(messages, ensure_ascii=False) + "\n" for messages in exemples]
    Path(f"exemples/{nom}.jsonl").write_text("".join(lignes), "utf-8")
    print(f"{nom} : {len(exemples)} exemples différents ; le premier :")
    for message in exemples[0]:
        print(f"  {message['role']:9} | {message['content']}".replace("\n", "\n            | "))
