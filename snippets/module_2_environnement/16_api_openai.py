import os

from openai import OpenAI

from connexion import preparer

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")

client = OpenAI(base_url=f"{preparer()}/v1", api_key="inutile-mais-obligatoire")
reponse = client.chat.completions.create(
    model=MODELE,
    messages=[{"role": "user", "content": "Quelle est la capitale de la France ?"}],
    temperature=0,
    seed=42,
    max_tokens=60,
)
print(reponse.choices[0].message.content)
print("Arrêt :", reponse.choices[0].finish_reason)
print("Tokens :", reponse.usage.prompt_tokens, "+", reponse.usage.completion_tokens)
