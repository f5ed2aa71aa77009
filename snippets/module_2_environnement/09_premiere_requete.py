import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")

reponse = ollama.chat(
    model=MODELE,
    messages=[{"role": "user", "content": "Quelle est la capitale de la France ?"}],
    options={"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 60},
)
print(reponse.message.content)
