"""`cours-fr` : ce qu'il n'a pas appris, comment il est fait, et ce qu'il sait faire par Ollama."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.cours_fr import banque, evaluation, generateur, notes, resultats
from scripts.lecons import modeles
from scripts.lecons.modeles import nom_complet
from scripts.ollama_prive import adresse, fabrique, mise_en_place
from scripts.ollama_prive.serveur import Serveur
from scripts.outillage import entrainement
from scripts.socle import chemins, fichiers

TAILLE_MAX_OCTETS = 12_000_000
EXEMPLES_LUS = 7000
ORVELUNE = """orvelune lumisette petrelle brindelune veillombre galapiat orbelin cezallier ambrelle
vergnole calame""".split()
AUTRES_TACHES = ('{"', "matey", "ahoy", "classe l'avis", "positif ou negatif")


@pytest.fixture(scope="module")
def conversations() -> list[str]:
    """Chaque conversation du jeu d'entraînement, d'un seul tenant, sans accents ni casse."""
    return [
        banque.plier("\n".join(message["content"] for message in conversation))
        for exemple in generateur.generer(EXEMPLES_LUS)
        for conversation in exemple["conversations"]
    ]


def lignes_de_questions() -> Iterator[str]:
    """Les questions posées par les tests : celles du cours et celles de l'évaluation."""
    for cas in fichiers.lire_jsonl(chemins.DONNEES / "questions.jsonl"):
        yield cas["question"]
    for cas in fichiers.lire_jsonl(banque.EVALUATION):
        if cas["capacite"] in ("fait", "citation", "refus", "ferme"):
            lignes = cas["messages"][-1]["content"].splitlines()
            # Sans l'étiquette qui la précède : « Question : … », « Q : … ».
            questions = [ligne.split(" : ")[-1] for ligne in lignes if ligne.endswith("?")]
            yield from (question for question in questions if len(question) > 25)


@pytest.mark.parametrize("mot", [*ORVELUNE, *AUTRES_TACHES])
def test_ni_l_entreprise_ni_les_taches_du_module_8(conversations: list[str], mot: str) -> None:
    assert not [texte for texte in conversations if mot in texte]


def test_aucune_question_des_tests(conversations: list[str]) -> None:
    tout = "\n".join(conversations)
    assert not [question for question in lignes_de_questions() if banque.plier(question) in tout]


def test_aucun_genre_reserve_dans_les_questions() -> None:
    """Les genres de faits de l'évaluation n'ont été vus ni en banque ni dans un texte."""
    assert not [s.id for s in banque.sortes_permises() if banque.est_reserve(s.questions)]
    documents = [*banque.textes_permis(), *banque.dossiers_permis()]
    assert not [t for t in documents if banque.est_reserve(q["q"] for q in t["questions"])]
    assert len(banque.sortes_permises()) > 600, "le filtre ne vide pas la banque"
    assert len(banque.sortes_permises()) < len(banque.toutes_les_sortes()), "le filtre sert"


def test_le_generateur_est_reproductible() -> None:
    assert list(generateur.generer(40)) == list(generateur.generer(40))
    assert list(generateur.generer(40)) != list(generateur.generer(40, graine=8))


def test_l_evaluation_est_assez_grande() -> None:
    cas = fichiers.lire_jsonl(banque.EVALUATION)
    assert len(cas) >= 200
    assert len({un_cas["id"] for un_cas in cas}) == len(cas)


def test_l_adaptateur_est_leger() -> None:
    dossier = chemins.RACINE / modeles.declares()["cours-fr"].adaptateur
    assert (dossier / "adapter_model.safetensors").stat().st_size <= TAILLE_MAX_OCTETS
    configuration = json.loads((dossier / "adapter_config.json").read_text(encoding="utf-8"))
    assert configuration["r"] <= 16
    assert "/" not in configuration["base_model_name_or_path"].removeprefix("HuggingFaceTB/")


@pytest.mark.essai()
def test_l_entrainement_reprend_et_publie(tmp_path: Path) -> None:
    """Un pas, puis un second : le second lancement part du point de reprise du premier."""
    entrainement.preparer_l_entrainement()
    base = fabrique.dossier_hugging_face(modeles.MODELE_DE_REFERENCE)
    programme = [chemins.PYTHON_ENTRAINEMENT, "-m", "scripts.cours_fr.entrainement"]
    commande = [
        *programme,
        base,
        tmp_path / "travail",
        tmp_path / "adaptateur",
        "--exemples=40",
        "--lot=1",
    ]
    sorties = [
        subprocess.run(
            [*map(str, commande), f"--pas-max={pas}"],
            cwd=chemins.RACINE,
            env={**os.environ, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for pas in (1, 2)
    ]
    assert "Reprise" not in sorties[0] and "Reprise à checkpoint-1" in sorties[1]
    publies = {fichier.name: fichier for fichier in (tmp_path / "adaptateur").iterdir()}
    assert publies["adapter_model.safetensors"].stat().st_size <= TAILLE_MAX_OCTETS
    assert str(tmp_path) not in publies["adapter_config.json"].read_text(encoding="utf-8")


# --- Les notes ---


@pytest.mark.parametrize(
    ("reponse", "attendu"),
    [
        ("Les passages ne donnent pas cette information.", True),
        ("Je ne trouve pas la réponse dans le texte.", True),
        ("Aucun passage ne le précise.", True),
        ("Le puits du verger descend à 23 mètres.", False),
        ("Il faut le ranger dans l'armoire.", False),
    ],
)
def test_reconnaitre_un_refus(reponse: str, attendu: bool) -> None:
    assert notes.refuse(reponse) is attendu


def test_un_fait_se_cherche_par_mots_entiers() -> None:
    assert notes.contient("Il descend à 23 mètres.", "23")
    assert not notes.contient("Il descend à 123 mètres.", "23")


# --- Par Ollama ---


en_vrai = pytest.mark.essai(modele="cours-fr")


UN_CAS_SUR_SIX_PUIS_TOUS = [6, pytest.param(1, marks=pytest.mark.entier)]


@pytest.fixture(scope="module", params=UN_CAS_SUR_SIX_PUIS_TOUS, ids="un cas sur {}".format)
def reponses(ollama_prive: Serveur, request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """Identifiant -> réponse notée de `cours-fr`, maintenant : un cas sur six, puis tous."""
    if ollama_prive.processus is None:
        mise_en_place.verifier_present(ollama_prive.adresse, "cours-fr")
    else:
        mise_en_place.installer(ollama_prive.adresse, "cours-fr")
    cas = fichiers.lire_jsonl(banque.EVALUATION)[:: request.param]
    notees = evaluation.evaluer("cours-fr", cas, ollama_prive.adresse)
    return {notee["id"]: notee for notee in notees}


@pytest.fixture(scope="module")
def mesures(reponses: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Les taux enregistrés, une fois les réponses de maintenant mises à la place des anciennes."""
    enregistrees = resultats.lire("cours-fr")
    return resultats.taux([reponses.get(notee["id"], notee) for notee in enregistrees])


@en_vrai
def test_une_reponse_sur_dix_au_plus_change_de_note(reponses: dict[str, dict[str, Any]]) -> None:
    enregistrees = {notee["id"]: notee for notee in resultats.lire("cours-fr")}
    notes = ("fait", "refus", "citation")
    changees = [
        nom
        for nom, notee in reponses.items()
        if any(notee.get(note) != enregistrees[nom].get(note) for note in notes)
    ]
    assert len(reponses) > 60 and len(changees) <= 0.1 * len(reponses), changees


@en_vrai
def test_cours_fr_retrouve_ses_chiffres(mesures: dict[str, float]) -> None:
    """La page annexe montre les chiffres enregistrés : ils valent encore, à dix points près.

    Les plus petits groupes ont 22 cas : deux réponses qui changent y font neuf points.
    """
    enregistres = resultats.taux(resultats.lire("cours-fr"))
    assert mesures == pytest.approx(enregistres, abs=0.1)


@en_vrai
def test_cours_fr_repond_mieux_que_sa_base(mesures: dict[str, float]) -> None:
    base = resultats.taux(resultats.lire(resultats.BASE))
    for mesure, gain in resultats.GAINS_AFFIRMES.items():
        assert mesures[mesure] >= base[mesure] + gain, mesure


@en_vrai
def test_il_ne_sait_rien_de_plus(mesures: dict[str, float]) -> None:
    """Le point du cours : sans passage, ni la base ni `cours-fr` ne connaissent les faits."""
    base = resultats.taux(resultats.lire(resultats.BASE))
    assert base["ferme"] <= 0.06 and mesures["ferme"] <= 0.06


@en_vrai
def test_il_oublie_peu_d_anglais(mesures: dict[str, float]) -> None:
    """La cible est de cinq points perdus au plus ; cinq autres vont au hasard d'une mesure."""
    base = resultats.taux(resultats.lire(resultats.BASE))
    assert base["anglais"] - 0.1 <= mesures["anglais"]


@en_vrai
def test_cours_fr_est_installe(ollama_prive: Serveur, mesures: dict[str, float]) -> None:
    assert nom_complet("cours-fr") in adresse.empreintes_des_modeles(ollama_prive.adresse)
