import os
import re
import socket
import subprocess
import time
from pathlib import Path

from connexion import importer_ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
LIMITE, ollama = 6 * 1024**3, importer_ollama()


def reglages():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        adresse = f"127.0.0.1:{prise.getsockname()[1]}"
    modelfile = ollama.show(MODELE).modelfile
    modeles = re.search(r"^FROM (.+)/blobs/", modelfile, re.MULTILINE)[1]
    base = {"PATH": os.environ["PATH"], "HOME": str(Path.cwd()), "OLLAMA_HOST": adresse}
    base |= {"OLLAMA_NUM_PARALLEL": "64", "OLLAMA_CONTEXT_LENGTH": "8192"}
    return base | {"OLLAMA_MODELS": modeles, "OLLAMA_NOPRUNE": "1"}


def attendre(client):
    for _ in range(100):
        try:
            return client.list()
        except ConnectionError:
            time.sleep(0.1)


variables = reglages()
client = ollama.Client(host=variables["OLLAMA_HOST"])
commande = ["prlimit", f"--as={LIMITE}", "ollama", "serve"]
with Path("serveur.log").open("w") as journal:
    serveur = subprocess.Popen(commande, env=variables, stdout=journal, stderr=journal)
try:
    attendre(client)
    client.generate(MODELE, "Bonjour", options={"num_predict": 1})
except ollama.ResponseError as erreur:
    print(f"Erreur {erreur.status_code}\n{erreur.error}")
finally:
    serveur.terminate()
    serveur.wait()
