import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")

flux = ollama.chat(
    model=MODELE,
    messages=[{"role": "user", "content": "What is the capital of Italy?"}],
    options={"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 40},
    stream=True,
)
morceaux = []
for partie in flux:
    print(partie.message.content, end="", flush=True)
    morceaux.append(partie.message.content)

print(f"\n\n{len(morceaux)} morceaux, dont les premiers : {morceaux[:4]}")
print("Le dernier porte la raison de l'arrêt :", partie.done_reason)
