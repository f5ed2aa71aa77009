import ollama

PORTS_PAR_DEFAUT = {"http": 80, "https": 443}
VALEURS = [
    "127.0.0.1",
    "127.0.0.1:11434",
    "http://127.0.0.1",
    "http://127.0.0.1:11434",
    "https://ollama.exemple.fr",
    "0.0.0.0",
]

for valeur in VALEURS:
    url = ollama.Client(host=valeur)._client.base_url
    port = url.port or PORTS_PAR_DEFAUT[url.scheme]
    print(f"{valeur:<26} → {url.scheme}, {url.host}, port {port}")
