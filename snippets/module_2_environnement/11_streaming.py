import os

from connexion import ouvrir

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")

flux = ouvrir(MODELE).chat(
    model=MODELE,
    messages=[{"role": "user", "content": "Quelle est la capitale de l'Italie ?"}],
    options={"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": 40},
    stream=True,
)
morceaux = []
for partie in flux:
    print(partie.message.content, end="", flush=True)
    morceaux.append(partie.message.content)

print(f"\n\n{len(morceaux)} morceaux, dont les premiers : {morceaux[:4]}")
print("Dernier morceau :", "vide" if morceaux[-1] == "" else "plein")
print(f"Arrêt : {partie.done_reason}, après {partie.eval_count} tokens")
