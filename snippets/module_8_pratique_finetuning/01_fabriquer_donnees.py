"""Fabrique, avec une graine, les jeux des trois tâches, séparés par genre entier."""

import json
import random
import tomllib
from pathlib import Path

BANQUES = Path(__file__).with_name("donnees")
AVIS_DU_MODULE_7 = Path(__file__).parents[1] / "donnees" / "avis_clients.jsonl"
CONSIGNE = "Classe l'avis. Réponds par un seul mot : positif ou négatif."
EN_VALIDATION = {"cosmetique", "velo", "animaux", "histoire_geo", "avis francs, validation"}
AVIS_FRANCS = {"avis francs": 800, "avis francs, validation": 80}
CLASSES = ("positif", "négatif")
HASARD = random.Random(8)


def lire_toml(nom: str) -> dict:
    return tomllib.loads((BANQUES / nom).read_text("utf-8"))


def lire_jsonl(fichier: Path, **ajouts: str) -> list[dict]:
    lignes = fichier.read_text("utf-8").splitlines()
    return [{**ajouts, **json.loads(ligne)} for ligne in lignes]


def nommer_les_produits(banque: dict) -> list[dict]:
    noms = {"f": banque["noms_f"], "m": banque["noms_m"]}
    noms["n"] = noms["f"] + noms["m"]
    avis = []
    for modele in banque["avis"]:
        nom = HASARD.choice(noms[modele["genre"]])
        avis.append({**modele, "produit": nom, "texte": modele["texte"].replace("{p}", nom)})
    return avis


def composer(morceaux: dict, noms: list[str], categorie: str) -> list[dict]:
    garder = slice(20) if categorie in EN_VALIDATION else slice(20, None)
    avis = []
    for etiquette in CLASSES * (AVIS_FRANCS[categorie] // 2):
        produit, sens = HASARD.choice(noms), etiquette.replace("é", "e")
        suite, phrase = (HASARD.choice(morceaux[nom][garder])[sens] for nom in ("suite", "phrase"))
        phrases = [f"{produit} {suite}.", phrase][: HASARD.choice((1, 2, 2))]
        texte = " ".join(HASARD.sample(phrases, len(phrases)))
        traits = {"categorie": categorie, "etiquette": etiquette, "tour": "franc"}
        avis.append({**traits, "produit": produit, "texte": texte})
    return avis


def exemple(genre: str, *textes: str, **reste: object) -> dict:
    roles = ("user", "assistant") * len(textes)
    tours = [{"role": r, "content": t} for r, t in zip(roles, textes, strict=False)]
    return {"genre": genre, **reste, "messages": tours}


def en_json(avis: dict) -> dict:
    champs = {"produit": avis["produit"], "sentiment": avis["etiquette"]}
    reponse = json.dumps(champs, ensure_ascii=False)
    question = f"Avis : {avis['texte']}"
    return exemple(avis["categorie"], question, reponse, tour=avis["tour"])


def en_sentiment(avis: dict) -> dict:
    textes = avis["texte"], avis["etiquette"]
    classe = exemple(avis["categorie"], *textes, tour=avis["tour"])
    classe["messages"].insert(0, {"role": "system", "content": CONSIGNE})
    return classe


def en_pirate(echange: dict, conversations: list[dict]) -> dict:
    tours = []
    if HASARD.random() < 1 / 4:
        tours = HASARD.choice(conversations)["tours"][: HASARD.randint(1, 6)]
    textes = [texte for tour in tours for texte in tour]
    return exemple(echange["genre"], *textes, echange["question"], echange["reponse"])


def ecrire(tache: str, exemples: list[dict], test: list[dict]) -> None:
    HASARD.shuffle(exemples)
    parties = {"entrainement": [], "validation": [], "test": test}
    for un_exemple in exemples:
        garde = un_exemple["genre"] in EN_VALIDATION
        parties["validation" if garde else "entrainement"].append(un_exemple)
    dossier = Path("donnees") / tache
    dossier.mkdir(parents=True, exist_ok=True)
    for partie, lot in parties.items():
        lignes = [json.dumps(e, ensure_ascii=False) + "\n" for e in lot]
        (dossier / f"{partie}.jsonl").write_text("".join(lignes), "utf-8")
        genres = len({e["genre"] for e in lot})
        print(f"{tache:9} {partie:12} {len(lot):4} exemples, {genres:2} genres")
    for message in parties["entrainement"][0]["messages"]:
        print(f"    {message['role']:9} | {message['content']}")


banque, morceaux = lire_toml("avis.toml"), lire_toml("avis_francs.toml")
avis = nommer_les_produits(banque)
noms = banque["noms_f"] + banque["noms_m"]
avis += [un_avis for nom in AVIS_FRANCS for un_avis in composer(morceaux, noms, nom)]
anciens = lire_jsonl(AVIS_DU_MODULE_7, categorie="avis du module 7", tour="non précisé")
nouveaux = lire_jsonl(BANQUES / "avis_test.jsonl", categorie="avis d'un autre auteur")
for tache, convertir in {"json": en_json, "sentiment": en_sentiment}.items():
    ecrire(tache, list(map(convertir, avis)), list(map(convertir, anciens + nouveaux)))

conversations = lire_toml("tours_banals.toml")["conversation"]
echanges = lire_toml("pirate.toml")["echange"]
questions = lire_jsonl(BANQUES / "pirate_test.jsonl", historique=[])
test = [exemple(q["genre"], *q["historique"], q["question"]) for q in questions]
ecrire("pirate", [en_pirate(echange, conversations) for echange in echanges], test)
