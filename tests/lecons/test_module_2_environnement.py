"""Module 2 : ce que la page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import inspect
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import ollama
import pytest

from scripts.execution.resultat import Execution
from scripts.ollama_prive.serveur import Serveur, demarrer

MODULE = "module_2_environnement"
VERIFIER = "module_2_environnement/verifier_environnement.py"
LENTEUR = "module_2_environnement/22_panne_lenteur.py"
VITESSE = "module_2_environnement/15_mesurer_la_vitesse.py"
Executer = Callable[..., Execution]


def nombres(texte: str) -> list[float]:
    """Les nombres écrits dans `texte`, dans l'ordre."""
    return [float(nombre) for nombre in re.findall(r"\d+(?:\.\d+)?", texte)]


# --- Ollama et ses commandes ---


@pytest.mark.snippet(f"{MODULE}/01_serveur_repond.py")
def test_le_serveur_dit_qu_il_tourne(execution: Execution) -> None:
    assert "Accueil : Ollama is running" in execution.sortie
    assert re.search(r"Version : \d+\.\d+\.\d+", execution.sortie)
    assert "Un modèle au moins : oui" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/02_version.sh")
def test_la_commande_donne_sa_version(execution: Execution) -> None:
    assert re.fullmatch(r"ollama version is \d+\.\d+\.\d+", execution.sortie.strip())


@pytest.mark.snippet(f"{MODULE}/03_inventaire.py")
def test_list_et_show_decrivent_le_modele(execution: Execution) -> None:
    assert f"$ ollama list {execution.modele}\n" in execution.sortie
    assert f"$ ollama show {execution.modele}\n" in execution.sortie
    for champ in ("parameters", "context length", "quantization", "Capabilities", "completion"):
        assert champ in execution.sortie


@pytest.mark.snippet(f"{MODULE}/04_parler.py")
def test_run_repond_et_ps_montre_le_processeur(execution: Execution) -> None:
    reponse, suite = execution.sortie.split("$ ollama ps", maxsplit=1)
    assert reponse.split('France ?"\n')[1].strip()
    assert "PROCESSOR" in suite and "CONTEXT" in suite
    assert re.search(r"^bref:latest .* 1024 ", suite, re.MULTILINE)
    assert "deleted 'bref'" in suite


COPIER = f"{MODULE}/05_copier_supprimer.py"


def empreinte_de_la_copie(sortie: str) -> str:
    """Les douze chiffres qu'`ollama list` affiche pour la copie."""
    [empreinte] = re.findall(r"^copie:latest +([0-9a-f]{12}) ", sortie, re.MULTILINE)
    return str(empreinte)


@pytest.mark.snippet(COPIER)
def test_rm_ne_retire_que_le_nom_de_la_copie(execution: Execution) -> None:
    avant, apres = execution.sortie.split("deleted 'copie'")
    assert f"copied '{execution.modele}' to 'copie'" in avant
    assert empreinte_de_la_copie(avant)
    assert "copie:latest" not in apres


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
    lignes = {ligne[:20].strip(): nombres(ligne[20:]) for ligne in execution.sortie.splitlines()}
    q4, q8, contexte, machine = lignes["llama3.2 (3b)"]
    assert q4 == pytest.approx(3.21 * 5 / 8, abs=0.02)
    assert q8 == pytest.approx(3.21 * 8.5 / 8, abs=0.02)
    assert contexte == pytest.approx(4096 * 2 * 28 * 8 * 128 * 2 / 1e9, abs=0.01)
    assert machine == 8
    assert lignes["llama3.1:8b"][3] == 16


@pytest.mark.essai(f"{MODULE}/06_estimer_memoire.py")
def test_les_dimensions_sont_celles_que_le_serveur_annonce(
    executer: Executer, ollama_prive: Serveur
) -> None:
    infos = ollama.Client(host=ollama_prive.adresse).show(ollama_prive.modele).modelinfo or {}
    famille = infos["general.architecture"]
    tetes, kv = (infos[f"{famille}.attention.head_count{fin}"] for fin in ("", "_kv"))
    octets = (
        2 * infos[f"{famille}.block_count"] * kv * infos[f"{famille}.embedding_length"] // tetes
    )
    sortie = executer(f"{MODULE}/06_estimer_memoire.py").sortie
    [ligne] = [li for li in sortie.splitlines() if li.startswith(f"{ollama_prive.modele} ")]
    q4, q8, contexte, _ = nombres(ligne[20:])
    assert q4 == pytest.approx(infos["general.parameter_count"] * 5 / 8e9, abs=0.01)
    assert q8 == pytest.approx(infos["general.parameter_count"] * 8.5 / 8e9, abs=0.01)
    assert contexte == pytest.approx(4096 * octets * 2 / 1e9, abs=0.01)


@pytest.mark.snippet(f"{MODULE}/07_memoire_reelle.py")
def test_la_memoire_reelle_depasse_un_peu_la_formule(execution: Execution) -> None:
    formule, court, long, fichier = map(nombres, execution.sortie.splitlines())
    _, total_court, poids, contexte_court, calculs_court = court
    _, total_long, _, contexte_long, calculs_long = long
    assert contexte_long == pytest.approx(formule[0] * 8192 / 1e6, abs=1)
    assert contexte_long == pytest.approx(8 * contexte_court, rel=0.05)
    assert total_long > total_court > poids
    assert 0 < calculs_court <= calculs_long < poids
    assert 4.5 < fichier[0] < 9, "plus que les bits nominaux : des couches restent plus précises"


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
    morceaux = re.search(r"(\d+) morceaux", bilan)
    tokens = re.search(r"Arrêt : (?:stop|length), après (\d+) tokens", bilan)
    assert morceaux is not None and tokens is not None
    assert 3 <= int(morceaux[1]) <= int(tokens[1]) + 1, "un morceau est un token, ou presque"
    assert "Dernier morceau : vide" in bilan
    assert texte.strip()


@pytest.mark.snippet(f"{MODULE}/12_graine_et_temperature.py")
def test_la_graine_fixe_le_tirage_et_la_temperature_zero_l_ignore(execution: Execution) -> None:
    verdicts = re.findall(r"^température (\S+), graines? .*: (.+)$", execution.sortie, re.MULTILINE)
    assert verdicts[0] == ("1,5", "même texte"), "même graine, même texte"
    chauds = [verdict for chaleur, verdict in verdicts[1:] if chaleur == "1,5"]
    froids = [verdict for chaleur, verdict in verdicts if chaleur == "0"]
    assert len(chauds) == len(froids) == 3
    assert "textes différents" in chauds, "une autre graine change le tirage"
    assert set(froids) == {"même texte"}, "à température 0, la graine ne change rien"


@pytest.mark.snippet(f"{MODULE}/13_couper_la_reponse.py")
def test_num_predict_coupe_et_le_dit(execution: Execution) -> None:
    courte, longue = execution.sortie.split("num_predict=100")
    assert "4 tokens, arrêt : length" in courte
    assert "arrêt : stop" in longue


@pytest.mark.snippet(f"{MODULE}/14_fenetre_de_contexte.py")
def test_un_prompt_trop_long_est_tronque_en_silence(execution: Execution) -> None:
    lus = [
        int(n) for n in re.findall(r"^num_ctx=\d+ : (\d+) tokens", execution.sortie, re.MULTILINE)
    ]
    assert lus[0] > 400 and lus[1] <= 256
    *_, petit, refus = execution.sortie.splitlines()
    assert petit.endswith("mot secret retrouvé : non"), "ce qui est jeté ne peut être retrouvé"
    assert "exceeds the available context size" in refus


@pytest.mark.snippet(VITESSE)
def test_les_debits_sont_calculables(execution: Execution) -> None:
    for mesure in ("cache déduit", "sans déduire", "génération"):
        debits = re.findall(rf"{mesure}\s+: \d+ tokens, (\d+) tokens/s", execution.sortie)
        assert len(debits) == 2 and all(int(debit) > 0 for debit in debits)


@pytest.mark.essai(VITESSE)
def test_le_cache_compte_dans_les_tokens_lus(executer: Executer, isole: Serveur) -> None:
    sortie = executer(VITESSE, env={"OLLAMA_HOST": isole.adresse}).sortie
    (lus_1, cache_1), (lus_2, cache_2) = (
        nombres(ligne.split(" : ")[1]) for ligne in sortie.splitlines() if "en cache" in ligne
    )
    sans_deduire = nombres(sortie.split("deuxième fois")[1].split("sans déduire")[1])
    avec = nombres(sortie.split("deuxième fois")[1].split("cache déduit")[1])
    assert sans_deduire[1] > 5 * avec[1], "oublier le cache flatte la vitesse de lecture"
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
    longueur = infos[f"{infos['general.architecture']}.context_length"]
    assert charge.context_length == longueur < 10**6


# --- Pannes ---


@pytest.mark.snippet(f"{MODULE}/18_panne_serveur_eteint.py")
def test_panne_serveur_eteint(execution: Execution) -> None:
    assert execution.sortie.startswith("ConnectionError : Failed to connect to Ollama")


@pytest.mark.snippet(f"{MODULE}/19_panne_modele_absent.py")
def test_panne_modele_absent(execution: Execution) -> None:
    assert "ResponseError 404" in execution.sortie
    assert "'modele-jamais-telecharge' not found" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/20_panne_port_pris.py", code=1)
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
    assert "[OK]    modèle :" in essai.sortie
    assert "[ÉCHEC] réponse du modèle" in essai.sortie
    assert "→ relancez Ollama" in essai.sortie


# --- Exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_debit.py")
def test_exercice_1(execution: Execution) -> None:
    assert "Bravo" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_flux.py")
def test_exercice_2(execution: Execution) -> None:
    assert execution.sortie.count("Refusé comme il faut") == 3
    assert "Bravo" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_adresse.py")
def test_exercice_3(execution: Execution) -> None:
    assert "Bravo" in execution.sortie
