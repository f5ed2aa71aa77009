import os

from connexion import ouvrir

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
PROMPT = "Invente un nom pour un chat noir. Réponds par ce nom seulement."
client = ouvrir(MODELE)


def repondre(temperature, graine):
    options = {"temperature": temperature, "seed": graine, "num_ctx": 2048}
    options["num_predict"] = 12
    return client.generate(MODELE, PROMPT, options=options).response


def comparer(titre, un, autre):
    textes = repondre(*un), repondre(*autre)
    verdict = "même texte" if textes[0] == textes[1] else "textes différents"
    print(f"{titre:<37}: {verdict}")
    print(f"  {textes[0]!r} / {textes[1]!r}")


comparer("température 1,5, graine 1 deux fois", (1.5, 1), (1.5, 1))
for graine in (2, 3, 4):
    comparer(f"température 1,5, graines 1 et {graine}", (1.5, 1), (1.5, graine))
    comparer(f"température 0, graines 1 et {graine}", (0, 1), (0, graine))
