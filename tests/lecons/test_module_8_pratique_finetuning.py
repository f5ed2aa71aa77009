"""Module 8 : ce que la première page affirme, de la fabrique des données aux courbes de perte."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.ollama_prive import fabrique
from scripts.outillage import entrainement as outillage
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons.module_8 import (
    AVIS,
    AVIS_CLIENTS,
    DONNEES,
    ENTRAINER,
    FABRIQUER,
    MODULE,
    QUESTIONS,
    TACHES,
    UN_CAS_SUR,
    comptes,
    part,
)

CONTROLER = f"{MODULE}/02_controler_donnees.py"
MESURER = f"{MODULE}/04_mesurer.py"
COURBES = f"{MODULE}/07_courbes.py"
PARTIES = ("entrainement", "validation", "test")
Executer = Callable[..., Execution]


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


@pytest.mark.essai(FABRIQUER)
def test_la_graine_redonne_les_memes_fichiers(executer: Executer, tmp_path: Path) -> None:
    contenus = []
    for essai in ("a", "b"):
        (tmp_path / essai).mkdir()
        executer(FABRIQUER, dossier=tmp_path / essai)
        fichiers = sorted((tmp_path / essai).rglob("*.jsonl"))
        contenus.append([fichier.read_bytes() for fichier in fichiers])
    assert len(contenus[0]) == 9 and contenus[0] == contenus[1]


# --- Le contrôleur ---


@pytest.mark.snippet(CONTROLER, args=("donnees/json",), apres=(FABRIQUER,), atelier=True)
def test_le_controleur_accepte_le_jeu_json(execution: Execution) -> None:
    assert execution.sortie.splitlines()[-1] == "Jeu accepté"
    maximums = [int(n) for n in re.findall(r"maximum (\d+)", execution.sortie)]
    assert len(maximums) == 3 and max(maximums) < 200
    comptes = re.findall(r"'(positif|négatif)': (\d+)", execution.sortie)
    assert len(comptes) == 6 and len({n for _, n in comptes}) == 3, "autant des deux classes"


@pytest.mark.essai(CONTROLER, apres=(FABRIQUER,), atelier=True)
@pytest.mark.parametrize("tache", ["pirate", "sentiment"])
def test_le_controleur_accepte_les_autres_jeux(executer: Executer, tache: str) -> None:
    controle = executer(CONTROLER, args=(f"donnees/{tache}",), atelier=True)
    assert controle.code == 0 and "Jeu accepté" in controle.sortie, controle.sortie


@pytest.mark.essai(CONTROLER, atelier=True)
def test_le_controleur_refuse_un_chemin_vide(executer: Executer) -> None:
    for args in ((), ("introuvable",)):
        controle = executer(CONTROLER, args=args, atelier=True)
        assert controle.code == 1
        assert controle.erreurs.startswith("Aucun fichier .jsonl ici")


refus = pytest.mark.snippet(
    f"{MODULE}/03_refuser_un_mauvais_fichier.sh", apres=(FABRIQUER,), atelier=True
)


@refus
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


@refus
def test_un_jeu_a_defauts_est_refuse(execution: Execution) -> None:
    assert "réponses mal équilibrées" in execution.sortie
    assert "Jeu refusé : 12 défauts\nCode de sortie : 1" in execution.sortie
    assert not re.search(r"^  ligne [12] :", execution.sortie, re.MULTILINE), "deux lignes saines"


# --- Avant ---

mesure_avant = pytest.mark.snippet(
    MESURER,
    args=("avant",),
    bref=(str(UN_CAS_SUR),),
    apres=(FABRIQUER,),
    atelier=True,
    modele="smollm2:135m",
)
TOUTES_LES_MESURES = 2 * 120 + 2 * 60 + 3 * 120


@mesure_avant
def test_sans_fine_tuning_le_prompt_nu_ne_donne_rien(execution: Execution) -> None:
    assert part(execution.sortie, "json, prompt nu", "valide", *AVIS) < 0.05
    assert part(execution.sortie, "pirate, prompt nu", "pirate", *QUESTIONS) < 0.15
    assert part(execution.sortie, "sentiment, prompt nu", "exact", *AVIS) < 0.3


@mesure_avant
def test_le_meilleur_prompt_donne_la_forme_pas_le_fond(execution: Execution) -> None:
    sortie = execution.sortie
    assert part(sortie, "json, consigne et un exemple", "valide", *AVIS) > 0.6
    assert part(sortie, "json, consigne et un exemple", "produit", *AVIS) < 0.6
    assert part(sortie, "pirate, consigne du Modelfile", "pirate", "conversation") > 0.4
    assert part(sortie, "pirate, consigne du Modelfile", "pirate", "taches", "apres_tours") < 0.5
    for methode in ("few-shot", "schéma imposé"):
        assert 0.3 < part(sortie, f"sentiment, {methode}", "exact", *AVIS) < 0.65


@mesure_avant
def test_chaque_reponse_est_gardee_pour_le_bootstrap(execution: Execution, atelier: Path) -> None:
    mesures = json.loads((atelier / "mesures/avant.json").read_text("utf-8"))
    assert len(mesures) in (TOUTES_LES_MESURES, TOUTES_LES_MESURES // UN_CAS_SUR)
    for methode, groupe, notes in comptes(execution.sortie):
        for note, (juste, total) in notes.items():
            lot = [
                mesure["notes"][note]
                for mesure in mesures
                if f"{mesure['tache']}, {mesure['methode']}" == methode
                and groupe in (mesure["genre"], mesure.get("tour"))
            ]
            assert (sum(lot), len(lot)) == (juste, total)


@mesure_avant
@pytest.mark.entier
def test_toutes_les_mesures_sont_faites(execution: Execution, atelier: Path) -> None:
    gardees = len(json.loads((atelier / "mesures/avant.json").read_text("utf-8")))
    notes = [notes for _, groupe, notes in comptes(execution.sortie) if groupe in AVIS + QUESTIONS]
    imprimees = sum(next(iter(note.values()))[1] for note in notes)
    assert gardees == imprimees == TOUTES_LES_MESURES


def test_les_prompts_sont_ceux_du_module_7() -> None:
    methodes = tomllib.loads((DONNEES / "methodes.toml").read_text("utf-8"))["avant"]
    module_7 = chemins.SNIPPETS / "module_7_introduction_finetuning"
    sources = {"json": "03_json_par_prompt.py", "pirate": "Modelfile"}
    sources["sentiment"] = "08_sentiment_par_prompt.py"
    for methode in methodes:
        source = (module_7 / sources[methode["tache"]]).read_text("utf-8")
        for _, texte in methode["prompt"]:
            assert texte in source


@pytest.mark.essai(MESURER, atelier=True)
def test_mesurer_dit_ce_qui_lui_manque(executer: Executer, tmp_path: Path) -> None:
    sans_donnees = executer(MESURER, args=("avant",), atelier=True, dossier=tmp_path)
    assert sans_donnees.code == 1 and "01_fabriquer_donnees.py" in sans_donnees.erreurs
    for args in ((), ("avant", "0"), ("avant", "trois")):
        essai = executer(MESURER, args=args, atelier=True)
        assert essai.code == 1 and essai.erreurs.startswith("Usage")


@pytest.mark.essai(MESURER, apres=(FABRIQUER,), atelier=True)
def test_mesurer_nomme_le_modele_absent(executer: Executer) -> None:
    env = {"COURS_MODELE": "introuvable"}
    essai = executer(MESURER, args=("avant",), atelier=True, env=env)
    assert essai.code == 1 and "introuvable" in essai.erreurs and "Traceback" not in essai.erreurs


entrainement = pytest.mark.snippet(
    ENTRAINER,
    args=TACHES,
    bref=("--exemples", "80", "--epoques", "1", "--validation", "12"),
    apres=(FABRIQUER,),
    atelier=True,
)


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


@pytest.mark.essai(ENTRAINER, atelier=True)
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


@pytest.mark.essai(ENTRAINER, atelier=True)
def test_un_entrainement_interrompu_reprend(executer: Executer, tmp_path: Path) -> None:
    outillage.preparer_l_entrainement()
    petites_donnees(tmp_path)
    arguments = ("sentiment", "--epoques", "20", "--taux", "1e-5")
    base = fabrique.dossier_hugging_face(modeles.MODELE_DE_REFERENCE)
    interrompre(tmp_path, arguments, base)
    essai = executer(ENTRAINER, args=arguments, atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    assert "reprise au point checkpoint-5\n" in essai.sortie
    journal = json.loads((tmp_path / "adaptateurs/sentiment/journal.json").read_text("utf-8"))
    pas = [ligne["step"] for ligne in journal if "loss" in ligne]
    assert pas == list(range(5, 21, 5)), "chaque pas une fois, sans trou ni répétition"


# --- Les courbes ---


@pytest.mark.snippet(COURBES, apres=(ENTRAINER,), atelier=True)
def test_les_courbes_ont_leur_tableau_et_deux_themes(execution: Execution) -> None:
    assert set(execution.figures) == {"courbes-clair.svg", "courbes-sombre.svg"}
    for tache in TACHES:
        lignes = re.findall(
            rf"^{tache} +(\d+) +(\d\.\d+) +(\d\.\d+)$", execution.sortie, re.MULTILINE
        )
        assert len(lignes) >= 2
        assert f"{tache}</text>".encode() in execution.figures["courbes-clair.svg"]


@pytest.mark.essai(COURBES, atelier=True)
def test_sans_journal_les_courbes_disent_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(COURBES, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "06_entrainer.py json" in essai.erreurs


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
