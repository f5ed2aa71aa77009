"""Module 2 : ce que la page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import http.server
import inspect
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import ollama
import pytest

from scripts.execution.resultat import Execution
from scripts.ollama_prive.serveur import Serveur, demarrer
from scripts.socle import chemins

MODULE = "module_2_environnement"
VERIFIER = "module_2_environnement/verifier_environnement.py"
LENTEUR = "module_2_environnement/22_panne_lenteur.py"
VITESSE = "module_2_environnement/15_mesurer_la_vitesse.py"
Executer = Callable[..., Execution]


def nombres(texte: str) -> list[float]:
    """Les nombres écrits dans `texte`, dans l'ordre."""
    return [float(nombre) for nombre in re.findall(r"\d+(?:\.\d+)?", texte)]


def adresse_sans_serveur() -> str:
    """Une adresse locale où rien n'écoute."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{prise.getsockname()[1]}"


# --- Ollama et ses commandes ---


@pytest.mark.snippet(f"{MODULE}/01_serveur_repond.py")
def test_le_serveur_dit_qu_il_tourne(execution: Execution) -> None:
    assert "Accueil : Ollama is running" in execution.sortie
    assert re.search(r"Version : \d+\.\d+\.\d+", execution.sortie)
    assert "Modèles : True" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/02_version.sh")
def test_la_commande_donne_sa_version(execution: Execution) -> None:
    assert re.fullmatch(r"ollama version is \d+\.\d+\.\d+", execution.sortie.strip())


@pytest.mark.snippet(f"{MODULE}/03_inventaire.sh")
def test_list_et_show_decrivent_le_modele(execution: Execution) -> None:
    assert execution.modele in execution.sortie
    for champ in ("parameters", "context length", "quantization", "Capabilities", "completion"):
        assert champ in execution.sortie


@pytest.mark.snippet(f"{MODULE}/04_parler.sh")
def test_run_repond_et_ps_montre_le_processeur(execution: Execution) -> None:
    reponse, suite = execution.sortie.split("NAME", maxsplit=1)
    assert reponse.strip()
    assert "PROCESSOR" in suite and "CONTEXT" in suite
    assert "deleted 'bavard-mais-bref'" in suite


COPIER = f"{MODULE}/05_copier_supprimer.sh"


def empreinte_de_la_copie(sortie: str) -> str:
    """Les douze chiffres qu'`ollama list` affiche pour la copie."""
    [empreinte] = re.findall(r"^copie-du-modele:latest +([0-9a-f]{12}) ", sortie, re.MULTILINE)
    return str(empreinte)


@pytest.mark.snippet(COPIER)
def test_rm_ne_retire_que_le_nom_de_la_copie(execution: Execution) -> None:
    avant, apres = execution.sortie.split("deleted 'copie-du-modele'")
    assert avant.startswith(f"copied '{execution.modele}' to 'copie-du-modele'")
    assert empreinte_de_la_copie(avant)
    assert "copie-du-modele" not in apres


@pytest.mark.essai(COPIER)
def test_une_copie_partage_les_octets(executer: Executer, ollama_prive: Serveur) -> None:
    essai = executer(COPIER)
    assert essai.code == 0, essai.erreurs
    presents = ollama.Client(host=ollama_prive.adresse).list().models
    original = next(modele for modele in presents if modele.model == ollama_prive.modele)
    assert original.digest is not None
    assert original.digest.startswith(empreinte_de_la_copie(essai.sortie))


# --- Mémoire ---


@pytest.mark.snippet(f"{MODULE}/06_estimer_memoire.py")
def test_le_tableau_suit_la_formule(execution: Execution) -> None:
    lignes = {ligne[:14].strip(): nombres(ligne[14:]) for ligne in execution.sortie.splitlines()}
    q4, q8, contexte, machine = lignes["llama3.2 (3b)"]
    assert q4 == pytest.approx(3.21 * 5 / 8, abs=0.02)
    assert q8 == pytest.approx(3.21 * 8.5 / 8, abs=0.02)
    assert contexte == pytest.approx(4096 * 2 * 28 * 8 * 128 * 2 / 1e9, abs=0.01)
    assert machine == 8
    assert lignes["llama3.1:8b"][3] == 16


@pytest.mark.snippet(f"{MODULE}/07_memoire_reelle.py")
def test_la_memoire_reelle_depasse_un_peu_la_formule(execution: Execution) -> None:
    fichier, court, long = execution.sortie.splitlines()
    taille, bits = nombres(fichier)
    _, total_court, contexte_court, calculs_court = nombres(court)
    _, total_long, contexte_long, calculs_long = nombres(long)
    assert 4.5 < bits < 9, "plus que les bits nominaux : des couches restent plus précises"
    assert contexte_long == pytest.approx(8 * contexte_court, rel=0.05)
    assert total_long > total_court > taille
    assert 0 < calculs_court <= calculs_long < taille


# --- Python ---


@pytest.mark.snippet(f"{MODULE}/08_environnement_python.py")
def test_l_environnement_contient_le_paquet(execution: Execution) -> None:
    assert re.search(r"^ollama : \d+\.\d+\.\d+$", execution.sortie, re.MULTILINE)
    assert "Environnement virtuel : oui" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/09_premiere_requete.py")
def test_la_premiere_requete_rend_un_texte(execution: Execution) -> None:
    assert execution.sortie.strip()


@pytest.mark.snippet(f"{MODULE}/10_requete_http.py")
def test_le_http_brut_rend_aussi_un_texte(execution: Execution) -> None:
    assert execution.sortie.strip()


@pytest.mark.essai(f"{MODULE}/09_premiere_requete.py", f"{MODULE}/10_requete_http.py")
def test_paquet_et_http_donnent_la_meme_reponse(executer: Executer) -> None:
    paquet = executer(f"{MODULE}/09_premiere_requete.py")
    brut = executer(f"{MODULE}/10_requete_http.py")
    assert paquet.code == brut.code == 0
    assert paquet.sortie == brut.sortie


@pytest.mark.snippet(f"{MODULE}/11_streaming.py")
def test_le_flux_arrive_en_morceaux(execution: Execution) -> None:
    texte, bilan = execution.sortie.split("\n\n", maxsplit=1)
    nombre = re.search(r"(\d+) morceaux", bilan)
    assert nombre is not None and int(nombre[1]) >= 3
    assert texte.strip()
    assert re.search(r"arrêt : (stop|length)", bilan)


@pytest.mark.snippet(f"{MODULE}/12_graine_et_temperature.py")
def test_la_graine_fixe_le_tirage_et_la_temperature_zero_l_ignore(execution: Execution) -> None:
    textes = [ligne.split(" : ", maxsplit=1)[1] for ligne in execution.sortie.splitlines()]
    assert textes[0] == textes[1], "même graine, même texte"
    assert textes[0] != textes[2], "autre graine, autre texte"
    assert textes[3] == textes[4], "à température 0, la graine ne change rien"


@pytest.mark.snippet(f"{MODULE}/13_couper_la_reponse.py")
def test_num_predict_coupe_et_le_dit(execution: Execution) -> None:
    courte, longue = execution.sortie.split("num_predict=100")
    assert "4 tokens, arrêt : length" in courte
    assert "arrêt : stop" in longue


@pytest.mark.snippet(f"{MODULE}/14_fenetre_de_contexte.py")
def test_un_prompt_trop_long_est_tronque_en_silence(execution: Execution) -> None:
    grand, petit, refus = execution.sortie.splitlines()
    assert nombres(grand)[1] > 400
    assert nombres(petit)[1] <= 256
    assert "exceeds the available context size" in refus


@pytest.mark.snippet(VITESSE)
def test_les_debits_sont_calculables(execution: Execution) -> None:
    for mesure in ("lecture", "génération"):
        debits = re.findall(rf"{mesure}\s*: \d+ tokens.*?, (\d+) tokens/s", execution.sortie)
        assert len(debits) == 2 and all(int(debit) > 0 for debit in debits)


@pytest.mark.essai(VITESSE)
def test_le_cache_compte_dans_les_tokens_lus(executer: Executer, isole: Serveur) -> None:
    sortie = executer(VITESSE, env={"OLLAMA_HOST": isole.adresse}).sortie
    (lus_1, cache_1), (lus_2, cache_2) = (
        nombres(ligne.split(" : ")[1]) for ligne in sortie.splitlines() if "en cache" in ligne
    )
    assert lus_1 == lus_2, "prompt_eval_count compte aussi les tokens repris du cache"
    assert cache_1 < lus_1 / 2 < cache_2


@pytest.mark.snippet(f"{MODULE}/16_api_openai.py")
def test_le_point_d_acces_openai_repond(execution: Execution) -> None:
    reponse, arret, tokens = execution.sortie.strip().rsplit("\n", maxsplit=2)
    assert reponse.strip()
    assert arret in ("Arrêt : stop", "Arrêt : length")
    lus, ecrits = nombres(tokens)
    assert lus > 0 and ecrits > 0


def test_le_paquet_python_ignore_encore_deux_champs() -> None:
    for methode in (ollama.Client.generate, ollama.Client.chat):
        assert "truncate" not in inspect.signature(methode).parameters
    assert "prompt_eval_cached_count" not in ollama.GenerateResponse.model_fields


@pytest.mark.essai()
def test_deux_reglages_sont_corriges_en_silence(isole: Serveur) -> None:
    client = ollama.Client(host=isole.adresse)
    options = {"temprature": 2, "num_ctx": 10**6, "num_predict": 20}
    flux = client.generate(isole.modele, "Il était une fois", stream=True, options=options)
    next(iter(flux))
    charge = client.ps().models[0]
    assert list(flux), "l'option inconnue n'empêche pas la réponse"
    infos = client.show(isole.modele).modelinfo or {}
    assert charge.context_length == infos["llama.context_length"] < 10**6


# --- OLLAMA_HOST ---


@pytest.mark.snippet(f"{MODULE}/17_adresse_du_serveur.py")
def test_une_adresse_http_sans_port_vise_le_port_80(execution: Execution) -> None:
    ports = {
        ligne.split(" → ")[0].strip(): ligne.rsplit(" ", maxsplit=1)[1]
        for ligne in execution.sortie.splitlines()
    }
    assert ports["127.0.0.1"] == "11434"
    assert ports["http://127.0.0.1"] == "80"
    assert ports["https://ollama.exemple.fr"] == "443"
    assert "http, 0.0.0.0, port" in execution.sortie


@pytest.mark.essai()
def test_la_commande_ollama_lit_l_adresse_de_la_meme_facon(ollama_prive: Serveur) -> None:
    essai = subprocess.run(
        [commande_ollama(ollama_prive), "list"],
        env={**os.environ, "OLLAMA_HOST": "http://127.0.0.1"},
        capture_output=True,
        text=True,
    )
    assert essai.returncode == 1
    assert "could not connect to ollama server" in essai.stderr


# --- verifier_environnement.py ---


def controles(execution: Execution) -> dict[str, bool]:
    """Nom de chaque point contrôlé -> vrai s'il est [OK]."""
    lignes = re.findall(r"^\[(OK|ÉCHEC)\] +(.+?) :", execution.sortie, re.MULTILINE)
    return {nom: verdict == "OK" for verdict, nom in lignes}


@pytest.mark.snippet(VERIFIER)
def test_tout_va_bien(execution: Execution) -> None:
    points = controles(execution)
    assert len(points) == 8 and all(points.values()), execution.sortie


@pytest.mark.essai(VERIFIER)
def test_serveur_eteint(executer: Executer) -> None:
    essai = executer(VERIFIER, env={"OLLAMA_HOST": adresse_sans_serveur()})
    assert essai.code == 1
    assert controles(essai)["serveur Ollama"] is False
    assert "→ ollama serve" in essai.sortie
    assert "modèle" not in controles(essai), "la chaîne s'arrête au premier échec"


@pytest.mark.essai(VERIFIER)
def test_modele_absent(executer: Executer) -> None:
    essai = executer(VERIFIER, env={"COURS_MODELE": "jamais-telecharge"})
    assert essai.code == 1
    assert controles(essai)["serveur Ollama"] and not controles(essai)["modèle"]
    assert "→ ollama pull jamais-telecharge" in essai.sortie


@pytest.mark.essai(VERIFIER)
def test_machine_trop_petite(executer: Executer) -> None:
    essai = executer(VERIFIER, args=("--disque", "1e9", "--memoire", "1e9"))
    assert essai.code == 1
    points = controles(essai)
    assert not points["place sur le disque"] and not points["mémoire"]
    assert points["réponse du modèle"], "un échec de la machine n'empêche pas la suite"


@pytest.mark.essai(VERIFIER)
def test_paquet_ollama_absent(ollama_prive: Serveur, tmp_path: Path) -> None:
    essai = subprocess.run(
        [sys.executable, "-S", chemins.SNIPPETS / VERIFIER],
        env={"HOME": str(tmp_path), "OLLAMA_HOST": ollama_prive.adresse, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert essai.returncode == 1
    assert "[ÉCHEC] paquet ollama : No module named 'ollama'" in essai.stdout
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


class VieuxServeur(http.server.BaseHTTPRequestHandler):
    """Le peu d'API qu'il faut pour se faire passer pour un Ollama ancien."""

    REPONSES = {"/api/tags": {"models": []}, "/api/version": {"version": "0.5.7"}}  # noqa: RUF012

    def do_GET(self) -> None:
        """Répond en JSON."""
        corps = json.dumps(self.REPONSES[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(corps)))
        self.end_headers()
        self.wfile.write(corps)

    def log_message(self, *_: object) -> None:
        """N'écrit rien."""


@pytest.mark.essai(VERIFIER)
def test_ollama_trop_ancien(executer: Executer) -> None:
    serveur = http.server.ThreadingHTTPServer(("127.0.0.1", 0), VieuxServeur)
    threading.Thread(target=serveur.serve_forever, daemon=True).start()
    try:
        hote = f"http://127.0.0.1:{serveur.server_port}"
        essai = executer(VERIFIER, env={"OLLAMA_HOST": hote})
    finally:
        serveur.shutdown()
        serveur.server_close()
    assert essai.code == 1
    assert "[ÉCHEC] Ollama 0.30 ou plus : 0.5.7" in essai.sortie


# --- Pannes ---


@pytest.mark.snippet(f"{MODULE}/18_panne_serveur_eteint.py")
def test_panne_serveur_eteint(execution: Execution) -> None:
    assert execution.sortie.startswith("ConnectionError : Failed to connect to Ollama")


@pytest.mark.snippet(f"{MODULE}/19_panne_modele_absent.py")
def test_panne_modele_absent(execution: Execution) -> None:
    assert "ResponseError 404" in execution.sortie
    assert "'modele-jamais-telecharge' not found" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/20_panne_port_pris.sh", code=1)
def test_panne_port_pris(execution: Execution) -> None:
    assert "bind: address already in use" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/21_panne_memoire.py")
def test_panne_memoire(execution: Execution) -> None:
    assert "Erreur 500" in execution.sortie
    assert "llama-server process has terminated" in execution.sortie
    assert re.search(r"insufficient memory|failed to allocate", execution.sortie)


def lignes_de_lenteur(execution: Execution) -> dict[str, list[float]]:
    """Situation -> tokens lus, puis durées de chargement, de lecture et de génération, en s."""
    return {ligne[:20].strip(): nombres(ligne[20:]) for ligne in execution.sortie.splitlines()}


@pytest.mark.snippet(LENTEUR)
def test_un_prompt_long_donne_plus_a_lire(execution: Execution) -> None:
    lignes = lignes_de_lenteur(execution)
    assert lignes["prompt long"][0] > 5 * lignes["modèle en mémoire"][0]
    assert all(lignes[situation][2] > 0 for situation in ("modèle à charger", "prompt long"))


@pytest.mark.essai(LENTEUR)
def test_le_premier_appel_paie_le_chargement(executer: Executer, isole: Serveur) -> None:
    lignes = lignes_de_lenteur(executer(LENTEUR, env={"OLLAMA_HOST": isole.adresse}))
    assert lignes["modèle à charger"][1] > 5 * lignes["modèle en mémoire"][1]


# --- Une salle sans réseau : le dossier des modèles, recopié ---


def copier_les_modeles(serveur: Serveur, dossier: Path) -> Path:
    """Recopie le dossier des modèles de `serveur` dans `dossier`, et rend le fichier de poids."""
    modelfile = ollama.Client(host=serveur.adresse).show(serveur.modele).modelfile or ""
    poids = re.search(r"^FROM (.+)$", modelfile, re.MULTILINE)
    assert poids is not None
    fichier = Path(poids[1])
    shutil.copytree(fichier.parents[1], dossier / "modeles")
    return dossier / "modeles" / "blobs" / fichier.name


def commande_ollama(serveur: Serveur) -> Path:
    """Le fichier de la commande `ollama` qui sert les tests."""
    commande = serveur.executable or shutil.which("ollama")
    assert commande, "la commande ollama doit être installée pour ce test"
    return Path(commande)


@pytest.fixture(scope="module")
def isole(ollama_prive: Serveur, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    """Un serveur que les snippets lancés en arrière-plan ne dérangent pas."""
    dossier = tmp_path_factory.mktemp("isole")
    copier_les_modeles(ollama_prive, dossier)
    serveur = demarrer(commande_ollama(ollama_prive), dossier)
    yield serveur
    serveur.arreter()


@pytest.mark.essai()
def test_un_dossier_de_modeles_recopie_suffit(isole: Serveur, ollama_prive: Serveur) -> None:
    noms = [modele.model for modele in ollama.Client(host=isole.adresse).list().models]
    assert ollama_prive.modele in noms


@pytest.mark.essai(VERIFIER)
def test_modele_abime(executer: Executer, ollama_prive: Serveur, tmp_path: Path) -> None:
    poids = copier_les_modeles(ollama_prive, tmp_path)
    os.truncate(poids, poids.stat().st_size // 2)
    abime = demarrer(commande_ollama(ollama_prive), tmp_path)
    try:
        essai = executer(VERIFIER, env={"OLLAMA_HOST": abime.adresse})
    finally:
        abime.arreter()
    assert essai.code == 1
    assert "exceeds file size" in essai.sortie, "un téléchargement incomplet est reconnu"
    assert f"→ ollama pull {ollama_prive.modele}" in essai.sortie


@pytest.mark.essai(VERIFIER)
def test_installation_sans_moteur(
    executer: Executer, isole: Serveur, ollama_prive: Serveur, tmp_path: Path
) -> None:
    seul = tmp_path / "bin" / "ollama"
    seul.parent.mkdir()
    shutil.copy(commande_ollama(ollama_prive), seul)
    copier_les_modeles(isole, tmp_path)
    sans_moteur = demarrer(seul, tmp_path)
    try:
        essai = executer(VERIFIER, env={"OLLAMA_HOST": sans_moteur.adresse})
    finally:
        sans_moteur.arreter()
    assert essai.code == 1
    assert controles(essai)["modèle"] and not controles(essai)["réponse du modèle"]
    assert "→ voyez le dépannage" in essai.sortie


# --- Exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_debit.py")
def test_exercice_1(execution: Execution) -> None:
    assert "Bravo" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_flux.py")
def test_exercice_2(execution: Execution) -> None:
    assert execution.sortie.count("Refusé comme il faut") == 2
    assert "Bravo" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_adresse.py")
def test_exercice_3(execution: Execution) -> None:
    assert "Bravo" in execution.sortie
