"""Toute l'expérience, bras par bras, avec reprise : python experience.py --modele smollm2:135m."""

import argparse
import csv
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

DOSSIER = Path(__file__).parent
REGLAGES = tomllib.loads((DOSSIER / "bras.toml").read_text("utf-8"))
TROIS_BRAS = ["1-base", "3-rag", "7-paraphrases"]


def besoins(nom: str) -> list[str]:
    """Les entraînements qu'il faut à un bras, dans l'ordre."""
    bras = REGLAGES["bras"][nom]
    affine = bras.get("modele") or ("sentiment" if bras.get("jeu") == "avis" else "")
    depart = REGLAGES["entrainements"].get(affine, {}).get("depart")
    return [entrainement for entrainement in (depart, affine) if entrainement]


def etapes(nom: str) -> Iterator[tuple[Path, list[str]]]:
    """(fichier que l'étape laisse, commande) : un fichier déjà là dispense de l'étape."""
    graine, reduit = ["--graine", str(options.graine)], ["--reduit"] * options.reduit
    for affine in besoins(nom):
        exemples = Path(f"exemples/{affine}.jsonl")
        yield exemples, ["01_preparer_exemples.py", affine, *graine, *reduit]
        if affine == REGLAGES["bras"][nom].get("modele") or affine != "sentiment":
            vus = ["--vus", str(options.vus)] if options.vus else []
            yield Path(f"couts/{affine}.json"), ["02_entrainer.py", affine, *graine, *vus]
            yield Path(f"{affine}.Modelfile"), ["03_servir.py", affine]
    yield Path(f"couts/bras-{nom}.json"), ["04_interroger.py", nom, *reduit]


def lancer(commande: list[str]) -> None:
    programme, *arguments = commande
    env = {**os.environ, "COURS_MODELE": options.modele}
    fini = subprocess.run(
        [sys.executable, DOSSIER / programme, *arguments],
        env=env,
        stdout=subprocess.DEVNULL,
    )
    if fini.returncode:
        raise SystemExit(f"{programme} {' '.join(arguments)} a échoué ; relancez pour reprendre.")


def passer(nom: str) -> None:
    debut = time.monotonic()
    faites = [commande for fait, commande in etapes(nom) if not fait.exists()]
    for commande in faites:
        lancer(commande)
    duree = f"{time.monotonic() - debut:.0f} s" if faites else "déjà fait"
    print(f"{nom:15} {REGLAGES['bras'][nom]['titre']:28} {duree}", flush=True)


def resumer() -> None:
    with Path("resultats.csv").open(encoding="utf-8", newline="") as fichier:
        lignes = list(csv.DictReader(fichier))
    print(f"\n{'bras':15} connaissance  comportement")
    for nom in options.bras:
        siennes = [ligne for ligne in lignes if ligne["bras"] == nom]
        parts = []
        for mesure in ("connaissance", "comportement"):
            notes = [ligne["valeur"] == "1" for ligne in siennes if ligne["mesure"] == mesure]
            parts.append(f"{sum(notes)}/{len(notes)}" if notes else "")
        print(f"{nom:15} {parts[0]:>12}  {parts[1]:>12}")


lecteur = argparse.ArgumentParser(description=__doc__)
lecteur.add_argument("--bras", nargs="+", choices=REGLAGES["bras"], metavar="BRAS")
lecteur.add_argument("--modele", default=os.environ.get("COURS_MODELE", "smollm2:135m"))
lecteur.add_argument("--graine", type=int, default=7)
lecteur.add_argument("--dossier", type=Path, help="où travailler ; par défaut, un par graine")
lecteur.add_argument("--vus", type=int, help="exemples lus par entraînement")
lecteur.add_argument("--reduit", action="store_true", help="trois bras, une question sur deux")
options = lecteur.parse_args()
options.bras = options.bras or (TROIS_BRAS if options.reduit else list(REGLAGES["bras"]))
affines = [nom for nom in options.bras if "modele" in REGLAGES["bras"][nom]]
if affines and options.modele != "smollm2:135m" and "COURS_MODELE_HF" not in os.environ:
    raise SystemExit(
        f"COURS_MODELE_HF manque : donnez-lui le nom, chez Hugging Face, de {options.modele}."
    )
nom_du_modele = options.modele.replace(":", "-").replace("/", "-")
suffixe = "-reduit" * options.reduit
dossier = options.dossier or Path("experience", f"{nom_du_modele}-{options.graine}{suffixe}")
dossier.mkdir(parents=True, exist_ok=True)
os.chdir(dossier)
debut = time.monotonic()
for nom in options.bras:
    passer(nom)
lancer(["05_noter.py", "--modele", options.modele, "--graine", str(options.graine)])
resumer()
print(f"\n{time.monotonic() - debut:.0f} s en tout ; tout est dans {dossier}/resultats.csv")
