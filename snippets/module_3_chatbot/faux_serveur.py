"""Un faux Ollama, qui tombe en panne sur commande : le nom du modèle dit comment."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DEBUT = {"message": {"role": "assistant", "content": "Je regarde "}, "done": False}
PENSEE = {"message": {"role": "assistant", "thinking": "Voyons…"}, "done": False}
FIN = {"message": {"role": "assistant"}, "done": True, "done_reason": "stop"}
SUITES = {  # ce qu'il répond avec un code 200 ; sans FIN, le flux s'arrête trop tôt
    "coupé": [DEBUT],
    "muet": [DEBUT],
    "inachevé": [DEBUT],
    "erreur au milieu": [DEBUT, {"error": "unexpected EOF"}],
    "flux vide": [],
    "réponse vide": [FIN],
    "pense trop": [PENSEE, FIN],
    "saturé": [DEBUT, FIN],
}
DEMANDES: list[str] = []


class FauxOllama(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        corps = self.rfile.read(int(self.headers["Content-Length"]))
        panne = json.loads(corps)["model"]
        DEMANDES.append(panne)
        sature = panne == "saturé" and DEMANDES.count(panne) == 1
        self.send_response(503 if sature else 200)
        if panne == "coupé":
            self.send_header("Content-Length", "9999")  # promis, jamais tenu
        self.end_headers()
        for ligne in [{"error": "server busy"}] if sature else SUITES[panne]:
            self.wfile.write(json.dumps(ligne).encode() + b"\n")
        time.sleep(2 if panne == "muet" else 0)

    def log_message(self, *_: object) -> None:
        """Ne rien écrire dans le terminal."""


def demarrer() -> ThreadingHTTPServer:
    """Un faux serveur en marche, sur un port libre de cette machine."""
    serveur = ThreadingHTTPServer(("127.0.0.1", 0), FauxOllama)
    serveur.daemon_threads = True
    threading.Thread(target=serveur.serve_forever, daemon=True).start()
    return serveur
