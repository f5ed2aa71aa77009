import os
import time

from connexion import ouvrir

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
LONG = "Le chat dort sur le tapis. " * 40
client = ouvrir(MODELE)


def chronometrer(situation, prompt):
    unique = f"Note {time.time_ns()}. {prompt}"
    options = {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 10}
    mesures = client.generate(MODELE, unique, options=options)
    chargement, lecture = mesures.load_duration, mesures.prompt_eval_duration
    durees = (chargement, lecture, mesures.eval_duration)
    colonnes = "".join(f"{duree / 1e9:>14.3f}" for duree in durees)
    print(f"{situation:<20}{mesures.prompt_eval_count:>10}{colonnes}")


client.generate(MODELE, keep_alive=0)
titres = "".join(f"{titre:>14}" for titre in ("chargement", "lecture", "génération"))
print(f"{'durées en secondes':<20}{'tokens lus':>10}{titres}")
chronometrer("modèle à charger", "Bonjour")
chronometrer("modèle en mémoire", "Bonjour")
chronometrer("prompt long", LONG)
