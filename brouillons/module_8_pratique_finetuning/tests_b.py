"""Module 8, entraînement, service et mesures : ce que la page affirme."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import chemins
from scripts.execution import Execution

MODULE = "module_8_pratique_finetuning"
TACHES = ("json", "pirate", "sentiment")
DONNEES = f"{MODULE}/01_fabriquer_donnees.py"
ENTRAINER = f"{MODULE}/06_entrainer.py"
SERVIR = f"{MODULE}/08_vers_ollama.sh"
Executer = Callable[..., Execution]

entrainement = pytest.mark.snippet(ENTRAINER, args=TACHES, apres=(DONNEES,), atelier=True)
service = pytest.mark.snippet(SERVIR, args=TACHES, apres=(ENTRAINER,), atelier=True)


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
    assert min(validations) < pertes[0] / 1.5
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
    etat = dossier / "adaptateurs/sentiment/checkpoint-40/trainer_state.json"
    fin = time.monotonic() + 300
    while not etat.is_file() and processus.poll() is None and time.monotonic() < fin:
        time.sleep(0.1)
    processus.send_signal(signal.SIGKILL)
    processus.wait()
    assert etat.is_file()


def test_un_entrainement_interrompu_reprend(
    executer: Executer, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    from scripts.greffon_pytest import CLE

    petites_donnees(tmp_path)
    arguments = ("sentiment", "--epoques", "60", "--taux", "1e-5")
    interrompre(tmp_path, arguments, pytestconfig.stash[CLE].atelier.base)
    essai = executer(ENTRAINER, args=arguments, atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    assert "reprise au point checkpoint-40" in essai.sortie
    journal = json.loads((tmp_path / "adaptateurs/sentiment/journal.json").read_text("utf-8"))
    pas = [ligne["step"] for ligne in journal if "loss" in ligne]
    assert pas == list(range(5, 61, 5)), "chaque pas une fois, sans trou ni répétition"


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


@service
def test_ollama_sert_les_trois_modeles(execution: Execution) -> None:
    for nom in ("json.gguf", "pirate.gguf", "sentiment.gguf"):
        taille = re.search(rf"{nom} : (\d+) Mo", execution.sortie)
        assert taille and 100 < int(taille[1]) < 200
    assert execution.sortie.count("Q8_0") == 3
    assert execution.sortie.count("stop") >= 3


def test_sans_adaptateur_rien_a_fusionner(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SERVIR, args=("json",), atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "lancez d'abord 06_entrainer.py json" in essai.erreurs


def test_servir_une_tache_inconnue(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SERVIR, args=("poesie",), atelier=True, dossier=tmp_path)
    assert essai.code == 2 and "Tâche inconnue : poesie" in essai.erreurs


@pytest.mark.snippet(f"{MODULE}/14_parite.py", apres=(SERVIR,), atelier=True)
def test_transformers_et_ollama_ecrivent_la_meme_chose(execution: Execution) -> None:
    assert execution.sortie.count("mêmes premiers tokens") == 3
    lus = re.findall(r"\((\d+) tokens lus\)", execution.sortie)
    assert lus[::2] == lus[1::2], "le même gabarit donne le même nombre de tokens"
    assert execution.sortie.count("2 balises sur 2") == 3
    assert execution.sortie.count('<|im_end|>"') == 3


def test_sans_fusion_pas_de_parite(executer: Executer, tmp_path: Path) -> None:
    essai = executer(f"{MODULE}/14_parite.py", atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "08_vers_ollama.sh json" in essai.erreurs


@pytest.mark.snippet(f"{MODULE}/15_adapter_refuse.sh", apres=(ENTRAINER,), atelier=True)
def test_ollama_refuse_un_adaptateur_seul(execution: Execution) -> None:
    assert re.search(r"^Error: .*adapter", execution.sortie, re.MULTILINE | re.IGNORECASE)
    assert "Aucun modèle n'a été créé" in execution.sortie


# --- Après ---


@pytest.mark.snippet(f"{MODULE}/10_mesurer_apres.sh", apres=(SERVIR,), atelier=True)
def test_les_modeles_affines_atteignent_les_cibles(execution: Execution, atelier: Path) -> None:
    assert execution.sortie
    mesures = json.loads((atelier / "mesures" / "apres.json").read_text("utf-8"))
    notes = {tache: [m["notes"] for m in mesures if m["tache"] == tache] for tache in TACHES}
    assert part(notes["json"], "valide") >= 0.95
    assert (part(notes["json"], "produit") + part(notes["json"], "sentiment")) / 2 >= 0.85
    assert part(notes["pirate"], "pirate") >= 0.95
    vingt = [m for m in mesures if m["tache"] == "sentiment"][:20]
    assert f1_macro(vingt) >= 0.64


def part(notes: list[dict[str, bool]], nom: str) -> float:
    """La part des réponses qui ont cette note."""
    return sum(note[nom] for note in notes) / len(notes)


def f1_macro(mesures: list[dict[str, str]]) -> float:
    """Le F1 macro des classes positif et négatif."""
    attendues = [m["attendu"] for m in mesures]
    predites = [m["reponse"].strip(' ."\n').lower() for m in mesures]
    scores = []
    for classe in ("positif", "négatif"):
        justes = sum(a == p == classe for a, p in zip(attendues, predites, strict=True))
        scores.append(2 * justes / (attendues.count(classe) + predites.count(classe)))
    return sum(scores) / 2


@pytest.mark.snippet(f"{MODULE}/11_oubli.py", apres=(SERVIR,), atelier=True)
def test_un_modele_affine_repond_moins_bien_aux_questions_temoins(execution: Execution) -> None:
    justes = dict(re.findall(r"^(\S+) +(\d+)/20", execution.sortie, re.MULTILINE))
    base, json_fr, pirate, sentiment = (int(nombre) for nombre in justes.values())
    assert len(justes) == 4
    assert base >= 12, "le modèle de base sait répondre"
    assert min(json_fr, sentiment) < base, "une tâche étroite fait oublier le reste"
    assert pirate >= min(json_fr, sentiment)
