"""Affiche la réponse au fil de l'eau et reconnaît cinq façons dont un flux se termine."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import ollama

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
QUESTION = "Combien d'années les lampes Orvelune sont-elles garanties ?"
SECTION = "Quelle est la durée de la garantie ?"
CONSIGNE = (
    "Réponds d'après les passages en une phrase, suivie de l'identifiant du passage "
    "entre crochets, comme [doc-90]. Si aucun ne répond, écris : « Je ne trouve pas. »"
)
LIGNES = [
    {"message": {"role": "assistant", "content": "Les lampes "}, "done": False},
    {"message": {"role": "assistant", "content": "sont garanties"}, "done": False},
]


class ServeurEnPanne(BaseHTTPRequestHandler):
    """Imite Ollama : commence bien, puis tombe en panne selon le modèle demandé."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        panne = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        annonce = [{"error": "mémoire épuisée"}] if panne == "erreur-annoncee" else []
        for ligne in LIGNES + annonce:
            octets = (json.dumps(ligne) + "\n").encode()
            self.wfile.write(f"{len(octets):x}\r\n".encode() + octets + b"\r\n")
        if panne != "connexion-coupee":
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        pass


def suivre(client: ollama.Client, modele: str, num_predict: int = 60) -> str:
    options = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": num_predict}
    debut, premier, partie = time.perf_counter(), None, None
    try:
        for partie in client.chat(modele, MESSAGES, options=options, stream=True):
            premier = premier or time.perf_counter() - debut
            print(partie.message.content, end="", flush=True)
    except ollama.ResponseError as erreur:
        return f"erreur annoncée dans le flux : {erreur.error}"
    except httpx.HTTPError as erreur:
        return f"connexion perdue : {type(erreur).__name__}"
    if partie is None or not partie.done:
        return "flux fini sans son dernier message"
    fin = time.perf_counter() - debut
    etat = "coupée par num_predict" if partie.done_reason == "length" else "complète"
    return f"{etat}, premier texte à {premier:.2f} s, fin à {fin:.2f} s"


texte = (DOCUMENTS / "faq_produits.md").read_text("utf-8")
passage = texte.split(f"## {SECTION}\n")[1].split("\n## ")[0].strip()
MESSAGES = [
    {"role": "system", "content": CONSIGNE},
    {
        "role": "user",
        "content": f"Passages :\n[doc-12] {SECTION}\n{passage}\n\nQuestion : {QUESTION}",
    },
]
vrai = ollama.Client()
print(f"{QUESTION}\nSource : doc-12, faq_produits.md, {SECTION}")
for limite in (60, 4):
    print("\n>", end=" ")
    print(f"\n  {suivre(vrai, MODELE, limite)}")

serveur = ThreadingHTTPServer(("127.0.0.1", 0), ServeurEnPanne)
threading.Thread(target=serveur.serve_forever, daemon=True).start()
faux = ollama.Client(host=f"http://127.0.0.1:{serveur.server_port}")
for panne in ("erreur-annoncee", "connexion-coupee", "fin-oubliee"):
    print("\n>", end=" ")
    print(f"\n  {suivre(faux, panne)}")
serveur.shutdown()
