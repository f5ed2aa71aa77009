"""Un relais HTTP local entre un snippet et Ollama : il compte, et ne change rien.

Chaque snippet observé reçoit l'adresse de son relais dans `OLLAMA_HOST`. Le relais transmet les
octets dans les deux sens, flux compris, et additionne ce que le serveur annonce : tokens lus et
produits, durée de calcul. Seul un relais voit aussi bien le paquet `ollama`, une requête HTTP
écrite à la main, la commande `ollama` et le point d'accès compatible OpenAI.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit

from scripts.execution.resultat import ROUTES_COMPTEES, Compteur

PROPRES_A_LA_CONNEXION = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}
TAILLE_BLOC = 1 << 16


def connexion(cible: str, silence_s: float) -> http.client.HTTPConnection:
    """Une connexion, pas encore ouverte, au serveur de l'adresse `cible`, chiffrée si elle l'est.

    Elle échoue après `silence_s` secondes sans aucun octet.
    """
    morceaux = urlsplit(cible)
    genre = (
        http.client.HTTPSConnection if morceaux.scheme == "https" else http.client.HTTPConnection
    )
    return genre(morceaux.hostname or "127.0.0.1", morceaux.port, timeout=silence_s)


class _Transmission(BaseHTTPRequestHandler):
    """Une requête transmise au serveur visé, puis sa réponse rendue au fil de l'eau."""

    protocol_version = "HTTP/1.1"
    # Sans quoi chaque réponse, écrite en plusieurs fois, attend 40 ms l'accusé de réception.
    disable_nagle_algorithm = True
    server: _ServeurRelais

    def _transmettre(self) -> None:
        corps = self._lire_corps()
        self.server.compteur.noter_une_requete(self.path, corps)
        amont = connexion(self.server.cible, self.server.silence_s)
        try:
            entetes = {
                nom: valeur
                for nom, valeur in self.headers.items()
                if nom.lower() not in PROPRES_A_LA_CONNEXION
            }
            amont.request(self.command, self.path, body=corps, headers=entetes)
            self._rendre(amont.getresponse())
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # le snippet voit une connexion coupée, comme sans relais
        finally:
            amont.close()

    def _lire_corps(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        morceaux = []
        while taille := int(self.rfile.readline().split(b";")[0], 16):
            morceaux.append(self.rfile.read(taille))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(morceaux)

    def _rendre(self, reponse: http.client.HTTPResponse) -> None:
        self.send_response_only(reponse.status, reponse.reason)
        for nom, valeur in reponse.getheaders():
            if nom.lower() not in PROPRES_A_LA_CONNEXION:
                self.send_header(nom, valeur)
        sans_corps = self.command == "HEAD" or reponse.status in (204, 304)
        self.send_header(
            *(("Content-Length", "0") if sans_corps else ("Transfer-Encoding", "chunked"))
        )
        self.end_headers()
        recu = b""
        while not sans_corps and (bloc := reponse.read1(TAILLE_BLOC)):
            recu += bloc
            self.wfile.write(b"%x\r\n%b\r\n" % (len(bloc), bloc))
        # Compté avant la fin annoncée : le snippet peut se terminer dès qu'il a tout reçu.
        if self.path.startswith(ROUTES_COMPTEES):
            self.server.compteur.lire(recu)
        if not sans_corps:
            self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_DELETE = do_HEAD = _transmettre

    def log_message(self, *_: object) -> None:
        """Le relais se tait."""


class _ServeurRelais(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, cible: str, silence_s: float, compteur: Compteur) -> None:
        super().__init__(("127.0.0.1", 0), _Transmission)
        self.cible, self.silence_s, self.compteur = cible, silence_s, compteur


class Relais(contextlib.AbstractContextManager["Relais"]):
    """`with Relais(cible) as relais:` ouvre un relais vers `cible` ; voir `adresse`, `compteur`.

    `silence_s` est le temps pendant lequel le serveur peut se taire avant que le relais coupe.
    """

    def __init__(self, cible: str, silence_s: float) -> None:
        self.compteur = Compteur()
        self._serveur = _ServeurRelais(cible, silence_s, self.compteur)
        self._fil = threading.Thread(target=self._serveur.serve_forever, args=(0.05,), daemon=True)

    @property
    def adresse(self) -> str:
        """Adresse à donner au snippet dans `OLLAMA_HOST`."""
        return f"http://127.0.0.1:{self._serveur.server_address[1]}"

    def __enter__(self) -> Relais:
        self._fil.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._serveur.shutdown()
        self._serveur.server_close()
