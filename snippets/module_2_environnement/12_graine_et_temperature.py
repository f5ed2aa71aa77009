import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")


def repondre(temperature, graine):
    options = {
        "temperature": temperature,
        "seed": graine,
        "num_ctx": 2048,
        "num_predict": 15,
    }
    reponse = ollama.generate(MODELE, "Propose un nom pour un chat.", options=options)
    return reponse.response


for temperature, graine in [(0.8, 1), (0.8, 1), (0.8, 2), (0, 1), (0, 2)]:
    texte = repondre(temperature, graine)
    print(f"température {temperature}, graine {graine} : {texte!r}")
