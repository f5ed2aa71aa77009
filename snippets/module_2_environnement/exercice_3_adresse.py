# --8<-- [start:imports]
from urllib.parse import urlsplit

# --8<-- [end:imports]


# --8<-- [start:depart]
def adresse_ollama(valeur):
    return f"http://{valeur}"


# --8<-- [end:depart]
# --8<-- [start:solution]
def adresse_ollama(valeur):
    valeur = (valeur or "").strip().rstrip("/") or "127.0.0.1"
    morceaux = urlsplit(valeur if "://" in valeur else f"http://{valeur}")
    hote = morceaux.hostname or "127.0.0.1"
    if hote == "0.0.0.0":
        hote = "127.0.0.1"
    port = morceaux.port or (443 if morceaux.scheme == "https" else 11434)
    return f"{morceaux.scheme}://{hote}:{port}"


# --8<-- [end:solution]
# --8<-- [start:verification]
attendus = {
    None: "http://127.0.0.1:11434",
    "  ": "http://127.0.0.1:11434",
    ":8080": "http://127.0.0.1:8080",
    "192.168.1.20": "http://192.168.1.20:11434",
    "http://192.168.1.20": "http://192.168.1.20:11434",
    "http://192.168.1.20:80/": "http://192.168.1.20:80",
    "https://ollama.exemple.fr": "https://ollama.exemple.fr:443",
    "0.0.0.0": "http://127.0.0.1:11434",
}
for valeur, attendu in attendus.items():
    obtenu = adresse_ollama(valeur)
    assert obtenu == attendu, f"{valeur!r} : {obtenu} au lieu de {attendu}"
print(f"Bravo : les {len(attendus)} écritures donnent la bonne adresse.")
# --8<-- [end:verification]
