import os

from connexion import ouvrir

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
QUESTION = [{"role": "user", "content": "Quelle est la capitale de la France ?"}]
client = ouvrir(MODELE)

for limite in (4, 100):
    options = {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": limite}
    reponse = client.chat(MODELE, QUESTION, options=options)
    print(f"num_predict={limite} : {reponse.message.content!r}")
    print(f"  {reponse.eval_count} tokens, arrêt : {reponse.done_reason}")
