import socket

from connexion import importer_ollama


def port_sans_serveur():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


ollama = importer_ollama()
client = ollama.Client(host=f"http://127.0.0.1:{port_sans_serveur()}")
try:
    client.list()
except ConnectionError as erreur:
    print(f"{type(erreur).__name__} : {erreur}")
