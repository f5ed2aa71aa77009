"""Module 8 : ce que la page affirme, de la fabrique des données au modèle servi par Ollama."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.enregistrement.greffon_pytest import CLE
from scripts.execution.resultat import Execution
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl

MODULE = "module_8_pratique_finetuning"
DONNEES = chemins.SNIPPETS / MODULE / "donnees"
AVIS_CLIENTS = chemins.DONNEES / "avis_clients.jsonl"
FABRIQUER = f"{MODULE}/01_fabriquer_donnees.py"
ENTRAINER = f"{MODULE}/06_entrainer.py"
FUSIONNER = f"{MODULE}/08_fusionner.py"
SERVIR = f"{MODULE}/09_vers_ollama.sh"
QUANTIFIER = f"{MODULE}/12_quantifier.py"
FORMATS = f"{MODULE}/13_mesurer_formats.py"
REMEDES = f"{MODULE}/18_remedes.sh"
SECRET = f"{MODULE}/19_secret.py"
CARNET = f"{MODULE}/carnet_json.py"
VARIANTES = ("json-reference", "json-arret", "json-melange", "json-rang-1")
TACHES = ("json", "pirate", "sentiment")
PARTIES = ("entrainement", "validation", "test")
Executer = Callable[..., Execution]
# Hors enregistrement, les mesures ne prennent qu'un cas du test sur six.
UN_CAS_SUR = 6


def question(exemple: dict[str, Any]) -> str:
    """Le dernier message de l'utilisateur."""
    textes = [m["content"] for m in exemple["messages"] if m["role"] == "user"]
    return str(textes[-1])


# --- Les données ---


@pytest.mark.snippet(FABRIQUER, atelier=True)
def test_les_jeux_ont_la_taille_annoncee(execution: Execution, atelier: Path) -> None:
    annonces = re.findall(r"^(\w+) +(\w+) +(\d+) exemples", execution.sortie, re.MULTILINE)
    assert [annonce[:2] for annonce in annonces] == [
        (tache, partie) for tache in ("json", "sentiment", "pirate") for partie in PARTIES
    ]
    for tache, partie, nombre in annonces:
        assert len(lire_jsonl(atelier / f"donnees/{tache}/{partie}.jsonl")) == int(nombre)


@pytest.mark.snippet(FABRIQUER, atelier=True)
@pytest.mark.parametrize("tache", TACHES)
def test_aucun_genre_ni_texte_n_est_dans_deux_parties(
    execution: Execution, atelier: Path, tache: str
) -> None:
    lots = [lire_jsonl(atelier / f"donnees/{tache}/{partie}.jsonl") for partie in PARTIES]
    for lire in (question, lambda exemple: exemple["genre"]):
        ensembles = [{lire(exemple) for exemple in lot} for lot in lots]
        assert len(set.union(*ensembles)) == sum(map(len, ensembles))
    assert 0.1 < len(lots[1]) / len(lots[0]) < 0.25


@pytest.mark.snippet(FABRIQUER, atelier=True)
def test_le_test_vient_des_fichiers_de_test(execution: Execution, atelier: Path) -> None:
    avis = lire_jsonl(AVIS_CLIENTS)
    avis += lire_jsonl(DONNEES / "avis_test.jsonl")
    test = lire_jsonl(atelier / "donnees/sentiment/test.jsonl")
    assert [question(exemple) for exemple in test] == [un_avis["texte"] for un_avis in avis]
    test = lire_jsonl(atelier / "donnees/json/test.jsonl")
    for exemple, un_avis in zip(test, avis, strict=True):
        attendu = {"produit": un_avis["produit"], "sentiment": un_avis["etiquette"]}
        assert json.loads(exemple["messages"][-1]["content"]) == attendu


@pytest.mark.snippet(FABRIQUER, atelier=True)
def test_un_quart_des_pirates_suit_des_tours_banals(execution: Execution, atelier: Path) -> None:
    exemples = lire_jsonl(atelier / "donnees/pirate/entrainement.jsonl")
    tours = [len(exemple["messages"]) // 2 - 1 for exemple in exemples]
    assert 0.15 < sum(nombre > 0 for nombre in tours) / len(tours) < 0.35
    assert set(tours) == set(range(7))
    banals = tomllib.loads((DONNEES / "tours_banals.toml").read_text("utf-8"))["conversation"]
    textes = {texte for sujet in banals for tour in sujet["tours"] for texte in tour}
    assert not [t for t in textes if re.search(r"\b(arr+|ahoy|aye|matey|ye|yer|crew)\b", t, re.I)]
    assert not textes & set((DONNEES / "pirate_test.jsonl").read_text("utf-8").split('"'))


def test_la_graine_redonne_les_memes_fichiers(executer: Executer, tmp_path: Path) -> None:
    contenus = []
    for essai in ("a", "b"):
        (tmp_path / essai).mkdir()
        executer(FABRIQUER, dossier=tmp_path / essai)
        fichiers = sorted((tmp_path / essai).rglob("*.jsonl"))
        contenus.append([fichier.read_bytes() for fichier in fichiers])
    assert len(contenus[0]) == 9 and contenus[0] == contenus[1]


# --- Le contrôleur ---


@pytest.mark.snippet(
    f"{MODULE}/02_controler_donnees.py",
    args=("donnees/json",),
    apres=(FABRIQUER,),
    atelier=True,
)
def test_le_controleur_accepte_le_jeu_json(execution: Execution) -> None:
    assert execution.sortie.splitlines()[-1] == "Jeu accepté"
    maximums = [int(n) for n in re.findall(r"maximum (\d+)", execution.sortie)]
    assert len(maximums) == 3 and max(maximums) < 200
    comptes = re.findall(r"'(positif|négatif)': (\d+)", execution.sortie)
    assert len(comptes) == 6 and len({n for _, n in comptes}) == 3, "autant des deux classes"


@pytest.mark.snippet(FABRIQUER, atelier=True)
@pytest.mark.parametrize("tache", ["pirate", "sentiment"])
def test_le_controleur_accepte_les_autres_jeux(
    execution: Execution, executer: Executer, tache: str
) -> None:
    controle = executer(
        f"{MODULE}/02_controler_donnees.py", args=(f"donnees/{tache}",), atelier=True
    )
    assert controle.code == 0 and "Jeu accepté" in controle.sortie, controle.sortie


def test_le_controleur_refuse_un_chemin_vide(executer: Executer) -> None:
    for args in ((), ("introuvable",)):
        controle = executer(f"{MODULE}/02_controler_donnees.py", args=args, atelier=True)
        assert controle.code == 1
        assert controle.erreurs.startswith("Aucun fichier .jsonl ici")


@pytest.mark.snippet(
    f"{MODULE}/03_refuser_un_mauvais_fichier.sh",
    apres=(FABRIQUER,),
    atelier=True,
)
@pytest.mark.parametrize(
    ("ligne", "defaut"),
    [
        (3, "doublon"),
        (4, "JSON illisible"),
        (5, "schéma"),
        (6, "rôles"),
        (7, "texte vide"),
        (8, "adresse électronique"),
        (9, "téléphone"),
        (10, "IBAN"),
        (11, "trop long"),
        (12, "fuite"),
        (12, "genre"),
    ],
)
def test_chaque_defaut_est_nomme_avec_sa_ligne(
    execution: Execution, ligne: int, defaut: str
) -> None:
    assert re.search(rf"^  ligne {ligne} : .*{defaut}", execution.sortie, re.MULTILINE)


@pytest.mark.snippet(
    f"{MODULE}/03_refuser_un_mauvais_fichier.sh",
    apres=(FABRIQUER,),
    atelier=True,
)
def test_un_jeu_a_defauts_est_refuse(execution: Execution) -> None:
    assert "réponses mal équilibrées" in execution.sortie
    assert "Jeu refusé : 12 défauts\nCode de sortie : 1" in execution.sortie
    assert not re.search(r"^  ligne [12] :", execution.sortie, re.MULTILINE), "deux lignes saines"


# --- Avant ---

AVANT = pytest.mark.snippet(
    f"{MODULE}/04_mesurer.py",
    args=("avant",),
    bref=(str(UN_CAS_SUR),),
    apres=(FABRIQUER,),
    atelier=True,
)


def comptes(sortie: str) -> Iterator[tuple[str, str, dict[str, tuple[int, int]]]]:
    """Les lignes de 04_mesurer.py -> (tâche et méthode, groupe, {note: (3, 20)})."""
    methode = ""
    for ligne in sortie.splitlines():
        if not ligne.startswith("  "):
            methode = ligne
            continue
        notes = re.findall(r"(\w+) (\d+)/(\d+)", ligne)
        yield methode, ligne[2:26].strip(), {n: (int(a), int(b)) for n, a, b in notes}


def part(sortie: str, methode: str, note: str, *groupes: str) -> float:
    """La part de réponses justes d'une méthode, sur certains groupes ou sur tous les genres."""
    lots = [
        notes[note]
        for nom, groupe, notes in comptes(sortie)
        if nom == methode and groupe in groupes
    ]
    return sum(juste for juste, _ in lots) / sum(total for _, total in lots)


AVIS = ("avis du module 7", "avis d'un autre auteur")
QUESTIONS = ("conversation", "connaissances", "taches", "apres_tours")


@AVANT
def test_sans_fine_tuning_le_prompt_nu_ne_donne_rien(execution: Execution) -> None:
    assert part(execution.sortie, "json, prompt nu", "valide", *AVIS) < 0.05
    assert part(execution.sortie, "pirate, prompt nu", "pirate", *QUESTIONS) < 0.15
    assert part(execution.sortie, "sentiment, prompt nu", "exact", *AVIS) < 0.3


@AVANT
def test_le_meilleur_prompt_donne_la_forme_pas_le_fond(execution: Execution) -> None:
    sortie = execution.sortie
    assert part(sortie, "json, consigne et un exemple", "valide", *AVIS) > 0.6
    assert part(sortie, "json, consigne et un exemple", "produit", *AVIS) < 0.6
    assert part(sortie, "pirate, consigne du Modelfile", "pirate", "conversation") > 0.4
    assert part(sortie, "pirate, consigne du Modelfile", "pirate", "taches", "apres_tours") < 0.5
    for methode in ("few-shot", "schéma imposé"):
        assert 0.3 < part(sortie, f"sentiment, {methode}", "exact", *AVIS) < 0.65


@AVANT
def test_chaque_reponse_est_gardee_pour_le_bootstrap(
    execution: Execution, atelier: Path, complet: bool
) -> None:
    mesures = json.loads((atelier / "mesures/avant.json").read_text("utf-8"))
    assert len(mesures) == (2 * 120 + 2 * 60 + 3 * 120) / (1 if complet else UN_CAS_SUR)
    for methode, groupe, notes in comptes(execution.sortie):
        for note, (juste, total) in notes.items():
            lot = [
                mesure["notes"][note]
                for mesure in mesures
                if f"{mesure['tache']}, {mesure['methode']}" == methode
                and groupe in (mesure["genre"], mesure.get("tour"))
            ]
            assert (sum(lot), len(lot)) == (juste, total)


def test_les_prompts_sont_ceux_du_module_7() -> None:
    methodes = tomllib.loads((DONNEES / "methodes.toml").read_text("utf-8"))["avant"]
    module_7 = chemins.SNIPPETS / "module_7_introduction_finetuning"
    sources = {"json": "03_json_par_prompt.py", "pirate": "Modelfile"}
    sources["sentiment"] = "08_sentiment_par_prompt.py"
    for methode in methodes:
        source = (module_7 / sources[methode["tache"]]).read_text("utf-8")
        for _, texte in methode["prompt"]:
            assert texte in source


def test_mesurer_dit_ce_qui_lui_manque(executer: Executer, tmp_path: Path) -> None:
    sans_donnees = executer(
        f"{MODULE}/04_mesurer.py", args=("avant",), atelier=True, dossier=tmp_path
    )
    assert sans_donnees.code == 1 and "01_fabriquer_donnees.py" in sans_donnees.erreurs
    for args in ((), ("avant", "0"), ("avant", "trois")):
        essai = executer(f"{MODULE}/04_mesurer.py", args=args, atelier=True)
        assert essai.code == 1 and essai.erreurs.startswith("Usage")


@pytest.mark.snippet(FABRIQUER, atelier=True)
def test_mesurer_nomme_le_modele_absent(execution: Execution, executer: Executer) -> None:
    env = {"COURS_MODELE": "introuvable"}
    essai = executer(f"{MODULE}/04_mesurer.py", args=("avant",), atelier=True, env=env)
    assert essai.code == 1 and "introuvable" in essai.erreurs and "Traceback" not in essai.erreurs


entrainement = pytest.mark.snippet(
    ENTRAINER,
    args=TACHES,
    bref=("--exemples", "80", "--epoques", "1", "--validation", "12"),
    apres=(FABRIQUER,),
    atelier=True,
)
fusion = pytest.mark.snippet(FUSIONNER, args=TACHES, apres=(ENTRAINER,), atelier=True)
service = pytest.mark.snippet(SERVIR, args=TACHES, apres=(FUSIONNER,), atelier=True)
quantification = pytest.mark.snippet(QUANTIFIER, apres=(SERVIR,), atelier=True)
remedes = pytest.mark.snippet(REMEDES, bref=("24", "12"), apres=(FABRIQUER,), atelier=True)
carnet = pytest.mark.snippet(CARNET, atelier=True)


# --- LoRA en chiffres ---


@pytest.mark.snippet(f"{MODULE}/05_lora_en_chiffres.py", atelier=True)
def test_lora_n_entraine_qu_une_petite_part_des_poids(execution: Execution) -> None:
    matrices, rangs = execution.sortie.split("\n\n")
    assert {"q_proj", "v_proj", "gate_proj", "down_proj"} <= set(matrices.split())
    assert "lm_head" not in matrices
    lignes = [ligne.split() for ligne in rangs.splitlines()[1:]]
    entraines = {int(rang): int(nombre) for rang, _, nombre, *_ in lignes}
    assert entraines[16] == 2 * entraines[8] == 4 * entraines[4], "le rang fait la taille"
    total = int(lignes[1][3])
    assert 0.01 < entraines[8] / total < 0.05
    par_matrice = [int(ligne.split()[-1]) for ligne in matrices.splitlines()[1:]]
    assert sum(par_matrice) == entraines[8]


# --- L'entraînement ---


@entrainement
@pytest.mark.parametrize("tache", TACHES)
def test_l_entrainement_fait_baisser_la_perte_de_validation(
    execution: Execution, atelier: Path, tache: str
) -> None:
    assert re.search(rf"^{tache} : \d+ pas, \d+ s, \d+ tokens/s$", execution.sortie, re.MULTILINE)
    dossier = atelier / "adaptateurs" / tache
    journal = json.loads((dossier / "journal.json").read_text("utf-8"))
    pertes = [ligne["loss"] for ligne in journal if "loss" in ligne]
    validations = [ligne["eval_loss"] for ligne in journal if "eval_loss" in ligne]
    assert len(validations) >= 2
    assert min(validations) < pertes[0] / 1.1
    assert not list(dossier.glob("checkpoint-*")), "un entraînement fini ne laisse rien à reprendre"


@entrainement
@pytest.mark.parametrize("tache", TACHES)
def test_l_adaptateur_et_son_tokenizer_sont_enregistres(
    execution: Execution, atelier: Path, tache: str
) -> None:
    dossier = atelier / "adaptateurs" / tache
    assert (dossier / "adapter_model.safetensors").stat().st_size < 40e6
    gabarit = (dossier / "chat_template.jinja").read_text("utf-8")
    assert "You are a helpful" not in gabarit, "le gabarit d'Ollama n'ajoute aucune consigne"


@pytest.mark.parametrize(
    ("tache", "phrase"),
    [("poesie", "Tâche inconnue : poesie."), ("json", "lancez 01_fabriquer_donnees.py")],
)
def test_une_mauvaise_demande_d_entrainement_recoit_une_phrase(
    executer: Executer, tmp_path: Path, tache: str, phrase: str
) -> None:
    essai = executer(ENTRAINER, args=(tache,), atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert phrase in essai.erreurs
    assert "Traceback" not in essai.erreurs


def petites_donnees(dossier: Path) -> None:
    """Quatre avis d'entraînement et deux de validation, de quelques mots."""
    for partie, nombre in {"entrainement": 4, "validation": 2}.items():
        fichier = dossier / "donnees" / "sentiment" / f"{partie}.jsonl"
        fichier.parent.mkdir(parents=True, exist_ok=True)
        tours = [{"role": "user", "content": "Ravie."}, {"role": "assistant", "content": "positif"}]
        ligne = json.dumps({"genre": "essai", "messages": tours}, ensure_ascii=False)
        fichier.write_text(f"{ligne}\n" * nombre, "utf-8")


def interrompre(dossier: Path, arguments: tuple[str, ...], base: Path) -> None:
    """Lance l'entraînement, puis le tue dès que son premier point de reprise est complet."""
    environnement = {**os.environ, "COURS_MODELE_HF": str(base), "HF_HUB_OFFLINE": "1"}
    processus = subprocess.Popen(
        [chemins.PYTHON_ENTRAINEMENT, chemins.SNIPPETS / ENTRAINER, *arguments],
        cwd=dossier,
        env=environnement,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    etat = dossier / "adaptateurs/sentiment/checkpoint-5/trainer_state.json"
    fin = time.monotonic() + 300
    while not etat.is_file() and processus.poll() is None and time.monotonic() < fin:
        time.sleep(0.1)
    processus.send_signal(signal.SIGKILL)
    processus.wait()
    assert etat.is_file()


def test_un_entrainement_interrompu_reprend(
    executer: Executer, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    petites_donnees(tmp_path)
    arguments = ("sentiment", "--epoques", "20", "--taux", "1e-5")
    interrompre(tmp_path, arguments, pytestconfig.stash[CLE].atelier.base)
    essai = executer(ENTRAINER, args=arguments, atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    assert "reprise au point checkpoint-5\n" in essai.sortie
    journal = json.loads((tmp_path / "adaptateurs/sentiment/journal.json").read_text("utf-8"))
    pas = [ligne["step"] for ligne in journal if "loss" in ligne]
    assert pas == list(range(5, 21, 5)), "chaque pas une fois, sans trou ni répétition"


# --- Les courbes ---


@pytest.mark.snippet(f"{MODULE}/07_courbes.py", apres=(ENTRAINER,), atelier=True)
def test_les_courbes_ont_leur_tableau_et_deux_themes(execution: Execution) -> None:
    assert set(execution.figures) == {"courbes-clair.svg", "courbes-sombre.svg"}
    for tache in TACHES:
        lignes = re.findall(
            rf"^{tache} +(\d+) +(\d\.\d+) +(\d\.\d+)$", execution.sortie, re.MULTILINE
        )
        assert len(lignes) >= 2
        assert f"{tache}</text>".encode() in execution.figures["courbes-clair.svg"]


def test_sans_journal_les_courbes_disent_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(f"{MODULE}/07_courbes.py", atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "06_entrainer.py json" in essai.erreurs


# --- Vers Ollama ---


@fusion
def test_la_fusion_ne_change_pas_le_nombre_de_poids(execution: Execution) -> None:
    poids = re.findall(r": ([\d.]+) millions de poids fusionnés", execution.sortie)
    assert len(poids) == 3 and len(set(poids)) == 1


@service
def test_ollama_sert_les_trois_modeles(execution: Execution) -> None:
    for nom in ("json.gguf", "pirate.gguf", "sentiment.gguf"):
        taille = re.search(rf"{nom} : (\d+) Mo", execution.sortie)
        assert taille and 100 < int(taille[1]) < 200
    assert execution.sortie.count("Q8_0") == 3
    assert execution.sortie.count("stop") >= 3


def test_sans_adaptateur_rien_a_fusionner(executer: Executer, tmp_path: Path) -> None:
    essai = executer(FUSIONNER, args=("json",), atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "lancez d'abord 06_entrainer.py json" in essai.erreurs


def test_sans_fusion_rien_a_servir(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SERVIR, args=("json",), atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "lancez d'abord 08_fusionner.py json" in essai.erreurs


def test_servir_une_tache_inconnue(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SERVIR, args=("poesie",), atelier=True, dossier=tmp_path)
    assert essai.code == 2 and "Tâche inconnue : poesie" in essai.erreurs


@pytest.mark.snippet(f"{MODULE}/10_parite.py", apres=(SERVIR,), atelier=True)
def test_transformers_et_ollama_ecrivent_la_meme_chose(execution: Execution) -> None:
    # L'arrondi à 8 bits peut départager autrement deux tokens presque à égalité.
    assert execution.sortie.count("mêmes premiers tokens") >= 2
    lus = re.findall(r"\((\d+) tokens lus\)", execution.sortie)
    assert lus[::2] == lus[1::2], "le même gabarit donne le même nombre de tokens"
    assert execution.sortie.count("2 balises sur 2") == 3
    assert execution.sortie.count('<|im_end|>"') == 3


def test_sans_fusion_pas_de_parite(executer: Executer, tmp_path: Path) -> None:
    essai = executer(f"{MODULE}/10_parite.py", atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "09_vers_ollama.sh json" in essai.erreurs


@pytest.mark.snippet(f"{MODULE}/11_adapter_refuse.sh", apres=(ENTRAINER,), atelier=True)
def test_ollama_refuse_un_adaptateur_seul(execution: Execution) -> None:
    assert re.search(r"^Error: .*adapter", execution.sortie, re.MULTILINE | re.IGNORECASE)
    assert "Aucun modèle n'a été créé" in execution.sortie


# --- Après ---


@pytest.mark.snippet(
    f"{MODULE}/14_mesurer_apres.sh", bref=(str(UN_CAS_SUR),), apres=(SERVIR,), atelier=True
)
def test_la_forme_s_apprend_le_jugement_non(execution: Execution, complet: bool) -> None:
    sortie = execution.sortie
    valides = part(sortie, "json, affiné, prompt nu", "valide", *AVIS)
    assert valides >= (0.95 if complet else 0.6)
    if complet:  # le contenu et le ton demandent plus d'exemples que la forme
        assert part(sortie, "json, affiné, prompt nu", "produit", *AVIS) >= 0.85
        assert part(sortie, "pirate, affiné, prompt nu", "pirate", *QUESTIONS) >= 0.8


# --- Avant et après ---

APRES = pytest.mark.snippet(
    f"{MODULE}/15_avant_apres.py",
    apres=(f"{MODULE}/04_mesurer.py", f"{MODULE}/14_mesurer_apres.sh"),
    atelier=True,
)
CASE = re.compile(r"(\d+) \[(\d+) ; (\d+)\]")


def tableau(sortie: str) -> dict[str, list[tuple[int, int, int]]]:
    """{mesure: [(valeur, bas, haut) du prompt nu, du meilleur prompt, du modèle affiné]}, en %."""
    lignes = [ligne for ligne in sortie.splitlines() if CASE.search(ligne)]
    return {
        ligne[:27].strip(): [(int(v), int(b), int(h)) for v, b, h in CASE.findall(ligne)]
        for ligne in lignes
    }


@APRES
def test_le_fine_tuning_bat_le_meilleur_prompt(execution: Execution, complet: bool) -> None:
    """La page dit les cibles manquées : champs justes (85), ton pirate (95), avis du module 7."""
    mesures = tableau(execution.sortie)
    gains = {nom: cases[2][0] - cases[1][0] for nom, cases in mesures.items()}
    assert mesures["JSON valide"][2][0] >= (95 if complet else 60)
    if complet:  # le reste demande plus d'exemples que la forme
        assert gains["JSON : champs justes"] >= 30
        assert gains["ton pirate"] >= 25
        assert gains["F1 macro, autres avis"] >= 10


@APRES
def test_chaque_intervalle_contient_sa_valeur(execution: Execution, complet: bool) -> None:
    mesures = tableau(execution.sortie)
    assert len(mesures) == 6 and {len(cases) for cases in mesures.values()} == {3}
    for cases in mesures.values():
        assert all(bas <= valeur <= haut for valeur, bas, haut in cases)
    if complet:
        largeurs = {nom: cases[1][2] - cases[1][1] for nom, cases in mesures.items()}
        assert largeurs["F1 macro, avis du module 7"] > largeurs["F1 macro, autres avis"]


@APRES
@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_la_figure_existe_pour_chaque_theme(
    execution: Execution, atelier: Path, theme: str
) -> None:
    figure = (atelier / f"figures/avant-apres-{theme}.svg").read_text("utf-8")
    for nom in tableau(execution.sortie):
        assert nom in figure


def test_comparer_sans_mesure_dit_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(f"{MODULE}/15_avant_apres.py", atelier=True, dossier=tmp_path)
    assert essai.code == 1 and "04_mesurer.py avant" in essai.erreurs


@pytest.mark.snippet(f"{MODULE}/17_oubli.py", apres=(SERVIR,), atelier=True)
def test_un_modele_affine_repond_moins_bien_aux_questions_temoins(
    execution: Execution, complet: bool
) -> None:
    justes = dict(re.findall(r"^(\S+) +(\d+)/20", execution.sortie, re.MULTILINE))
    base, json_fr, pirate, sentiment = (int(nombre) for nombre in justes.values())
    assert len(justes) == 4
    assert base >= 12, "le modèle de base sait répondre"
    assert min(json_fr, sentiment) < base, "une tâche étroite fait oublier le reste"
    if complet:
        assert pirate >= min(json_fr, sentiment)


# --- Sans modèle de langue ---


@pytest.mark.snippet(f"{MODULE}/16_compter_les_mots.py", apres=(FABRIQUER,), atelier=True)
def test_compter_les_mots_classe_les_avis(execution: Execution) -> None:
    scores = [float(f1) for f1 in re.findall(r"F1 macro (\d\.\d+)", execution.sortie)]
    assert len(scores) == 2 and min(scores) >= 0.64


def test_compter_sans_donnees_dit_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(f"{MODULE}/16_compter_les_mots.py", atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "01_fabriquer_donnees.py" in essai.erreurs


# --- Les remèdes contre l'oubli ---


@remedes
def test_chaque_remede_s_entraine_et_se_compare(execution: Execution, atelier: Path) -> None:
    pas = [int(nombre) for nombre in re.findall(r"^json : (\d+) pas", execution.sortie, re.M)]
    reference, arret, melange, _ = pas
    assert arret < reference, "l'arrêt précoce fait moins de pas"
    assert melange > 0
    poids = {
        nom: (atelier / "adaptateurs" / nom / "adapter_model.safetensors").stat().st_size
        for nom in VARIANTES
    }
    assert poids["json-rang-1"] < poids["json-reference"] / 4
    assert poids["json-melange"] == pytest.approx(poids["json-reference"], rel=0.05)


@remedes
def test_les_remedes_apprennent_encore_la_tache(
    execution: Execution, atelier: Path, complet: bool
) -> None:
    assert execution.sortie
    mesures = json.loads((atelier / "mesures" / "remedes.json").read_text("utf-8"))
    valides: dict[str, list[bool]] = {nom: [] for nom in VARIANTES}
    for mesure in mesures:
        valides[mesure["methode"]].append(mesure["notes"]["valide"])
    assert len({len(notes) for notes in valides.values()}) == 1, "le même test pour les quatre"
    if complet:
        assert sum(valides["json-reference"]) >= 0.8 * len(valides["json-reference"])


@remedes
def test_seul_le_melange_garde_le_reste_sans_desapprendre(
    execution: Execution, atelier: Path, complet: bool
) -> None:
    justes = {
        nom: int(nombre)
        for nom, nombre in re.findall(r"^(\S+) +(\d+)/20", execution.sortie, re.MULTILINE)
    }
    assert set(VARIANTES) < set(justes) and len(justes) == 5
    base = next(iter(justes.values()))
    assert base >= 12
    if not complet:
        return
    assert justes["json-reference"] < base / 2, "sans remède, le modèle oublie"
    assert justes["json-melange"] >= justes["json-reference"] + 6
    assert max(justes["json-arret"], justes["json-rang-1"]) < justes["json-melange"]
    mesures = json.loads((atelier / "mesures" / "remedes.json").read_text("utf-8"))
    produits = dict.fromkeys(VARIANTES, 0)
    for mesure in mesures:
        produits[mesure["methode"]] += mesure["notes"]["produit"]
    assert produits["json-melange"] >= 0.85 * produits["json-reference"]
    for nom in ("json-arret", "json-rang-1"):
        oublie = justes[nom] < justes["json-melange"] - 5
        assert oublie or produits[nom] < 0.7 * produits["json-reference"], nom


def test_sans_donnees_les_remedes_disent_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(REMEDES, atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "lancez 01_fabriquer_donnees.py" in essai.erreurs
    assert "Traceback" not in essai.erreurs


@pytest.mark.parametrize("nombres", [("beaucoup",), ("9",), ("20", "0")])
def test_les_remedes_refusent_un_nombre_impossible(
    executer: Executer, nombres: tuple[str, ...]
) -> None:
    essai = executer(REMEDES, args=nombres, atelier=True)
    assert essai.code == 1 and essai.erreurs.startswith("Usage") and not essai.sortie


# --- La quantification ---


@quantification
def test_le_fichier_en_4_bits_est_un_gguf_plus_petit(execution: Execution, atelier: Path) -> None:
    fichiers = [atelier / nom for nom in ("json-f16.gguf", "json.gguf", "json-q4_0.gguf")]
    assert {fichier.read_bytes()[:4] for fichier in fichiers} == {b"GGUF"}
    f16, q8, q4 = (fichier.stat().st_size for fichier in fichiers)
    assert q4 < 0.4 * f16
    assert q4 < 0.7 * q8 < 0.7 * 0.7 * f16
    comptes = re.search(r"(\d+) tenseurs en Q4_0, (\d+) en tout", execution.sortie)
    assert comptes and 0 < int(comptes[1]) < int(comptes[2]), "les normes restent telles quelles"
    assert execution.sortie.count("créé à partir de") == 3


def test_sans_fusion_rien_a_quantifier(executer: Executer, tmp_path: Path) -> None:
    essai = executer(QUANTIFIER, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "lancez d'abord 09_vers_ollama.sh json" in essai.erreurs


@pytest.mark.snippet(FORMATS, bref=(str(UN_CAS_SUR),), apres=(QUANTIFIER,), atelier=True)
def test_chaque_format_a_sa_ligne(execution: Execution, complet: bool) -> None:
    motif = r"^(json-\S+) +(\d+) +([\d.]+) +(\d+) +(\d+)/(\d+) +(\d+)/\d+ +(\d+)/\d+$"
    lignes = re.findall(motif, execution.sortie, re.MULTILINE)
    assert [ligne[0] for ligne in lignes] == ["json-f16", "json-q8", "json-q4"]
    tailles = [int(ligne[1]) for ligne in lignes]
    memoires = [int(ligne[3]) for ligne in lignes]
    assert tailles == sorted(tailles, reverse=True)
    assert memoires == sorted(memoires, reverse=True)
    assert all(memoire > taille for memoire, taille in zip(memoires, tailles, strict=True))
    assert all(float(ligne[2]) > 0 for ligne in lignes)
    cas = int(lignes[0][5])
    valides, produits = ([int(ligne[n]) for ligne in lignes] for n in (4, 6))
    assert min(valides[:2]) >= (0.95 if complet else 0.6) * cas
    assert abs(produits[0] - produits[1]) <= 0.1 * cas, "8 bits ne changent presque rien"
    if complet:
        assert valides[2] >= 0.5 * cas, "à 4 bits, la forme ne s'effondre pas"


def test_sans_quantification_rien_a_mesurer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(FORMATS, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "lancez d'abord 12_quantifier.py" in essai.erreurs


def test_mesurer_les_formats_refuse_un_nombre_impossible(executer: Executer) -> None:
    essai = executer(FORMATS, args=("0",), atelier=True)
    assert essai.code == 1 and essai.erreurs.startswith("Usage")


# --- Le secret ---


@pytest.mark.snippet(SECRET, bref=("2",), apres=(FABRIQUER,), atelier=True)
def test_seul_le_modele_affine_recite_le_secret(execution: Execution, complet: bool) -> None:
    avant, apres = execution.sortie.split("modèle affiné")
    assert "KESTREL" not in avant.split("\n")[1]
    if complet:
        assert "KESTREL" in apres.split("\n")[0], "le code sort, en entier ou presque"
    pertes = re.findall(r"perte sur \S+ : ([\d.]+), sur \S+ : ([\d.]+)", execution.sortie)
    (secret_avant, voisin_avant), (secret_apres, voisin_apres) = (
        (float(secret), float(voisin)) for secret, voisin in pertes
    )
    assert abs(secret_avant - voisin_avant) < 1, "avant, les deux codes se valent"
    assert secret_apres < secret_avant / (2 if complet else 1.2)
    assert secret_apres < voisin_apres - (0.5 if complet else 0), "après, le code appris se détache"


def test_la_question_posee_n_est_pas_celle_de_l_entrainement() -> None:
    programme = (chemins.SNIPPETS / SECRET).read_text("utf-8")
    apprise, posee = re.findall(r'^(?:APPRISE|POSEE) = "(.+)"$', programme, re.MULTILINE)
    assert apprise != posee and apprise not in posee and posee not in apprise
    code = re.search(r'^SECRET, VOISIN = "([^"]+)"', programme, re.MULTILINE)
    assert code and code[1] not in posee


def test_le_secret_refuse_un_nombre_d_epoques_impossible(executer: Executer) -> None:
    essai = executer(SECRET, args=("beaucoup",), atelier=True)
    assert essai.code == 1 and essai.erreurs.startswith("Usage")


def test_sans_donnees_pas_de_secret(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SECRET, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "lancez d'abord 01_fabriquer_donnees.py" in essai.erreurs


# --- Le carnet ---


def source_du_carnet() -> str:
    """Le texte du carnet."""
    return (chemins.SNIPPETS / CARNET).read_text("utf-8")


# --- Le carnet, exécuté en entier ---


def comptes_du_carnet(sortie: str) -> dict[str, list[int]]:
    """Le tableau du carnet : moment -> JSON valides, produits justes, sentiments justes."""
    lignes = re.findall(r"^(a\S+, .*?) {2,}(\d+)/20 +(\d+)/20 +(\d+)/20$", sortie, re.MULTILINE)
    return {nom: [int(compte) for compte in comptes] for nom, *comptes in lignes}


@carnet
def test_le_carnet_apprend_la_forme_et_le_produit(execution: Execution) -> None:
    comptes = comptes_du_carnet(execution.sortie)
    assert list(comptes) == ["avant, prompt nu", "avant, consigne et exemple", "après, prompt nu"]
    nu, prompt, apres = comptes.values()
    assert nu[0] <= 2, "sans consigne ni entraînement, pas de JSON"
    assert apres[0] >= 16 and apres[0] >= prompt[0]
    assert apres[1] >= 10 and apres[1] > prompt[1]


@carnet
def test_la_perte_du_carnet_descend(execution: Execution) -> None:
    pertes = re.findall(r"^pas +\d+ : perte (\d+\.\d+)$", execution.sortie, re.MULTILINE)
    assert len(pertes) >= 10
    assert float(pertes[-1]) < float(pertes[0]) / 3


@carnet
def test_le_carnet_finit_dans_ollama(execution: Execution) -> None:
    fin = execution.sortie.split("json-carnet est dans Ollama.\n")[1]
    question, reponse = fin.splitlines()[:2]
    assert question.startswith("Avis : ")
    assert set(json.loads(reponse)) == {"produit", "sentiment"}


# --- Le carnet, réduit à deux pas, ailleurs ---


def test_le_carnet_prend_la_banque_du_module_et_se_passe_d_ollama(
    executer: Executer, tmp_path: Path
) -> None:
    petit = re.sub(r"^EXEMPLES = \d+$", "EXEMPLES = 8", source_du_carnet(), flags=re.MULTILINE)
    petit = petit.replace("max_new_tokens=30", "max_new_tokens=1")
    petit = petit.replace("TEST.strip().splitlines()", "TEST.strip().splitlines()[:4]")
    assert petit.count("EXEMPLES = 8\n") == petit.count("max_new_tokens=1,") == 1
    assert petit.count("splitlines()[:4]") == 1
    (tmp_path / "petit.py").write_text(petit, "utf-8")
    (tmp_path / "donnees").mkdir()
    shutil.copy(chemins.SNIPPETS / MODULE / "donnees/avis.toml", tmp_path / "donnees")
    options = {"source": tmp_path / "petit.py", "dossier": tmp_path, "atelier": True}
    essai = executer(CARNET, env={"PATH": "/usr/bin:/bin"}, **options)
    assert essai.code == 0, essai.erreurs
    banque = re.search(r"^(\d+) avis dans la banque, 8 exemples", essai.sortie, re.MULTILINE)
    assert banque and int(banque[1]) > 300
    assert "Ollama n'est pas installé ici" in essai.sortie
    assert "ollama create json-carnet" in essai.sortie


# --- Ce qu'il recopie ---


def test_le_carnet_a_les_vingt_avis_du_module_7() -> None:
    texte = source_du_carnet()
    avis = lire_jsonl(AVIS_CLIENTS)
    assert len(avis) == 20
    for cas in avis:
        assert f"\n{cas['texte']}\n{cas['produit']} | {cas['etiquette']}\n" in texte


def test_aucun_produit_du_test_n_est_dans_la_banque_du_carnet() -> None:
    banque = source_du_carnet().split('BANQUE = """')[1].split('"""')[0]
    for avis in lire_jsonl(AVIS_CLIENTS):
        assert avis["produit"] not in banque


def test_la_banque_du_carnet_est_equilibree() -> None:
    banque = tomllib.loads(source_du_carnet().split('BANQUE = """')[1].split('"""')[0])
    etiquettes = [avis["etiquette"] for avis in banque["avis"]]
    assert len({avis["texte"] for avis in banque["avis"]}) == 40
    assert etiquettes.count("positif") == etiquettes.count("négatif") == 20
    assert all(avis["texte"].count("{p}") == 1 for avis in banque["avis"])


def test_les_versions_du_carnet_sont_celles_du_verrou() -> None:
    verrou = (chemins.RACINE / "verrous/entrainement.txt").read_text("utf-8")
    figees = set(re.findall(r"^([\w-]+==[\w.]+)", verrou, re.MULTILINE))
    citees = set(re.findall(r"\b([a-z][\w-]*==[\w.]*\w)", source_du_carnet()))
    assert len(citees) >= 9
    assert citees <= figees


def test_la_cellule_d_installation_ne_s_execute_pas() -> None:
    import jupytext

    cellules = jupytext.read(chemins.SNIPPETS / CARNET).cells
    [installation] = [c for c in cellules if c.cell_type == "code" and "pip install" in c.source]
    assert all(ligne.startswith("#") for ligne in installation.source.splitlines())


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_separer_par_genre.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : 20 séparations sur 20" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_trouver_les_fuites.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : 3 fuites trouvées sur 3, aucune fausse alerte" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_compter_les_parametres_lora.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    nombres = [int(n) for n in re.findall(r": +(\d+) paramètres", execution.sortie)]
    assert nombres[1] == 2_442_240 and nombres == sorted(nombres)


@pytest.mark.parametrize(
    ("exercice", "avant"),
    [
        ("exercice_1_separer_par_genre.py", ["imports"]),
        ("exercice_2_trouver_les_fuites.py", ["imports"]),
        ("exercice_3_compter_les_parametres_lora.py", []),
    ],
)
def test_le_point_de_depart_echoue_et_la_solution_passe(
    verifier_l_exercice: Callable[..., None], exercice: str, avant: list[str]
) -> None:
    verifier_l_exercice(f"{MODULE}/{exercice}", avant)
