"""Le relais compte sans rien changer, quelle que soit la façon d'appeler Ollama."""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from collections.abc import Iterator

import httpx
import ollama
import pytest

from scripts.execution import executer as execution
from scripts.execution import relais as relais_
from scripts.execution.executer import Reglages
from scripts.execution.relais import Relais
from scripts.execution.resultat import Compteur
from scripts.ollama_prive import adresse
from scripts.ollama_prive.serveur import Serveur
from scripts.socle.processus import port_libre
from tests.outils.depot_essai import SNIPPET, Depot

SILENCE_S = 600.0
OPTIONS = {"temperature": 0, "seed": 1, "num_predict": 5, "num_ctx": 2048}
MESSAGES = [{"role": "user", "content": "Say hello."}]


@pytest.fixture
def relais(ollama_prive: Serveur) -> Iterator[Relais]:
    """Un relais vers le serveur de la session."""
    with Relais(ollama_prive.adresse, SILENCE_S) as ouvert:
        yield ouvert


def test_reponse_et_compte_identiques(relais: Relais, ollama_prive: Serveur) -> None:
    directe, relayee = (
        ollama.Client(adresse).chat(ollama_prive.modele, MESSAGES, options=OPTIONS)
        for adresse in (ollama_prive.adresse, relais.adresse)
    )
    assert relayee.message.content == directe.message.content
    assert relais.compteur.tokens_entree == relayee.prompt_eval_count
    assert relais.compteur.tokens_sortie == relayee.eval_count == 5
    assert relais.compteur.duree_s > 0
    assert relais.compteur.requetes == 1
    assert relais.compteur.modeles == {ollama_prive.modele}


def test_flux(relais: Relais, ollama_prive: Serveur) -> None:
    client = ollama.Client(relais.adresse)
    morceaux = list(client.chat(ollama_prive.modele, MESSAGES, options=OPTIONS, stream=True))
    assert len(morceaux) > 2
    assert relais.compteur.tokens_sortie == 5


def test_requete_http_a_la_main(relais: Relais, ollama_prive: Serveur) -> None:
    corps = {"model": ollama_prive.modele, "messages": MESSAGES, "options": OPTIONS}
    donnees = json.dumps({**corps, "stream": False}).encode()
    with urllib.request.urlopen(relais.adresse + "/api/chat", donnees) as reponse:
        assert json.load(reponse)["eval_count"] == relais.compteur.tokens_sortie == 5


def test_point_d_acces_openai(relais: Relais, ollama_prive: Serveur) -> None:
    corps = {"model": ollama_prive.modele, "messages": MESSAGES, "max_tokens": 5, "stream": True}
    corps["stream_options"] = {"include_usage": True}
    httpx.post(relais.adresse + "/v1/chat/completions", json=corps, timeout=60).raise_for_status()
    assert relais.compteur.tokens_sortie == 5


def test_le_relais_ne_fait_pas_attendre(relais: Relais, ollama_prive: Serveur) -> None:
    """Une réponse qui attend son accusé de réception met 40 ms, cent fois le temps direct."""

    def duree(adresse: str) -> float:
        with httpx.Client(base_url=adresse, trust_env=False) as client:
            client.get("/api/version")
            debut = time.monotonic()
            for _ in range(20):
                client.get("/api/version").raise_for_status()
            return time.monotonic() - debut

    assert duree(relais.adresse) < 20 * duree(ollama_prive.adresse)


def test_erreurs_transmises(relais: Relais) -> None:
    reponse = httpx.post(relais.adresse + "/api/chat", json={"model": "absent:1b"})
    assert reponse.status_code == 404
    assert "absent:1b" in reponse.json()["error"]
    assert httpx.head(relais.adresse + "/").status_code == 200


def test_serveur_disparu() -> None:
    with (
        Relais(f"http://127.0.0.1:{port_libre()}", SILENCE_S) as relais,
        pytest.raises(httpx.HTTPError),
    ):
        httpx.get(relais.adresse + "/api/version")


@pytest.mark.parametrize(
    ("cible", "genre", "hote", "port"),
    [
        ("http://127.0.0.1:11434", http.client.HTTPConnection, "127.0.0.1", 11434),
        ("http://ollama.exemple", http.client.HTTPConnection, "ollama.exemple", 80),
        ("https://ollama.exemple", http.client.HTTPSConnection, "ollama.exemple", 443),
        ("https://[::1]:8443", http.client.HTTPSConnection, "::1", 8443),
    ],
)
def test_le_relais_joint_toute_adresse_acceptee(
    cible: str, genre: type[http.client.HTTPConnection], hote: str, port: int
) -> None:
    voulue = relais_.connexion(adresse.normaliser(cible), 12.0)
    assert type(voulue) is genre and (voulue.host, voulue.port) == (hote, port)
    assert voulue.timeout == 12.0


def test_le_relais_attend_aussi_longtemps_que_le_programme(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Un modèle peut réfléchir en silence : la limite du programme est la seule."""
    silences: list[float] = []

    def relais_note(cible: str, silence_s: float) -> Relais:
        silences.append(silence_s)
        return Relais(cible, silence_s)

    monkeypatch.setattr(execution, "Relais", relais_note)
    execution.executer(SNIPPET, Serveur("http://127.0.0.1:9"), Reglages(limite_s=4321.0))
    assert silences == [4321.0]


def test_lignes_sans_compte() -> None:
    compteur = Compteur()
    compteur.lire(b"[DONE]\n[1, 2]\n\xff\n" + b'{"eval_count": 3}\n')
    assert (compteur.tokens_entree, compteur.tokens_sortie) == (0, 3)
