import os

from connexion import ouvrir

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
client = ouvrir(MODELE)

reponse = client.chat(
    model=MODELE,
    messages=[{"role": "user", "content": "Quelle est la capitale de la France ?"}],
    options={"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 60},
)
print(reponse.message.content)
