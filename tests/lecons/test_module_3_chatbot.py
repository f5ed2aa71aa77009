"""Module 3 : ce que la première page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from tests.lecons.faux_ollama import FauxOllama
from tests.lecons.sorties import entiers

MODULE = "module_3_chatbot"
LECONS = [
    f"{MODULE}/{nom}.py"
    for nom in ("01_sans_etat", "02_historique", "03_fil_de_l_eau", "04_fenetre_pleine")
]
SAUVER = f"{MODULE}/08_sauver_reprendre.py"
Executer = Callable[..., Execution]


# --- La conversation ---


@pytest.mark.snippet(f"{MODULE}/01_sans_etat.py")
def test_sans_l_historique_le_prenom_est_inconnu(execution: Execution) -> None:
    lus = entiers(r"(\d+) tokens lus$", execution.sortie)
    assert len(lus) == 3 and lus[2] > max(lus[:2])
    _, seule, suivie = re.findall(r"Modèle : (.*)$", execution.sortie, re.MULTILINE)
    assert "Oriane" not in seule
    assert "Oriane" in suivie


@pytest.mark.snippet(f"{MODULE}/02_historique.py")
def test_chaque_tour_relit_tous_les_precedents(execution: Execution) -> None:
    lus = entiers(r"tour \d : (\d+) tokens lus", execution.sortie)
    assert len(lus) == 4
    assert lus == sorted(set(lus))
    assert entiers(r"^(\d+) messages gardés", execution.sortie) == [9]
    *_, gite, jour = re.findall(r"^  > (.*)$", execution.sortie, re.MULTILINE)
    assert "Bellombre" in gite and "dimanche" in jour


@pytest.mark.snippet(f"{MODULE}/03_fil_de_l_eau.py")
def test_une_reponse_interrompue_n_entre_pas_dans_l_historique(execution: Execution) -> None:
    etats = re.findall(r"^  (entière|interrompue).* ; (\d) messages", execution.sortie, re.M)
    assert etats == [("entière", "3"), ("interrompue", "3"), ("entière", "5")]
    durees = re.findall(r"à (\d+\.\d\d) s, fin à (\d+\.\d\d) s", execution.sortie)
    assert len(durees) == 2
    assert all(float(mot) < float(fin) for mot, fin in durees), "le premier mot n'attend pas la fin"


@pytest.mark.snippet(f"{MODULE}/04_fenetre_pleine.py")
def test_la_fenetre_deborde_sans_erreur(execution: Execution) -> None:
    lignes = re.findall(
        r"^num_ctx (\d+), .* (\d+) tokens lus ; 4821 (\w+)$", execution.sortie, re.M
    )
    grande, petite = ([int(n) for f, n, _ in lignes if f == nom] for nom in ("2048", "256"))
    assert grande == sorted(set(grande)) and len(grande) == len(petite) == 3
    assert petite[0] == grande[0], "une conversation courte tient dans les deux"
    assert petite[-1] <= 256 < grande[-1], "une longue perd son début, en silence"
    dits = [[dit for f, _, dit in lignes if f == nom] for nom in ("2048", "256")]
    assert dits[0] == ["présent"] * 3, "rien ne manque dans la grande fenêtre"
    assert dits[1][0] == "présent" and dits[1][-1] == "absent", "le fait est sorti de la petite"


@pytest.mark.snippet(f"{MODULE}/05_elaguer.py")
def test_elaguer_laisse_sa_place_a_la_reponse(execution: Execution) -> None:
    [(gardes, total)] = re.findall(r"^(\d+) messages gardés sur (\d+)$", execution.sortie, re.M)
    assert total == "18" and 4 <= int(gardes) < 18 and int(gardes) % 2 == 0
    [(estimes, lus)] = re.findall(r"(\d+) tokens estimés, (\d+) lus", execution.sortie)
    assert int(lus) <= 256 - 30
    assert abs(int(estimes) - int(lus)) <= 0.15 * int(lus)
    assert "le premier après la consigne : Ma commande" not in execution.sortie


@pytest.mark.snippet(f"{MODULE}/06_resumer.py")
def test_ce_que_garde_chaque_memoire(execution: Execution) -> None:
    faits = re.findall(
        r"^  (\S.*?) +: résumé (\w+), notes (\w+), règle (\w+)$", execution.sortie, re.M
    )
    assert len(faits) == 30
    gardes = {fait: dits for fait, *dits in faits}
    assert all(dits[2] == "oui" for fait, dits in gardes.items() if re.search(r"\d", fait))
    assert gardes["clignote"][2] == gardes["gardienne"][2] == "non", "la règle ne voit pas les mots"
    assert any(dits[0] == "non" for dits in gardes.values()), "un résumé oublie"
    tailles = re.findall(r"résumé (\d+), notes (\d+), règle (\d+)$", execution.sortie, re.M)
    assert len(tailles) == 5


@pytest.mark.snippet(f"{MODULE}/07_systeme.py")
def test_une_regle_se_compte_question_par_question(execution: Execution) -> None:
    places, *lignes = execution.sortie.splitlines()
    noms = places.split()
    assert len(noms) == 6 and len(lignes) == 12
    vues = [re.match(r"(?:(?:oui|non) +){6}", ligne) for ligne in lignes]
    suivies = [vue[0].split() for vue in vues if vue]
    par_place = {nom: [s[rang] for s in suivies].count("oui") for rang, nom in enumerate(noms)}
    assert len(suivies) == 12
    assert par_place["sans"] <= 1, "sans la règle, personne ne répond ainsi"
    assert all(ligne.endswith("?") for ligne in lignes)


# --- Sauver, tomber en panne ---


@pytest.mark.snippet(SAUVER)
def test_une_sauvegarde_et_trois_fichiers_refuses(execution: Execution) -> None:
    assert "0 messages retrouvés" in execution.sortie
    assert "2 messages sauvés" in execution.sortie
    assert execution.sortie.count("Il reste intact") == 3
    assert "commence par un BOM :\n  2 messages lus" in execution.sortie


@pytest.mark.essai(SAUVER)
def test_la_conversation_revient_au_lancement_suivant(
    executer: Executer, faux: FauxOllama, tmp_path: Path
) -> None:
    for avant in (0, 2, 4):
        essai = executer(SAUVER, dossier=tmp_path, env=faux.env)
        assert essai.code == 0, essai.erreurs
        assert f"{avant} messages retrouvés" in essai.sortie
        assert f"{avant + 2} messages sauvés" in essai.sortie
    assert [fichier.name for fichier in tmp_path.iterdir()] == ["conversation.json"]
    lue = json.loads((tmp_path / "conversation.json").read_text("utf-8"))
    assert [m["role"] for m in lue["messages"]] == ["user", "assistant"] * 3
    roles = [message["role"] for message in faux.requetes[-1]["messages"]]
    assert roles == ["system", *["user", "assistant"] * 2, "user"]


BONNE = json.dumps(
    {
        "modele": "faux",
        "messages": [
            {"role": "user", "content": "Où est ma clé ?"},
            {"role": "assistant", "content": "Sous le pot."},
        ],
    },
    ensure_ascii=False,
)


@pytest.mark.essai(SAUVER)
@pytest.mark.parametrize(
    ("octets", "mot"),
    [
        (b"", "coupé"),
        (BONNE[:60].encode(), "coupé"),
        (b"\x00" * 40, "pas du JSON"),
        (b"[" * 100_000, "coupé"),
        (BONNE.encode("cp1252"), "pas en UTF-8"),
        (b"[]", "n'est pas une conversation"),
        (b'{"prix": 39}', "modele"),
        (BONNE.replace(', "content": "Sous le pot."', "").encode(), "messages.1.content"),
        (BONNE.replace('"Sous le pot."', "null").encode(), "messages.1.content"),
        (BONNE.replace("assistant", "system").encode(), "messages.1.role"),
        (BONNE.replace("assistant", "user").encode(), "n'est pas une conversation"),
        (BONNE.replace('"content": "Où', '"images": ["a"], "content": "Où').encode(), "images"),
        (BONNE.replace("clé", "\\ud800").encode(), "pas en UTF-8"),
    ],
    ids=lambda valeur: valeur if isinstance(valeur, str) else "",
)
def test_un_fichier_douteux_est_refuse_et_reste_intact(
    executer: Executer, faux: FauxOllama, tmp_path: Path, octets: bytes, mot: str
) -> None:
    fichier = tmp_path / "conversation.json"
    fichier.write_bytes(octets)
    essai = executer(SAUVER, dossier=tmp_path, env=faux.env)
    une_phrase(essai, "conversation.json", mot)
    assert fichier.read_bytes() == octets and not faux.requetes


@pytest.mark.essai(SAUVER)
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "utf-16"])
def test_un_fichier_entier_est_lu_avec_ou_sans_bom(
    executer: Executer, faux: FauxOllama, tmp_path: Path, encodage: str
) -> None:
    (tmp_path / "conversation.json").write_bytes(BONNE.encode(encodage))
    essai = executer(SAUVER, dossier=tmp_path, env=faux.env)
    assert essai.code == 0 and "4 messages sauvés" in essai.sortie
    assert faux.requetes[0]["messages"][1]["content"] == "Où est ma clé ?"


@pytest.mark.snippet(f"{MODULE}/09_pannes.py")
def test_une_panne_ne_laisse_rien_dans_l_historique(execution: Execution) -> None:
    vues = re.findall(r"^(\S.+?) : (\d) essai.*\n  (.+)\n  (\d) messages", execution.sortie, re.M)
    pannes = {nom: (int(essais), phrase, int(gardes)) for nom, essais, phrase, gardes in vues}
    assert len(pannes) == 10
    assert [gardes for *_, gardes in pannes.values()] == [0] * 7 + [2, 2, 4]
    for nom, mot in {
        "coupé": "connexion s'est coupée",
        "muet": "délai dépassé",
        "inachevé": "inachevée",
        "erreur au milieu": "unexpected EOF",
        "flux vide": "inachevée",
        "réponse vide": "Réponse vide",
        "pense trop": "réfléchi sans répondre",
        "éteint": "ollama serve",
    }.items():
        assert mot in pannes[nom][1], nom
    recommencees = {nom for nom, (essais, *_) in pannes.items() if essais == 2}
    assert recommencees >= {"saturé", "éteint", "flux vide"}
    assert not recommencees & {"coupé", "muet", "inachevé", "le vrai"}


# --- Ce qui entoure un programme : adresse, mandataire, console, serveur ---


def une_phrase(essai: Execution, *mots: str) -> None:
    """Vérifie un arrêt : code 1, une phrase avec ces mots, aucune trace d'appels."""
    assert essai.code == 1, essai.sortie + essai.erreurs
    assert len(essai.erreurs.strip().splitlines()) == 1, essai.erreurs
    assert all(mot in essai.erreurs for mot in mots), essai.erreurs


@pytest.mark.essai(LECONS[0])
@pytest.mark.parametrize(
    ("adresse", "mot"),
    [
        ("127.0.0.1:11434 ", "espace"),
        ('"127.0.0.1:11434"', "guillemet"),
        ("   ", "espace"),
        ("::1", "[::1]:11434"),
        ("fe80::1:11434", "crochets"),
        ("[::1", "mal formée"),
        ("http:/127.0.0.1:11434", "OLLAMA_HOST"),
        ("htp://127.0.0.1", "mal formée"),
        ("127.0.0.1:onze", "mal formée"),
        ("127.0.0.1:99999", "mal formée"),
        ("127.0.0.1:0", "mal formée"),
        ("127.0.0.1;11434", "mal formée"),
        ("a..b", "mal formée"),
        ("http//127.0.0.1", "mal formée"),
        ("http://127.0.0.1:11434/v1", "/v1"),
        ("http://127.0.0.1:11434/api/chat", "/api/chat"),
        ("http://127.0.0.1:9", "ollama serve"),
        ("[::1]:9", "http://[::1]:9"),
        ("https://127.0.0.1:9", "écrivez http://"),
    ],
)
def test_une_mauvaise_adresse_est_une_phrase(executer: Executer, adresse: str, mot: str) -> None:
    une_phrase(executer(LECONS[0], env={"OLLAMA_HOST": adresse}), mot)


@pytest.mark.essai(LECONS[0])
@pytest.mark.parametrize("forme", ["0.0.0.0:{}", "localhost:{}/", "http://127.0.0.1:{}", ":{}"])
def test_une_adresse_inhabituelle_mais_juste(
    executer: Executer, faux: FauxOllama, forme: str
) -> None:
    env = {**faux.env, "OLLAMA_HOST": forme.format(faux.server_address[1])}
    assert executer(LECONS[0], env=env).code == 0


MORT = "http://127.0.0.1:9"


@pytest.mark.essai(LECONS[0])
@pytest.mark.parametrize(
    "mandataire",
    [
        {"HTTP_PROXY": MORT},
        {"http_proxy": MORT},
        {"ALL_PROXY": "socks5://127.0.0.1:9"},
        {"ALL_PROXY": "socks://127.0.0.1:9"},
        {"NO_PROXY": "[::1],::1"},
    ],
    ids=str,
)
def test_aucun_mandataire_vers_sa_propre_machine(
    executer: Executer, faux: FauxOllama, mandataire: dict[str, str]
) -> None:
    essai = executer(LECONS[0], env={**faux.env, **mandataire})
    assert essai.code == 0, essai.erreurs


@pytest.mark.essai(LECONS[0])
@pytest.mark.parametrize(
    "mandataire",
    [{"HTTP_PROXY": MORT}, {"ALL_PROXY": "socks5://127.0.0.1:9"}, {"ALL_PROXY": "x://y"}],
    ids=str,
)
def test_un_mandataire_vers_une_autre_machine_est_nomme(
    executer: Executer, mandataire: dict[str, str]
) -> None:
    env = {"OLLAMA_HOST": "http://192.0.2.1:11434", **mandataire}
    une_phrase(executer(LECONS[0], env=env), "andataire", "NO_PROXY")
    env["NO_PROXY"] = "192.0.2.1"
    assert "andataire" not in executer(LECONS[0], env={**env, "OLLAMA_HOST": MORT}).erreurs


@pytest.mark.essai(LECONS[0])
def test_un_mandataire_repond_a_la_place_d_ollama(executer: Executer, faux: FauxOllama) -> None:
    faux.reponses = [407]
    env = {"OLLAMA_HOST": "http://ollama.example", "HTTP_PROXY": faux.env["OLLAMA_HOST"]}
    une_phrase(executer(LECONS[0], env=env), "n'est pas Ollama", "NO_PROXY")


@pytest.mark.essai(*LECONS)
@pytest.mark.parametrize(
    ("nom", "encodage"), list(zip(LECONS, ["ascii", "cp1252"] * 2, strict=True))
)
def test_aucune_console_ne_fait_planter(
    executer: Executer, faux: FauxOllama, nom: str, encodage: str
) -> None:
    faux.reponses = ["Là → « œuvre » ☂ 🙂"] * 9
    env = {**faux.env, "PYTHONIOENCODING": encodage, "PYTHONUTF8": "0"}
    essai = executer(nom, env=env)
    assert essai.code == 0, essai.erreurs
    assert "->" in essai.sortie and "?" in essai.sortie


@pytest.mark.essai(*LECONS[1:3])
@pytest.mark.parametrize("nom", LECONS[1:3])
@pytest.mark.parametrize(
    ("reponse", "mot"),
    [
        ("<coupe>", ""),
        ("<inacheve>", "inachevée"),
        ("<vide>", "Réponse vide"),
        ("<charabia>", "n'est pas Ollama"),
        ({"content": "", "thinking": "Voyons"}, "réfléchi sans répondre"),
        (404, "ollama pull"),
        (500, "refus du faux serveur"),
    ],
    ids=str,
)
def test_une_panne_est_une_phrase(
    executer: Executer, faux: FauxOllama, nom: str, reponse: object, mot: str
) -> None:
    faux.reponses = [reponse]
    une_phrase(executer(nom, env=faux.env), mot)
    assert len(faux.requetes) == 1


PLEINE = """
import os, sys
os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.essai(LECONS[0])
def test_un_disque_plein_est_une_phrase(
    executer: Executer, faux: FauxOllama, tmp_path: Path
) -> None:
    lanceur = tmp_path / "pleine.py"
    lanceur.write_text(PLEINE, "utf-8")
    chemin = str(chemins.SNIPPETS / LECONS[0])
    essai = executer(LECONS[0], source=lanceur, args=(chemin,), env=faux.env)
    une_phrase(essai, "écriture impossible")


ABSENTS = """
import importlib.abc, sys
class Sans(importlib.abc.MetaPathFinder):
    def find_spec(self, nom, chemin, cible=None):
        if nom == {absent!r}:
            raise ModuleNotFoundError("absent", name=nom)
sys.meta_path.insert(0, Sans())
sys.path.insert(0, sys.argv[1].rpartition("/")[0])
import runpy
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.mark.essai(LECONS[0])
def test_un_paquet_qui_manque(executer: Executer, tmp_path: Path) -> None:
    lanceur = tmp_path / "sans_ollama.py"
    lanceur.write_text(ABSENTS.format(absent="ollama"), "utf-8")
    chemin = str(chemins.SNIPPETS / LECONS[0])
    une_phrase(executer(LECONS[0], source=lanceur, args=(chemin,)), "pip install ollama")


@pytest.mark.snippet(f"{MODULE}/exercice_1_elaguer.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : la consigne reste" in execution.sortie
