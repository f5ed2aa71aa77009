"""Un faux Ollama local : les pannes, et les appels qu'un petit modèle n'écrit pas."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FauxOllama(ThreadingHTTPServer):
    """Sert le modèle `faux` et joue `reponses` dans l'ordre ; `requetes` garde ce qu'il reçoit.

    Une réponse est un texte, un message entier (dict), un code d'erreur (int), ou le nom d'une
    panne entre chevrons : <coupe>, <muet>, <inacheve>, <vide>, <long>, <charabia>, <pense>
    (il réfléchit jusqu'à sa limite), <erreur> (au milieu du flux), <rien> (un flux sans une ligne).
    `/api/show` connaît les noms de `noms`, sous toutes les écritures qu'Ollama accepte.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Poignee)
        self.reponses: list[Any] = []
        self.requetes: list[dict[str, Any]] = []
        self.noms = {"faux:latest", "autre:1b"}
        self.capacites = ["completion"]
        self.version = "0.34.2"

    @property
    def env(self) -> dict[str, str]:
        """L'environnement d'un programme qui doit lui parler."""
        adresse = f"http://127.0.0.1:{self.server_address[1]}"
        return {"OLLAMA_HOST": adresse, "COURS_MODELE": "faux"}


class _Poignee(BaseHTTPRequestHandler):
    server: FauxOllama

    def do_GET(self) -> None:
        if self.path == "/api/version":
            self._envoyer(200, {"version": self.server.version})
        else:
            self._envoyer(200, {"models": [{"model": nom} for nom in sorted(self.server.noms)]})

    def do_POST(self) -> None:
        corps = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/show":
            self._decrire(corps["model"])
            return
        self.server.requetes.append(corps)
        reponse = self.server.reponses.pop(0) if self.server.reponses else "Bien."
        if isinstance(reponse, int):
            self._envoyer(reponse, {"error": "refus du faux serveur"})
        elif reponse == "<charabia>":
            self._envoyer(200, "ceci", brut=True)
        elif reponse == "<coupe>":
            self._envoyer(200, self._partie("Je com"), {"Content-Length": "9999"})
        elif reponse == "<muet>":
            self._envoyer(200, self._partie("Je réfléchis"))
            time.sleep(2)
        elif reponse == "<inacheve>":
            self._envoyer(200, self._partie("Je com"))
        elif reponse == "<rien>":
            self.send_response(200)
            self.end_headers()
        elif reponse == "<erreur>":
            self._envoyer(200, self._partie("Je com"))
            self._ecrire({"error": "llama-server process has terminated: out of memory"})
        elif reponse == "<pense>":
            self._envoyer(200, {"message": {"role": "assistant", "thinking": "Voyons"}})
            self._ecrire(self._partie("") | {"done": True, "done_reason": "length"})
        elif isinstance(reponse, str):
            texte = {"<vide>": "", "<long>": "Trop"}.get(reponse, reponse)
            fin = {"done": True, "done_reason": "length" if reponse == "<long>" else "stop"}
            if corps.get("stream"):
                self._envoyer(200, self._partie(texte))
                self._ecrire(self._partie("") | fin)
            else:
                self._envoyer(200, self._partie(texte) | fin)
        else:
            self._envoyer(200, {"message": {"role": "assistant"} | reponse, "done": True})

    def _decrire(self, nom: str) -> None:
        ecrit = nom.strip().lower().removeprefix("registry.ollama.ai/").removeprefix("library/")
        if (ecrit if ":" in ecrit else f"{ecrit}:latest") in self.server.noms:
            infos = {"details": {}, "model_info": {}, "capabilities": self.server.capacites}
            self._envoyer(200, infos)
        else:
            self._envoyer(404, {"error": f"model '{nom}' not found"})

    @staticmethod
    def _partie(texte: str) -> dict[str, Any]:
        return {"message": {"role": "assistant", "content": texte}, "done": False}

    def _envoyer(
        self, code: int, contenu: Any, entetes: dict[str, str] | None = None, brut: bool = False
    ) -> None:
        self.send_response(code)
        for nom, valeur in (entetes or {}).items():
            self.send_header(nom, valeur)
        self.end_headers()
        if brut:
            self.wfile.write(f"{contenu}\n".encode())
        else:
            self._ecrire(contenu)

    def _ecrire(self, contenu: Any) -> None:
        self.wfile.write(json.dumps(contenu).encode() + b"\n")

    def log_message(self, *_: object) -> None:
        """Le faux serveur se tait."""
