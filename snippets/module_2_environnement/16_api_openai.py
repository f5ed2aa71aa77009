import os

from openai import OpenAI

ADRESSE = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")
MODELE = os.environ.get("COURS_MODELE", "llama3.2")

client = OpenAI(base_url=f"{ADRESSE}/v1", api_key="inutile-mais-obligatoire")
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
