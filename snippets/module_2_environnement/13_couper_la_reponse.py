import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
QUESTION = [{"role": "user", "content": "What is the capital of France?"}]

for limite in (4, 100):
    options = {"temperature": 0, "seed": 42, "num_ctx": 2048, "num_predict": limite}
    reponse = ollama.chat(MODELE, QUESTION, options=options)
    print(f"num_predict={limite} : {reponse.message.content!r}")
    print(f"  {reponse.eval_count} tokens, arrêt : {reponse.done_reason}")
