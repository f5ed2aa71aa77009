"""Module 2, suite : l'adresse du serveur, les mandataires, et le programme de vérification."""

from __future__ import annotations

import importlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import ollama
import pytest

from scripts.execution.resultat import Execution
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins
from tests.lecons.faux_ollama import FauxOllama

MODULE = "module_2_environnement"
VERIFIER = f"{MODULE}/verifier_environnement.py"
ADRESSES = f"{MODULE}/17_adresse_du_serveur.py"
PREMIERE = f"{MODULE}/09_premiere_requete.py"
SERVEUR = "serveur, Ollama 0.30 ou plus"
Executer = Callable[..., Execution]


def adresse_sans_serveur() -> str:
    """Une adresse locale où rien n'écoute."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{prise.getsockname()[1]}"


# --- OLLAMA_HOST ---


@pytest.mark.snippet(ADRESSES)
def test_une_adresse_http_sans_port_vise_le_port_80(execution: Execution) -> None:
    lues = dict(re.findall(r"^'(.*)' +→ (\S+)$", execution.sortie, re.MULTILINE))
    assert lues["127.0.0.1"] == lues[""] == "http://127.0.0.1:11434"
    assert lues["http://127.0.0.1"] == "http://127.0.0.1:80"
    assert lues["https://ollama.exemple.fr"] == "https://ollama.exemple.fr:443"
    assert "'::1'                         refusée" in execution.sortie


LISIBLES = (
    *("", "127.0.0.1", "127.0.0.1:", ":8080", "localhost", "mon-pc:80", "[::1]", "[::1]:11434"),
    *("http://127.0.0.1", "http://127.0.0.1/", "http://[::1]", "http://[fe80::1]:8080"),
    *("https://o.exemple.fr", "https://o.exemple.fr/ollama/", "http://127.0.0.1:65535"),
)
# Valeur -> un mot de la phrase qui dit la faute.
DOUTEUSES = {
    **dict.fromkeys([" ", "127.0.0.1:11434 ", "\t127.0.0.1", "127.0.0.1\n", "a b"], "signe"),
    **dict.fromkeys(['"127.0.0.1"', "'127.0.0.1'", "“127.0.0.1”", "u:p@hote", "a,b"], "signe"),
    **dict.fromkeys(["::1", "::1:11434", "http://::1", "fe80::1", "1:2:3"], "crochets"),
    **dict.fromkeys(["[::1", "[localhost]:80", "[::g]", "a[::1]"], "crochets"),
    **dict.fromkeys(["0.0.0.0", "0.0.0.0:11434", "http://0.0.0.0", "[::]", "[::]:80"], "écoute"),
    **dict.fromkeys(["ftp://127.0.0.1", "tcp://a:1", "://a", "http://http://a"], "http"),
    **dict.fromkeys(["http:127.0.0.1", "http:/127.0.0.1", "https//a"], "deux barres"),
    **dict.fromkeys(["http://", "http:///x"], "hôte"),
    **dict.fromkeys(["127.0.0.1:abc", "a:-1", "a:80b", "http://[::1]:x"], "nombre"),
    **dict.fromkeys(["11434", "http://11434"], "port seul"),
    **dict.fromkeys(["a:0", "a:70000", "a:999999", "http://a:00000"], "port"),
    **dict.fromkeys(["http://a:1/api", "a:1/v1/", "http://a/api/chat"], "chemin"),
}
LIRE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from adresse import lire_adresse
from constats import Echec
def lire(valeur):
    try:
        return [lire_adresse(valeur), ""]
    except Echec as echec:
        return [str(echec), echec.remede]
print(json.dumps([lire(valeur) for valeur in json.loads(sys.argv[2])]))
"""


@pytest.fixture
def lire(executer: Executer, tmp_path: Path) -> Callable[[list[str]], list[list[str]]]:
    """Ce que `lire_adresse` rend ou refuse, pour chaque valeur."""
    lecteur = tmp_path / "lecteur.py"
    lecteur.write_text(LIRE, encoding="utf-8")

    def lancer(valeurs: list[str]) -> list[list[str]]:
        arguments = (str(chemins.SNIPPETS / MODULE), json.dumps(valeurs))
        essai = executer(ADRESSES, source=lecteur, args=arguments)
        assert essai.code == 0, essai.erreurs
        lues: list[list[str]] = json.loads(essai.sortie)
        return lues

    return lancer


@pytest.mark.essai(ADRESSES)
def test_une_adresse_lisible_l_est_comme_le_paquet_la_lit(
    lire: Callable[[list[str]], list[list[str]]],
) -> None:
    lecteur = importlib.import_module("ollama._client")
    for valeur, (adresse, remede) in zip(LISIBLES, lire(list(LISIBLES)), strict=True):
        assert adresse == lecteur._parse_host(valeur), valeur
        assert not remede, valeur


@pytest.mark.essai(ADRESSES)
def test_une_adresse_douteuse_dit_sa_faute(lire: Callable[[list[str]], list[list[str]]]) -> None:
    for (valeur, faute), (constat, remede) in zip(
        DOUTEUSES.items(), lire(list(DOUTEUSES)), strict=True
    ):
        assert faute in constat, (valeur, constat)
        assert "OLLAMA_HOST=http://" in remede, valeur


@pytest.mark.essai()
def test_la_commande_ollama_lit_l_adresse_de_la_meme_facon(ollama_prive: Serveur) -> None:
    commande = ollama_prive.executable or "ollama"
    essai = subprocess.run(
        [commande, "list"],
        env={**os.environ, "OLLAMA_HOST": "http://127.0.0.1"},
        capture_output=True,
        text=True,
    )
    assert essai.returncode == 1
    assert "could not connect to ollama server" in essai.stderr


@pytest.mark.essai(PREMIERE, f"{MODULE}/10_requete_http.py", f"{MODULE}/18_panne_serveur_eteint.py")
@pytest.mark.parametrize(
    "programme", ["09_premiere_requete", "10_requete_http", "18_panne_serveur_eteint"]
)
def test_une_lecon_refuse_une_adresse_douteuse_en_une_phrase(
    executer: Executer, programme: str
) -> None:
    essai = executer(f"{MODULE}/{programme}.py", env={"OLLAMA_HOST": "::1"})
    assert essai.code == 1
    assert "crochets" in essai.erreurs and "→ écrivez" in essai.erreurs
    assert "Traceback" not in essai.erreurs


@pytest.mark.essai(PREMIERE)
def test_une_lecon_dit_que_le_serveur_ou_le_modele_manque(executer: Executer) -> None:
    sans_serveur = executer(PREMIERE, env={"OLLAMA_HOST": adresse_sans_serveur()})
    assert sans_serveur.code == 1 and "→ ouvrez Ollama" in sans_serveur.erreurs
    sans_modele = executer(PREMIERE, env={"COURS_MODELE": "jamais-telecharge"})
    assert sans_modele.code == 1 and "→ ollama pull jamais-telecharge" in sans_modele.erreurs
    sans_nom = executer(PREMIERE, env={"COURS_MODELE": ""})
    assert sans_nom.code == 1 and "corrigez COURS_MODELE" in sans_nom.erreurs
    assert "Traceback" not in sans_nom.erreurs


@pytest.mark.essai(f"{MODULE}/20_panne_port_pris.py", f"{MODULE}/05_copier_supprimer.py")
def test_une_commande_qui_manque_ou_ne_finit_pas(executer: Executer) -> None:
    absente = executer(f"{MODULE}/05_copier_supprimer.py", env={"PATH": "/nulle/part"})
    assert absente.code == 1 and "ollama est introuvable" in absente.erreurs
    libre = executer(f"{MODULE}/20_panne_port_pris.py", env={"OLLAMA_HOST": adresse_sans_serveur()})
    assert libre.code == 1 and "encore en marche" in libre.erreurs


# --- verifier_environnement.py ---


def controles(execution: Execution) -> dict[str, bool]:
    """Nom de chaque point contrôlé -> vrai s'il est [OK]."""
    lignes = re.findall(r"^\[(OK|ÉCHEC)\] +(.+?) :", execution.sortie, re.MULTILINE)
    return {nom: verdict == "OK" for verdict, nom in lignes}


def echec_unique(execution: Execution, point: str) -> tuple[str, str]:
    """Le constat et le remède du seul point en échec, après quoi rien d'autre n'est contrôlé."""
    assert execution.code == 1, execution.sortie
    assert "Traceback" not in execution.erreurs, execution.erreurs
    echecs = re.findall(r"^\[ÉCHEC\] (.+?) : (.+)\n +→ (.+)$", execution.sortie, re.MULTILINE)
    assert [nom for nom, _, _ in echecs] == [point], execution.sortie
    assert execution.sortie.rstrip().endswith(echecs[0][2]), "la chaîne s'arrête là"
    return echecs[0][1], echecs[0][2]


@pytest.mark.snippet(VERIFIER)
def test_tout_va_bien(execution: Execution) -> None:
    points = controles(execution)
    assert len(points) == 9 and all(points.values()), execution.sortie


@pytest.mark.essai(VERIFIER)
def test_serveur_eteint(executer: Executer) -> None:
    essai = executer(VERIFIER, env={"OLLAMA_HOST": adresse_sans_serveur()})
    constat, remede = echec_unique(essai, SERVEUR)
    assert "rien n'écoute" in constat and "ollama serve" in remede


@pytest.mark.essai(VERIFIER)
@pytest.mark.parametrize(
    ("hote", "constat", "remede"),
    [
        ("http://127.0.0.1", "rien n'écoute", ":11434"),
        ("ollama.nulle-part.invalid:11434", "inconnu", "OLLAMA_HOST"),
        ("a..b", "inconnu", "OLLAMA_HOST"),
    ],
)
def test_une_adresse_bien_ecrite_ou_rien_ne_repond(
    executer: Executer, hote: str, constat: str, remede: str
) -> None:
    dit = echec_unique(executer(VERIFIER, env={"OLLAMA_HOST": hote}), SERVEUR)
    assert constat in dit[0] and remede in dit[1], dit


@pytest.mark.essai(VERIFIER)
def test_une_adresse_mal_ecrite_n_accuse_pas_le_paquet(executer: Executer) -> None:
    for hote in (" 127.0.0.1", '"127.0.0.1:11434"', "::1", "127.0.0.1:port"):
        essai = executer(VERIFIER, env={"OLLAMA_HOST": hote})
        constat, remede = echec_unique(essai, "adresse du serveur")
        assert constat.startswith("OLLAMA_HOST vaut"), constat
        assert "OLLAMA_HOST=http://127.0.0.1:11434" in remede
    assert controles(executer(VERIFIER, env={"OLLAMA_HOST": "::1"}))["mémoire"]


@pytest.mark.essai(VERIFIER)
@pytest.mark.parametrize(
    ("variables", "constat", "remede"),
    [
        ({"HTTP_PROXY": "http://moi:secret@proxy:3128"}, "proxy:3128", "NO_PROXY=127"),
        ({"ALL_PROXY": "proxy:3128", "NO_PROXY": "exemple.fr"}, "proxy:3128", "NO_PROXY=127"),
        ({"HTTP_PROXY": "http://proxy:1", "NO_PROXY": "127.0.0.0/8"}, "proxy:1", "NO_PROXY=127"),
        ({"ALL_PROXY": "socks5://proxy:1080"}, "SOCKS", "httpx[socks]"),
        ({"ALL_PROXY": "socks5://proxy:1080", "NO_PROXY": "127.0.0.1"}, "SOCKS", "ALL_PROXY"),
        ({"ALL_PROXY": "socks4://proxy:1080"}, "mal écrite", "corrigez"),
        ({"HTTPS_PROXY": "http://proxy:abc"}, "mal écrite", "corrigez"),
        ({"HTTP_PROXY": "proxy:1", "NO_PROXY": "[::1]"}, "mal écrite", "NO_PROXY"),
    ],
)
def test_un_mandataire_qui_s_interpose(
    executer: Executer, faux: FauxOllama, variables: dict[str, str], constat: str, remede: str
) -> None:
    dit = echec_unique(executer(VERIFIER, env=faux.env | variables), "mandataire (proxy)")
    assert constat in dit[0] and remede in dit[1], dit
    assert "secret" not in dit[0]


@pytest.mark.essai(VERIFIER)
@pytest.mark.parametrize(
    "variables",
    [
        {"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "localhost, 127.0.0.1"},
        {"ALL_PROXY": "http://proxy:3128", "no_proxy": "*"},
        {"HTTPS_PROXY": "http://proxy:3128"},
        {"HTTP_PROXY": ""},
    ],
)
def test_un_mandataire_qui_laisse_passer(
    executer: Executer, faux: FauxOllama, variables: dict[str, str]
) -> None:
    essai = executer(VERIFIER, env=faux.env | variables)
    assert essai.code == 0, essai.sortie
    assert "mandataire (proxy) : aucun" in essai.sortie


@pytest.mark.essai(VERIFIER)
def test_un_mandataire_devant_une_autre_machine_est_nomme(executer: Executer) -> None:
    proxy = adresse_sans_serveur()
    hote = "http://ollama.exemple.fr:11434"
    essai = executer(VERIFIER, env={"OLLAMA_HOST": hote, "HTTP_PROXY": proxy})
    constat, remede = echec_unique(essai, SERVEUR)
    assert proxy.removeprefix("http://") in constat and "NO_PROXY" in remede


class Autre(BaseHTTPRequestHandler):
    """Un serveur web qui n'est pas Ollama."""

    def do_GET(self) -> None:
        """Répond une page, ou une erreur sous /cassé."""
        self.send_response(500 if "casse" in self.path else 200)
        self.end_headers()
        self.wfile.write(b"<html>Bonjour</html>")

    def log_message(self, *_: object) -> None:
        """N'écrit rien."""


@pytest.fixture
def autre_serveur() -> Iterator[str]:
    """L'adresse d'un serveur web ordinaire."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Autre) as serveur:
        threading.Thread(target=serveur.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{serveur.server_port}"
        serveur.shutdown()


@pytest.mark.essai(VERIFIER)
def test_un_autre_programme_repond(executer: Executer, autre_serveur: str) -> None:
    for chemin in ("", "/casse"):
        essai = executer(VERIFIER, env={"OLLAMA_HOST": autre_serveur + chemin})
        constat, remede = echec_unique(essai, SERVEUR)
        assert "pas Ollama" in constat and "OLLAMA_HOST" in remede
    chiffre = autre_serveur.replace("http://", "https://")
    constat, remede = echec_unique(executer(VERIFIER, env={"OLLAMA_HOST": chiffre}), SERVEUR)
    assert "https" in constat and "http://" in remede


@pytest.mark.essai(VERIFIER)
def test_ollama_trop_ancien(executer: Executer, faux: FauxOllama) -> None:
    faux.version = "0.5.7"
    constat, remede = echec_unique(executer(VERIFIER, env=faux.env), SERVEUR)
    assert constat == "0.5.7" and "à jour" in remede


@pytest.mark.essai(VERIFIER)
@pytest.mark.parametrize(
    "nom", ["faux", "Faux:LATEST", "library/faux", "registry.ollama.ai/library/faux", " faux "]
)
def test_un_nom_de_modele_s_ecrit_de_plusieurs_facons(
    executer: Executer, faux: FauxOllama, nom: str
) -> None:
    essai = executer(VERIFIER, env=faux.env | {"COURS_MODELE": nom})
    assert essai.code == 0, essai.sortie


@pytest.mark.essai(VERIFIER)
def test_un_vrai_serveur_accepte_ces_memes_noms(ollama_prive: Serveur) -> None:
    client, nom = ollama.Client(host=ollama_prive.adresse), ollama_prive.modele
    for ecrit in (nom.upper(), f"library/{nom}", f"registry.ollama.ai/library/{nom}", f" {nom} "):
        assert client.show(ecrit).capabilities, ecrit


@pytest.mark.essai(VERIFIER)
def test_modele_absent_vide_ou_mal_ecrit(executer: Executer) -> None:
    for nom, conseil in {
        "jamais-telecharge": "ollama pull jamais-telecharge",
        "": "retirez-la",
        "  ": "retirez-la",
        '"entre guillemets"': "COURS_MODELE",
    }.items():
        essai = executer(VERIFIER, env={"COURS_MODELE": nom})
        assert conseil in echec_unique(essai, "modèle")[1], nom


@pytest.mark.essai(VERIFIER)
def test_un_modele_d_embedding_ne_converse_pas(executer: Executer, faux: FauxOllama) -> None:
    faux.capacites = ["embedding"]
    constat, remede = echec_unique(executer(VERIFIER, env=faux.env), "modèle")
    assert "converse" in constat and "COURS_MODELE" in remede


@pytest.mark.essai(VERIFIER)
@pytest.mark.parametrize(
    ("panne", "constat", "remede"),
    [
        ("<pense>", "réfléchit", "think=False"),
        ("<inacheve>", "sans marque de fin", "journal"),
        ("<rien>", "sans marque de fin", "journal"),
        ("<vide>", "vide", "autre modèle"),
        ("<erreur>", "out of memory", "COURS_MODELE=smollm2:135m"),
        ("<coupe>", "Error", "journal"),
        ("<charabia>", "Error", "journal"),
        (503, "503", "journal"),
    ],
)
def test_une_reponse_qui_n_en_est_pas_une(
    executer: Executer, faux: FauxOllama, panne: str | int, constat: str, remede: str
) -> None:
    faux.reponses = [panne]
    dit = echec_unique(executer(VERIFIER, env=faux.env), "réponse du modèle")
    assert constat in dit[0] and remede in dit[1], dit


@pytest.mark.essai(VERIFIER)
def test_un_premier_chargement_lent(executer: Executer, faux: FauxOllama) -> None:
    faux.reponses = ["<muet>"]
    essai = executer(VERIFIER, env=faux.env, args=("--delai", "0.5"))
    _, remede = echec_unique(essai, "réponse du modèle")
    assert "--delai 900" in remede


@pytest.mark.essai(VERIFIER)
def test_une_reponse_coupee_n_est_pas_une_panne(executer: Executer, faux: FauxOllama) -> None:
    faux.reponses = ["<long>"]
    essai = executer(VERIFIER, env=faux.env)
    assert essai.code == 0, "le modèle répond : l'installation est bonne"
    assert "Trop (coupée : augmentez num_predict" in essai.sortie


@pytest.mark.essai(VERIFIER)
def test_machine_trop_petite(executer: Executer, faux: FauxOllama) -> None:
    essai = executer(VERIFIER, env=faux.env, args=("--disque", "1e9", "--memoire", "1e9"))
    assert essai.code == 1
    points = controles(essai)
    assert not points["place sur le disque"] and not points["mémoire"]
    assert points["réponse du modèle"], "un échec de la machine n'empêche pas la suite"


@pytest.mark.essai(VERIFIER)
@pytest.mark.parametrize("encodage", ["cp1252", "ascii", "cp850", "utf-8"])
def test_aucun_affichage_n_arrete_les_programmes(executer: Executer, encodage: str) -> None:
    console = {"PYTHONIOENCODING": encodage, "PYTHONUTF8": "0"}
    verifie = executer(VERIFIER, env=console, args=("--memoire", "9999"))
    assert verifie.code == 1
    assert "UnicodeEncodeError" not in verifie.erreurs + verifie.sortie
    if encodage == "ascii":
        assert "[ECHEC] memoire" in verifie.sortie and "-> prenez un modele" in verifie.sortie
    adresses = executer(ADRESSES, env=console)
    assert adresses.code == 0, adresses.erreurs


@pytest.mark.essai(VERIFIER)
def test_paquet_ollama_absent(ollama_prive: Serveur, tmp_path: Path) -> None:
    essai = subprocess.run(
        [sys.executable, "-S", chemins.SNIPPETS / VERIFIER],
        env={"HOME": str(tmp_path), "OLLAMA_HOST": ollama_prive.adresse, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert essai.returncode == 1
    assert "[ÉCHEC] paquet ollama : il n'est pas installé" in essai.stdout
    assert "→ python -m pip install ollama" in essai.stdout


@pytest.fixture
def executer_apres(executer: Executer, tmp_path: Path) -> Callable[[str], Execution]:
    """Lance le vérificateur après une ligne de Python, qui change ce qu'il voit de la machine."""

    def lancer(avant: str) -> Execution:
        enveloppe = tmp_path / "enveloppe.py"
        enveloppe.write_text(
            "import os, runpy, sys\n"
            f"{avant}\n"
            "sys.argv = sys.argv[1:]\n"
            "sys.path.insert(0, os.path.dirname(sys.argv[0]))\n"
            "runpy.run_path(sys.argv[0], run_name='__main__')\n",
            encoding="utf-8",
        )
        script = str(chemins.SNIPPETS / VERIFIER)
        hote = {"OLLAMA_HOST": adresse_sans_serveur()}
        return executer(VERIFIER, source=enveloppe, args=(script,), env=hote)

    return lancer


@pytest.mark.essai(VERIFIER)
def test_python_trop_ancien(executer_apres: Callable[[str], Execution]) -> None:
    essai = executer_apres("sys.version_info = (3, 9, 0)")
    assert essai.code == 1
    assert "[ÉCHEC] Python 3.11 ou plus : 3.9" in essai.sortie
    assert "→ installez un Python plus récent" in essai.sortie


@pytest.mark.essai(VERIFIER)
def test_memoire_non_mesuree(executer_apres: Callable[[str], Execution]) -> None:
    essai = executer_apres("del os.sysconf")
    assert "[OK]    mémoire : non mesurée" in essai.sortie


@pytest.mark.essai(VERIFIER)
def test_une_panne_imprevue_se_dit_comme_les_autres(
    executer_apres: Callable[[str], Execution],
) -> None:
    essai = executer_apres("import shutil; shutil.disk_usage = lambda _: 1 / 0")
    assert "[ÉCHEC] place sur le disque : division by zero" in essai.sortie
    assert "→ voyez le dépannage" in essai.sortie
