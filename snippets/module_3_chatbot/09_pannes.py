"""Provoque cinq pannes avec un faux serveur : l'historique n'en garde aucune trace."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")
OPTIONS = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": 20}
DEBUT = {"message": {"role": "assistant", "content": "Je regarde "}, "done": False}
FIN = {"message": {"role": "assistant", "content": "cela."}, "done": True, "done_reason": "stop"}
FINI = threading.Event()
DEMANDES: list[str] = []


class FauxOllama(BaseHTTPRequestHandler):
    """Le nom du modèle demandé choisit la panne."""

    def do_POST(self) -> None:
        panne = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
        DEMANDES.append(panne)
        sature = panne == "saturé" and DEMANDES.count(panne) == 1
        self.send_response(503 if sature else 200)
        if panne == "coupé":
            self.send_header("Content-Length", "9999")  # promis, jamais tenu
        self.end_headers()
        for ligne in [{"error": "server busy"}] if sature else [DEBUT]:
            self.wfile.write(json.dumps(ligne).encode() + b"\n")
        if panne == "muet":
            FINI.wait(timeout=10)
        if panne == "saturé" and not sature:
            self.wfile.write(json.dumps(FIN).encode() + b"\n")

    def log_message(self, *_: object) -> None:
        pass


def repondre(client: ollama.Client, modele: str) -> str:
    """Recommence une fois, et seulement si rien n'a été reçu."""
    messages, texte, essai, panne = [*historique, QUESTION], "", 0, ""
    while essai < 2 and not texte:
        essai += 1
        try:
            for partie in client.chat(modele, messages, stream=True, options=OPTIONS):
                texte += partie.message.content
                panne = "" if partie.done else "flux fini avant son dernier message"
        except ollama.ResponseError as erreur:
            panne = f"refus {erreur.status_code}, {erreur.error}"
        except httpx.TimeoutException:
            panne = "plus rien reçu avant la fin du délai"
        except httpx.HTTPError as erreur:
            panne = f"connexion perdue, {type(erreur).__name__}"
        time.sleep(0.1 if panne else 0)
    if not panne:
        historique.extend([QUESTION, {"role": "assistant", "content": texte}])
    return f"{essai} essai(s), {panne or 'réponse entière'}"


QUESTION = {"role": "user", "content": "Où est ma commande ?"}
historique: list[dict] = []
faux = ThreadingHTTPServer(("127.0.0.1", 0), FauxOllama)
threading.Thread(target=faux.serve_forever, daemon=True).start()
client = ollama.Client(f"http://127.0.0.1:{faux.server_port}", timeout=1)
for modele in ("coupé", "muet", "fini trop tôt", "saturé"):
    print(f"{modele:14} : {repondre(client, modele)} ; {len(historique)} messages gardés")
FINI.set()
faux.shutdown()
faux.server_close()
print(f"{'éteint':14} : {repondre(client, MODELE)} ; {len(historique)} messages gardés")
print(f"{'le vrai':14} : {repondre(ollama.Client(timeout=60), MODELE)} ; ", end="")
print(f"{len(historique)} messages gardés")
