"""Module 3 : ce que ses trois pages affirment, vérifié sur les programmes qu'elles montrent.

Les pannes, et les appels qu'un petit modèle n'écrit pas, viennent d'un faux Ollama local.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.socle import chemins
from tests.lecons.sorties import entiers

MODULE = "module_3_chatbot"
ASSISTANT = f"{MODULE}/assistant.py"
# cours-fr a oublié d'autres façons de répondre ; smollm2 ne tient pas une conversation en français.
AFFINE = os.environ.get("COURS_MODELE") == "cours-fr"
NON_AFFINE = os.environ.get("COURS_MODELE") == "smollm2:135m"
INTERROMPU = 130
PORT_MUET = "http://127.0.0.1:9"
Executer = Callable[..., Execution]


def dit(essai: Execution) -> str:
    """Tout ce que l'essai a écrit, sans les retours à la ligne de Rich."""
    return " ".join(f"{essai.sortie} {essai.erreurs}".split())


# --- Un faux Ollama ---


class FauxOllama(ThreadingHTTPServer):
    """Sert le modèle `faux` et joue `reponses` dans l'ordre ; `requetes` garde ce qu'il reçoit.

    Une réponse est un texte, un message entier (dict), un code d'erreur (int), ou le nom d'une
    panne entre chevrons : <coupe>, <muet>, <inacheve>, <vide>, <long>, <charabia>.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Poignee)
        self.reponses: list[Any] = []
        self.requetes: list[dict[str, Any]] = []

    @property
    def env(self) -> dict[str, str]:
        """L'environnement d'un programme qui doit lui parler."""
        adresse = f"http://127.0.0.1:{self.server_address[1]}"
        return {"OLLAMA_HOST": adresse, "COURS_MODELE": "faux"}


class _Poignee(BaseHTTPRequestHandler):
    server: FauxOllama

    def do_GET(self) -> None:
        self._envoyer(200, {"models": [{"model": "faux:latest"}, {"model": "autre:1b"}]})

    def do_POST(self) -> None:
        corps = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
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


@pytest.fixture
def faux() -> Iterator[FauxOllama]:
    """Un faux Ollama, en marche le temps d'un test."""
    with FauxOllama() as serveur:
        fil = threading.Thread(target=serveur.serve_forever, args=(0.05,), daemon=True)
        fil.start()
        yield serveur
        serveur.shutdown()


# --- La conversation ---


@pytest.mark.snippet(f"{MODULE}/01_sans_etat.py", modele="cours-fr")
def test_sans_l_historique_le_prenom_est_inconnu(execution: Execution) -> None:
    lus = entiers(r"(\d+) tokens lus$", execution.sortie)
    assert len(lus) == 3 and lus[2] > max(lus[:2])
    _, seule, suivie = re.findall(r"Modèle : (.*)$", execution.sortie, re.MULTILINE)
    assert "Oriane" not in seule
    assert NON_AFFINE or "Oriane" in suivie


@pytest.mark.snippet(f"{MODULE}/02_historique.py", modele="cours-fr")
def test_chaque_tour_relit_tous_les_precedents(execution: Execution) -> None:
    lus = entiers(r"tour \d : (\d+) tokens lus", execution.sortie)
    assert len(lus) == 4
    assert lus == sorted(set(lus))
    assert entiers(r"^(\d+) messages gardés", execution.sortie) == [8]


@pytest.mark.snippet(f"{MODULE}/03_fil_de_l_eau.py", modele="cours-fr")
def test_une_reponse_interrompue_n_entre_pas_dans_l_historique(execution: Execution) -> None:
    etats = re.findall(r"^  (entière|interrompue).* ; (\d) messages", execution.sortie, re.M)
    assert etats == [("entière", "2"), ("interrompue", "2"), ("entière", "4")]
    durees = re.findall(r"à (\d+\.\d\d) s, fin à (\d+\.\d\d) s", execution.sortie)
    assert len(durees) == 2 and all(float(mot) <= float(fin) for mot, fin in durees)


@pytest.mark.snippet(f"{MODULE}/04_fenetre_pleine.py", modele="cours-fr")
def test_la_fenetre_deborde_sans_erreur(execution: Execution) -> None:
    grande, petite = (
        entiers(r"messages, +(\d+) tokens lus", bloc)
        for bloc in execution.sortie.split("num_ctx = ")[1:]
    )
    assert grande == sorted(set(grande)) and len(grande) == len(petite) == 3
    assert petite[0] == grande[0], "une conversation courte tient dans les deux"
    assert petite[-1] <= 256 < grande[-1], "une longue perd son début, en silence"


@pytest.mark.snippet(f"{MODULE}/05_elaguer.py", modele="cours-fr")
def test_elaguer_laisse_sa_place_a_la_reponse(execution: Execution) -> None:
    [(gardes, total)] = re.findall(r"^(\d+) messages gardés sur (\d+)$", execution.sortie, re.M)
    assert total == "18" and 4 <= int(gardes) < 18 and int(gardes) % 2 == 0
    [(estimes, lus)] = re.findall(r"(\d+) tokens estimés, (\d+) lus", execution.sortie)
    assert int(lus) <= 256 - 30
    assert abs(int(estimes) - int(lus)) <= 0.15 * int(lus)
    assert "le premier après la consigne : Ma commande" not in execution.sortie


@pytest.mark.snippet(f"{MODULE}/06_resumer.py", modele="cours-fr")
def test_ce_que_garde_chaque_memoire(execution: Execution) -> None:
    lignes = re.findall(r"^(\S.+?) +: (\d)/6 faits, +(\d+) tokens", execution.sortie, re.M)
    faits = {nom: int(nombre) for nom, nombre, _ in lignes}
    tokens = {nom: int(nombre) for nom, _, nombre in lignes}
    assert faits["tout envoyer"] == faits["tenir une fiche"] == 6
    assert faits["élaguer"] == 0
    assert 0 <= faits["résumer par le modèle"] <= 6
    assert tokens["élaguer"] < tokens["tenir une fiche"] < tokens["tout envoyer"]


@pytest.mark.snippet(f"{MODULE}/07_systeme.py")
def test_une_consigne_se_compte_et_se_paie(execution: Execution) -> None:
    lignes = re.findall(r"^(\S.+?) +: (\d)/6 suivies, (\d+) tokens", execution.sortie, re.M)
    suivies = [int(nombre) for _, nombre, _ in lignes]
    lus = [int(nombre) for *_, nombre in lignes]
    assert len(lignes) == 5
    assert suivies[0] <= 1
    assert AFFINE or suivies[3] >= suivies[1] + 2, "la règle est mieux suivie après la question"
    assert lus[0] < min(lus[1:4]) and max(lus[1:4]) < lus[4]


# --- Sauver, tomber en panne ---


@pytest.mark.snippet(f"{MODULE}/08_sauver_reprendre.py")
def test_la_conversation_revient_au_lancement_suivant(
    execution: Execution, executer: Executer, tmp_path: Path
) -> None:
    assert "0 messages retrouvés" in execution.sortie
    assert execution.sortie.count(": refusé (") == 3
    for avant in (0, 2, 4):
        essai = executer(f"{MODULE}/08_sauver_reprendre.py", dossier=tmp_path)
        assert essai.code == 0, essai.erreurs
        assert f"{avant} messages retrouvés" in essai.sortie
        assert f"{avant + 2} messages sauvés" in essai.sortie
    assert [fichier.name for fichier in tmp_path.iterdir()] == ["conversation.json"]
    assert len(json.loads((tmp_path / "conversation.json").read_text("utf-8"))) == 6


@pytest.mark.snippet(f"{MODULE}/09_pannes.py")
def test_une_panne_ne_laisse_rien_dans_l_historique(execution: Execution) -> None:
    vues = re.findall(r"^(.+?) +: (\d) essai\(s\), (.+) ; (\d)", execution.sortie, re.MULTILINE)
    attendues = {
        "coupé": ("1", "connexion perdue, RemoteProtocolError", "0"),
        "muet": ("1", "plus rien reçu avant la fin du délai", "0"),
        "fini trop tôt": ("1", "flux fini avant son dernier message", "0"),
        "saturé": ("2", "réponse entière", "2"),
        "éteint": ("2", "connexion perdue, ConnectError", "2"),
        "le vrai": ("1", "réponse entière", "4"),
    }
    assert {nom: tuple(reste) for nom, *reste in vues} == attendues


# --- Les prompts ---


def messages_etiquetes() -> list[dict[str, Any]]:
    """Le jeu étiqueté de la seconde page."""
    lignes = (chemins.SNIPPETS / MODULE / "messages.jsonl").read_text("utf-8").splitlines()
    return [json.loads(ligne) for ligne in lignes]


def test_le_jeu_etiquete_est_equilibre_et_ne_sert_jamais_d_exemple() -> None:
    cas = messages_etiquetes()
    services = [un_cas["service"] for un_cas in cas]
    assert {services.count(service) for service in set(services)} == {6} and len(cas) == 18
    assert all(un_cas["commande"] in un_cas["texte"] for un_cas in cas)
    assert sum(un_cas["piege"] for un_cas in cas) == 6
    dossier = chemins.SNIPPETS / MODULE
    for fichier in (*dossier.glob("*.py"), *dossier.glob("gabarits/*")):
        texte = fichier.read_text("utf-8")
        assert not [un_cas for un_cas in cas if un_cas["texte"] in texte], fichier.name


@pytest.mark.snippet(f"{MODULE}/10_consigne.py")
def test_quatre_consignes_comptees_a_part(execution: Execution) -> None:
    assert "quatre chiffres : 16/18" in execution.sortie
    motif = (
        r"^(\S.*?) +: forme +(\d+)/18, présent +(\d+)/18, "
        r"exact +(\d+)/18, dont pièges (\d)/6, (\d+) tokens lus$"
    )
    mesures = {
        nom: [int(nombre) for nombre in nombres]
        for nom, *nombres in re.findall(motif, execution.sortie, re.MULTILINE)
    }
    assert list(mesures) == ["vague", "claire", "claire et délimitée", "claire et persona"]
    for forme, present, exact, pieges, _ in mesures.values():
        assert pieges <= exact <= min(forme, present)
    couts = [mesure[-1] for mesure in mesures.values()]
    assert couts[0] < couts[1] < min(couts[2:])


@pytest.mark.snippet(f"{MODULE}/11_exemples.py")
def test_les_exemples_apprennent_d_abord_la_forme(execution: Execution) -> None:
    lignes = re.findall(r"^(\S.+?) +: forme +(\d+)/18, exact +(\d+)/18$", execution.sortie, re.M)
    forme = {nom: int(nombre) for nom, nombre, _ in lignes}
    exact = {nom: int(nombre) for nom, _, nombre in lignes}
    assert exact["toujours « livraison »"] == 6
    assert len(lignes) == 4 and all(exact[nom] <= forme[nom] for nom in forme)
    repartitions = re.findall(r"(\d+) « ", execution.sortie)
    assert sum(map(int, repartitions)) == 4 * 18
    trois = forme["few-shot, trois"]
    assert AFFINE or (trois >= 9 and trois >= forme["zero-shot"])


@pytest.mark.snippet(f"{MODULE}/12_pas_a_pas.py")
def test_raisonner_coute_des_tokens(execution: Execution) -> None:
    lignes = re.findall(
        r"^(\S.+?) +: +(\d+)/10 justes, +(\d+) tokens, +(\d+\.\d) s$", execution.sortie, re.M
    )
    directe, exemples, seule = (int(tokens) for _, _, tokens, _ in lignes)
    assert all(0 <= int(justes) <= 10 for _, justes, *_ in lignes)
    assert directe <= 80
    assert AFFINE or min(exemples, seule) > directe


@pytest.mark.snippet(f"{MODULE}/13_schema_pydantic.py")
def test_une_reponse_fausse_est_refusee_avec_sa_raison(execution: Execution) -> None:
    service, numero, bavarde = re.findall(r"^  -> (.+)$", execution.sortie, re.MULTILINE)
    assert "service : " in service and "commande : " in service
    assert "9999 n'est pas dans le message" in numero
    assert bavarde.startswith("réponse : Invalid JSON")


@pytest.mark.snippet(f"{MODULE}/13_schema_pydantic.py")
def test_une_seconde_chance_et_pas_davantage(execution: Execution) -> None:
    premier, second, refusees = entiers(r" : (\d+)/12$", execution.sortie)
    assert premier + second + refusees == 12
    [acceptees] = entiers(r"^parmi (\d+) acceptées", execution.sortie)
    assert acceptees == premier + second
    assert all(
        bons <= acceptees for bons in entiers(r"(\d+) bons (?:numéros|services)", execution.sortie)
    )
    assert execution.compteur.requetes == premier + 2 * (second + refusees)


@pytest.mark.snippet(f"{MODULE}/14_gabarit.py")
def test_deux_versions_d_un_prompt_se_comparent(execution: Execution) -> None:
    empreintes = re.findall(r"empreinte ([0-9a-f]{12}), tests passés", execution.sortie)
    assert len(set(empreintes)) == 2
    v1, v2 = entiers(r"exact (\d+)/18", execution.sortie)
    verdict = "remplace" if v2 > v1 + 2 else "ne remplace pas"
    assert f"v2 {verdict} v1" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/15_veilleur.sh")
def test_le_personnage_tient_mieux_avec_des_exemples(execution: Execution) -> None:
    sans, avec = entiers(r" : (\d)/4 réponses", execution.sortie)
    assert avec >= sans
    assert AFFINE or avec >= 3
    assert re.search(r"^num_predict +24$", execution.sortie, re.MULTILINE)
    assert "\x1b" not in execution.sortie


# --- Les outils ---

REFUS = [
    '{"outil": "calculer", "argument": "9**9"}',
    '{"outil": "calculer", "argument": "99999999999 * 2"}',
    '{"outil": "calculer", "argument": "1 / 0"}',
    '{"outil": "date", "argument": "100000"}',
    '{"outil": "prix", "argument": "Lune"}',
    '{"outil": "effacer", "argument": "tarifs.csv"}',
    '{"outil": "prix", "argument": 58}',
    '{"outil": "prix"}',
    "Je cherche.",
]


def jours(nombre: int) -> str:
    """La date dans `nombre` jours."""
    return (datetime.date.today() + datetime.timedelta(days=nombre)).isoformat()


@pytest.mark.snippet(f"{MODULE}/16_boite_a_outils.py")
def test_trois_appels_valables_et_onze_refus(execution: Execution) -> None:
    verdicts = re.findall(r"^  -> (\S+) : (.+)$", execution.sortie, re.MULTILINE)
    acceptes = [verdict for verdict in verdicts if verdict[0] != "refus"]
    assert acceptes[:2] == [("prix", "58,00 euros"), ("calculer", "122.40")]
    assert acceptes[2][0] == "date" and acceptes[2][1] in (jours(9), jours(8))
    assert len(acceptes) == 3 and len(verdicts) == 14


def test_les_deux_programmes_ont_les_memes_outils() -> None:
    boite, boucle = (
        (chemins.SNIPPETS / MODULE / nom).read_text("utf-8")
        for nom in ("16_boite_a_outils.py", "17_boucle_outils.py")
    )
    commun = boite.split("\nTARIFS = ")[1].split("APPELS = ")[0]
    assert boucle.split("\nTARIFS = ")[1].split("# --8<-- [start:boucle]")[0] == commun
    assert "eval(" not in boite.replace("ast.parse", "")


@pytest.mark.snippet(f"{MODULE}/17_boucle_outils.py")
def test_le_modele_demande_et_le_programme_decide(execution: Execution) -> None:
    bons = entiers(r"bon outil au premier appel : (\d)/9", execution.sortie)
    refuses = entiers(r"appels refusés +: (\d)", execution.sortie)
    resultats = entiers(r"bon résultat +: (\d)/9", execution.sortie)
    assert bons[0] + refuses[0] <= 9 and resultats[0] <= bons[0]
    assert execution.sortie.count("  réponse : ") == 2
    assert execution.compteur.requetes <= 9 + 2 * 3


@pytest.mark.snippet(f"{MODULE}/17_boucle_outils.py")
def test_la_boucle_repond_ou_abandonne(
    execution: Execution, executer: Executer, faux: FauxOllama
) -> None:
    prix = '{"outil": "prix", "argument": "Galapiat"}'
    fin = '{"outil": "répondre", "argument": "58,00 euros"}'
    calcul = '{"outil": "calculer", "argument": "12 * 7"}'
    faux.reponses = [*REFUS, prix, fin, calcul, REFUS[0], REFUS[0]]
    essai = executer(f"{MODULE}/17_boucle_outils.py", env=faux.env)
    assert essai.code == 0, essai.erreurs
    assert "appels refusés             : 9" in essai.sortie
    reponses = re.findall(r"^  réponse : (.+)$", essai.sortie, re.MULTILINE)
    assert reponses == ["58,00 euros", "pas de réponse après 3 appels"]
    assert "-> 84" in essai.sortie
    dernier = faux.requetes[-1]["messages"][-1]["content"]
    assert dernier.startswith("Résultat : seuls les nombres")
    assert all("enum" in str(requete["format"]) for requete in faux.requetes)
    assert "bon outil au premier appel" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/18_outils_natifs.py")
def test_un_modele_sans_outils_le_dit(execution: Execution) -> None:
    assert "ne sait pas appeler d'outils" in execution.sortie
    assert "does not support tools" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/18_outils_natifs.py")
def test_un_appel_natif_est_controle_lui_aussi(
    execution: Execution, executer: Executer, faux: FauxOllama
) -> None:
    appels = [("prix", {"produit": "Galapiat"}), ("date", {"jours": 900}), ("effacer", {})]
    fonctions = [{"function": {"name": nom, "arguments": args}} for nom, args in appels]
    faux.reponses = [{"content": "", "tool_calls": [*fonctions, _date_valable()]}, "Voilà."]
    essai = executer(f"{MODULE}/18_outils_natifs.py", env=faux.env)
    assert essai.code == 0, essai.erreurs
    assert "-> 58,00 euros" in essai.sortie
    assert essai.sortie.count("-> refusé") == 2
    assert f"-> {jours(1)}" in essai.sortie or f"-> {jours(0)}" in essai.sortie
    assert essai.sortie.splitlines()[-1] == "Voilà."
    assert [m["role"] for m in faux.requetes[1]["messages"]].count("tool") == 4
    noms = [outil["function"]["name"] for outil in faux.requetes[0]["tools"]]
    assert noms == ["prix", "date"]


def _date_valable() -> dict[str, Any]:
    return {"function": {"name": "date", "arguments": {"jours": 1}}}


# --- L'assistant ---

# Lance l'assistant, à qui il arrive un accident : Ctrl+C ou un disque plein.
ACCIDENTS = {
    "reponse": """
def chat(self, *args, **options):
    yield next(vrai_chat(self, *args, **options))
    raise KeyboardInterrupt
ollama.Client.chat = chat
""",
    "clavier": """
def saisir(self, *args, **options):
    try:
        return vraie_saisie(self, *args, **options)
    except EOFError:
        raise KeyboardInterrupt from None
Console.input = saisir
""",
    "disque": """
def fsync(descripteur):
    raise OSError(28, "plus de place")
os.fsync = fsync
""",
    "ouverture": """
def liste(self):
    raise KeyboardInterrupt
ollama.Client.list = liste
""",
}
LANCEUR = """
import os, runpy, sys
import ollama
from rich.console import Console

vrai_chat, vraie_saisie = ollama.Client.chat, Console.input
{accidents}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
Discuter = Callable[..., Execution]

pour_l_assistant = pytest.mark.snippet(
    f"{MODULE}/assistant.py",
    modele="cours-fr",
    args=(
        "Bonjour, je m'appelle Oriane.",
        "Quel est mon prénom ?",
        "/systeme Tu réponds en une phrase.",
        "/modele",
        "/sauver essai",
        "/aide",
    ),
)


@pytest.fixture
def discuter(executer: Executer, faux: FauxOllama, tmp_path: Path) -> Discuter:
    """`discuter(*saisies, args=…, accidents=…)` : l'assistant au clavier, avec le faux Ollama."""

    def lancer(
        *saisies: str, args: tuple[str, ...] = (), accidents: tuple[str, ...] = (), **options: Any
    ) -> Execution:
        arguments = list(args)
        if accidents:
            options["source"] = tmp_path.parent / f"{tmp_path.name}_accident.py"
            corps = "".join(ACCIDENTS[nom] for nom in accidents)
            options["source"].write_text(LANCEUR.format(accidents=corps), "utf-8")
            arguments = [str(chemins.SNIPPETS / ASSISTANT), *arguments]
        env = {**faux.env, **options.pop("env", {})}
        entree = "".join(f"{saisie}\n" for saisie in saisies)
        return executer(
            ASSISTANT, args=arguments, env=env, dossier=tmp_path, entree=entree, **options
        )

    return lancer


def refuse(essai: Execution, *mots: str) -> None:
    """Vérifie un arrêt : code non nul, une phrase avec ces mots, aucune trace d'appels."""
    assert essai.code not in (0, INTERROMPU), essai.sortie
    assert len(essai.erreurs.strip().splitlines()) == 1, essai.erreurs
    assert all(mot in essai.erreurs for mot in mots), essai.erreurs


def sauvegardes(dossier: Path) -> list[dict[str, Any]]:
    """Les conversations du dossier, lues ; aucun autre fichier n'y est permis."""
    fichiers = sorted(dossier.iterdir())
    assert all(fichier.suffix == ".json" for fichier in fichiers), fichiers
    return [json.loads(fichier.read_text("utf-8")) for fichier in fichiers]


def conversation(dossier: Path, tours: int, nom: str = "longue.json") -> Path:
    """Une conversation sauvée de `tours` échanges."""
    paire = [{"role": "user", "content": "Où ?" * 20}, {"role": "assistant", "content": "Là." * 20}]
    contenu = {"modele": "faux", "systeme": "Sois bref.", "messages": paire * tours}
    (dossier / nom).write_text(json.dumps(contenu), "utf-8")
    return dossier / nom


@pour_l_assistant
def test_l_assistant_retient_et_sauve(execution: Execution) -> None:
    texte = dit(execution)
    assert "4 messages sauvés dans essai.json" in texte
    assert f"* {modeles.MODELE_DU_COURS}" in texte or NON_AFFINE
    assert all(commande in texte for commande in ("/modele", "/systeme", "/oublier", "/quitter"))
    seconde = execution.sortie.split("Quel est mon prénom ?")[1].split("Vous >")[0]
    assert seconde.strip() and (NON_AFFINE or "Oriane" in seconde)


def test_les_commandes_d_un_dialogue(discuter: Discuter, faux: FauxOllama, tmp_path: Path) -> None:
    faux.reponses = ["Bonjour.", "Encore bonjour."]
    essai = discuter(
        *("/modele", "/systeme", "/systeme Sois bref.", "Salut", "/modele autre:1b", "Re"),
        *("/sauver essai", "/oublier", "Seul", "/sauver", "/quitter", "jamais lu"),
    )
    assert essai.code == 0, essai.erreurs
    texte = dit(essai)
    for attendu in (
        *("* faux", "autre:1b", "Consigne : aucune", "Consigne : Sois bref.", "Encore bonjour."),
        *("4 messages sauvés dans essai.json", "4 messages oubliés", "2 messages sauvés dans"),
    ):
        assert attendu in texte
    roles = [[m["role"] for m in requete["messages"]] for requete in faux.requetes]
    assert roles[0] == ["system", "user"]
    assert roles[1] == ["system", "user", "assistant", "user"]
    assert roles[2] == ["system", "user"], "oublier vide l'historique, pas la consigne"
    assert [requete["model"] for requete in faux.requetes] == ["faux", "autre:1b", "autre:1b"]
    assert sorted(len(c["messages"]) for c in sauvegardes(tmp_path)) == [2, 4]


def test_reprendre_puis_sauver_au_meme_endroit(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path
) -> None:
    fichier = conversation(tmp_path, 1)
    essai = discuter("Et toi ?", args=("--reprendre", fichier.name))
    assert essai.code == 0 and "2 messages repris" in dit(essai)
    assert [m["role"] for m in faux.requetes[0]["messages"]][:3] == ["system", "user", "assistant"]
    [lue] = sauvegardes(tmp_path)
    assert len(lue["messages"]) == 4, "quitter sans /sauver ne perd rien"
    assert discuter(args=("--reprendre", fichier.name, "--modele", "autre:1b")).code == 0


def test_ce_qui_n_est_pas_sauve_l_est_en_partant(discuter: Discuter, tmp_path: Path) -> None:
    assert discuter("/quitter").code == 0
    assert not sauvegardes(tmp_path), "une conversation vide n'écrit rien"
    assert discuter("Salut", "/oublier", "/systeme Bref.").code == 0
    assert not sauvegardes(tmp_path), "ce que l'on oublie n'est pas écrit"
    assert discuter("Salut").code == 0
    [lue] = sauvegardes(tmp_path)
    assert [m["content"] for m in lue["messages"]] == ["Salut", "Bien."]


def test_une_mauvaise_saisie_ne_coute_rien(discuter: Discuter, faux: FauxOllama) -> None:
    essai = discuter(
        "", "/danser", "/sauver", "/modele absent", "/systeme " + "a" * 2001, "é" * 9000
    )
    assert essai.code == 0 and not faux.requetes
    for mots in (
        *("Message vide", "Commande inconnue : /danser", "Rien à sauver", "ollama pull absent"),
        *("Consigne trop longue", "Message trop long"),
    ):
        assert mots in dit(essai)


def test_un_nom_de_fichier_ne_sort_pas_du_dossier(discuter: Discuter, tmp_path: Path) -> None:
    conversation(tmp_path, 1, "deja.json")
    avant = (tmp_path / "deja.json").read_bytes()
    essai = discuter("Salut", "/sauver ../ailleurs", "/sauver deja", "/sauver neuf", "/sauver neuf")
    assert essai.code == 0
    assert "lettres, chiffres, tirets" in dit(essai) and "existe déjà" in dit(essai)
    assert dit(essai).count("2 messages sauvés dans neuf.json") == 2
    assert (tmp_path / "deja.json").read_bytes() == avant
    assert not (tmp_path.parent / "ailleurs.json").exists()


@pytest.mark.parametrize(
    ("panne", "phrase"),
    [
        ("<coupe>", "Ollama ne répond pas"),
        ("<muet>", "délai dépassé"),
        ("<inacheve>", "inachevée, pas gardée"),
        ("<vide>", "Réponse vide"),
        ("<charabia>", "ce n'est pas lui qui répond"),
        (404, "ollama pull faux"),
        (500, "refus du faux serveur"),
    ],
)
def test_apres_une_panne_la_conversation_continue(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path, panne: str | int, phrase: str
) -> None:
    faux.reponses = ["Un.", panne, "Trois."]
    essai = discuter("Premier", "Deuxième", "Troisième", args=("--delai", "1"))
    assert essai.code == 0, essai.erreurs
    assert phrase in dit(essai) and "Traceback" not in essai.erreurs
    envoyes = [m["content"] for m in faux.requetes[2]["messages"]]
    assert envoyes == ["Premier", "Un.", "Troisième"], "la panne n'a rien laissé"
    [lue] = sauvegardes(tmp_path)
    assert [m["content"] for m in lue["messages"]] == ["Premier", "Un.", "Troisième", "Trois."]


def test_une_reponse_coupee_est_signalee(discuter: Discuter, faux: FauxOllama) -> None:
    faux.reponses = ["<long>"]
    assert "Trop […] (réponse coupée)" in dit(discuter("Salut"))


def test_ctrl_c_pendant_une_reponse(discuter: Discuter, tmp_path: Path) -> None:
    essai = discuter("Salut", "/sauver", accidents=("reponse",))
    assert essai.code == 0 and "Traceback" not in essai.erreurs
    assert "Réponse interrompue" in dit(essai) and "Rien à sauver" in dit(essai)
    assert not sauvegardes(tmp_path)


def test_ctrl_c_au_clavier_ne_perd_rien(discuter: Discuter, tmp_path: Path) -> None:
    essai = discuter("Salut", accidents=("clavier",))
    assert essai.code == INTERROMPU and "Traceback" not in essai.erreurs
    [lue] = sauvegardes(tmp_path)
    assert len(lue["messages"]) == 2
    assert discuter(accidents=("ouverture",)).code == INTERROMPU


def test_un_disque_plein_ne_laisse_aucun_morceau(discuter: Discuter, tmp_path: Path) -> None:
    fichier = conversation(tmp_path, 1)
    avant = fichier.read_bytes()
    essai = discuter("Salut", args=("--reprendre", fichier.name), accidents=("disque",))
    assert essai.code == 1 and "Traceback" not in essai.erreurs
    assert "Écriture impossible (plus de place)" in dit(essai)
    assert fichier.read_bytes() == avant and len(sauvegardes(tmp_path)) == 1
    assert discuter("Salut", accidents=("disque", "clavier")).code == 1


def test_une_longue_conversation_est_elaguee(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path
) -> None:
    fichier = conversation(tmp_path, 60)
    essai = discuter("Et maintenant ?", args=("--reprendre", fichier.name))
    assert essai.code == 0
    envoyes = faux.requetes[0]["messages"]
    assert 4 < len(envoyes) < 60
    assert [m["role"] for m in envoyes[:2]] == ["system", "user"]
    [oublies] = entiers(r"Les (\d+) premiers échanges", dit(essai))
    assert oublies == 60 - (len(envoyes) - 2) // 2
    assert len(sauvegardes(tmp_path)[0]["messages"]) == 122, "le fichier garde tout"


def test_la_reponse_ne_commande_pas_le_terminal(discuter: Discuter, faux: FauxOllama) -> None:
    faux.reponses = ["[red]Alerte[/] \x1b[2J fin"]
    essai = discuter("Salut \x07 toi")
    assert "[red]Alerte[/] [2J fin" in dit(essai)
    assert "\x1b" not in essai.sortie
    assert faux.requetes[0]["messages"][-1]["content"] == "Salut toi"


def test_l_assistant_dans_un_script(discuter: Discuter, faux: FauxOllama) -> None:
    reussi = discuter(args=("Salut", "/sauver a"))
    assert reussi.code == 0 and "2 messages sauvés dans a.json" in dit(reussi)
    faux.reponses = [500]
    rate = discuter(args=("Salut", "/aide"))
    assert rate.code == 1 and "/quitter" in dit(rate), "la suite est jouée, l'échec est rendu"


@pytest.mark.parametrize(
    ("env", "mots"),
    [
        ({"OLLAMA_HOST": PORT_MUET}, ("Ollama ne répond pas", "ollama serve")),
        ({"COURS_MODELE": "introuvable"}, ("ollama pull introuvable", "autre:1b, faux")),
    ],
)
def test_un_mauvais_depart(
    discuter: Discuter, tmp_path: Path, env: dict[str, str], mots: tuple[str, ...]
) -> None:
    refuse(discuter("Salut", env=env), *mots)
    assert not sauvegardes(tmp_path)


@pytest.mark.parametrize(
    "contenu", ["", '{"modele": "faux"', '{"modele": "faux", "messages": [{"role": "user"}]}']
)
def test_un_fichier_qui_n_est_pas_une_conversation(
    discuter: Discuter, tmp_path: Path, contenu: str
) -> None:
    fichier = tmp_path / "abime.json"
    fichier.write_text(contenu, "utf-8")
    refuse(discuter(args=("--reprendre", fichier.name)), "n'est pas une conversation", "intact")
    assert fichier.read_text("utf-8") == contenu


def test_un_echange_sans_reponse_n_est_pas_repris(discuter: Discuter, tmp_path: Path) -> None:
    contenu = {"modele": "faux", "messages": [{"role": "user", "content": "Seule"}]}
    (tmp_path / "boiteuse.json").write_text(json.dumps(contenu), "utf-8")
    refuse(discuter(args=("--reprendre", "boiteuse.json")), "n'est pas une conversation")


def test_un_fichier_absent_et_une_commande_incomprise(discuter: Discuter) -> None:
    refuse(discuter(args=("--reprendre", "nulle_part.json")), "nulle_part.json", "ne se lit pas")
    refuse(discuter(args=("--vitesse",)), "Commande incomprise", "python assistant.py")


# --- Le carnet, les exercices ---


@pytest.mark.snippet(f"{MODULE}/carnet_exemples.py")
def test_le_carnet_fait_varier_le_nombre_et_l_ordre(execution: Execution) -> None:
    formes = entiers(r"exemple\(s\) : forme (\d)/9", execution.sortie)
    assert len(formes) == 4
    assert AFFINE or max(formes[1:]) >= formes[0]
    assert len(re.findall(r"^dernier exemple « ", execution.sortie, re.MULTILINE)) == 3


@pytest.mark.snippet(f"{MODULE}/exercice_1_elaguer.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : la consigne reste" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_remplir.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : un seul passage" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_boucle_bornee.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert "Bravo : trois appels au plus" in execution.sortie


@pytest.mark.parametrize(
    ("exercice", "avant"),
    [
        ("exercice_1_elaguer.py", []),
        ("exercice_2_remplir.py", ["imports"]),
        ("exercice_3_boucle_bornee.py", ["imports"]),
    ],
)
def test_le_point_de_depart_echoue_et_la_solution_passe(
    verifier_l_exercice: Callable[..., None], exercice: str, avant: list[str]
) -> None:
    verifier_l_exercice(f"{MODULE}/{exercice}", avant)
