"""Module 3 : ce que la page des prompts et du JSON affirme, vérifié sur ses programmes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons.faux_ollama import FauxOllama
from tests.lecons.sorties import dit, entiers
from tests.lecons.tableaux import colonnes

MODULE = "module_3_chatbot"
CONSIGNE = f"{MODULE}/10_consigne.py"
VEILLEUR = f"{MODULE}/16_veilleur.py"
Executer = Callable[..., Execution]


def messages_etiquetes() -> list[dict[str, Any]]:
    """Le jeu étiqueté de la page."""
    return lire_jsonl(chemins.SNIPPETS / MODULE / "messages.jsonl")


def test_le_jeu_etiquete_est_equilibre_et_ne_sert_jamais_d_exemple() -> None:
    cas = messages_etiquetes()
    for debut, attendus in ((18, 6), (24, 8)):
        services = [un_cas["service"] for un_cas in cas[:debut]]
        assert {services.count(service) for service in set(services)} == {attendus}
    assert len(cas) == len({un_cas["commande"] for un_cas in cas}) == 24
    assert all(un_cas["commande"] in un_cas["texte"] for un_cas in cas)
    pieges = [un_cas["piege"] for un_cas in cas]
    assert pieges.count("ordre") == 12 and pieges.count("numéro") == 6
    deux_numeros = [len(set(re.findall(r"\b\d{4}\b", c["texte"]))) == 2 for c in cas]
    assert all(deux_numeros[i] for i, piege in enumerate(pieges) if piege == "numéro")
    dossier = chemins.SNIPPETS / MODULE
    for fichier in (*dossier.glob("*.py"), *dossier.glob("gabarits/*")):
        texte = fichier.read_text("utf-8")
        assert not [un_cas for un_cas in cas if un_cas["texte"] in texte], fichier.name


@pytest.mark.snippet(CONSIGNE)
def test_deux_mots_de_la_consigne_changent_tout(execution: Execution) -> None:
    resultats = colonnes(execution.sortie, lignes=24)
    assert list(resultats) == ["règle", "synonyme", "claire", "délimitée"]
    assert sum(resultats["synonyme"]) < sum(resultats["claire"])
    assert 12 <= sum(resultats["règle"]) < 24, "la règle doit valoir quelque chose, et échouer"


@pytest.mark.snippet(f"{MODULE}/11_exemples.py")
def test_chaque_facon_de_trier_est_comptee(execution: Execution) -> None:
    resultats = colonnes(execution.sortie, lignes=18)
    assert list(resultats) == ["règle", "zéro", "un", "trois", "choix"]
    assert sum(resultats["règle"]) > 6, "la règle fait mieux que toujours le même mot"
    premieres = re.findall(r"^  choix +(\S+)$", execution.sortie, re.MULTILINE)
    assert premieres[0] in ("livraison", "réparation", "facture")


@pytest.mark.snippet(f"{MODULE}/12_pas_a_pas.py")
def test_poser_le_calcul_et_le_confier_vaut_mieux_que_repondre(execution: Execution) -> None:
    resultats = colonnes(execution.sortie, lignes=12)
    assert sum(resultats["direct"]) < sum(resultats["confié"])


@pytest.mark.essai(f"{MODULE}/12_pas_a_pas.py")
def test_une_operation_que_le_modele_n_ecrit_pas_est_fausse(
    executer: Executer, faux: FauxOllama
) -> None:
    essai = executer(f"{MODULE}/12_pas_a_pas.py", env=faux.env)
    assert essai.code == 0, essai.erreurs
    assert colonnes(essai.sortie, lignes=12)["confié"] == [False] * 12
    assert "seuls les nombres, les parenthèses" in essai.sortie


@pytest.mark.snippet(f"{MODULE}/13_json.py")
def test_un_schema_impose_la_forme(execution: Execution) -> None:
    resultats = colonnes(execution.sortie, lignes=12)
    assert list(resultats) == ["demandé", "montré", "imposé"]
    assert sum(resultats["imposé"]) >= sum(resultats["demandé"])
    [premiere] = re.findall(r"^  imposé +(.+)$", execution.sortie, re.MULTILINE)
    assert re.match(r'\{\s*"(commande|service)"\s*:', premiere), "une clé du schéma d'abord"


@pytest.mark.snippet(f"{MODULE}/14_controle.py")
def test_une_reponse_fausse_est_refusee_avec_sa_raison(execution: Execution) -> None:
    service, numero, bavarde = re.findall(r"^  -> (.+)$", execution.sortie, re.MULTILINE)
    assert service == "mal formé : commande, service"
    assert numero == "le message ne contient pas 9999"
    assert bavarde == "mal formé : JSON"


@pytest.mark.snippet(f"{MODULE}/14_controle.py")
def test_la_seconde_chance_a_la_forme_et_se_compte(execution: Execution) -> None:
    secondes = re.findall(r"^(\d{4}) : (oui|non) +(\{.+)$", execution.sortie, re.MULTILINE)
    assert len(secondes) == 12 == execution.compteur.requetes
    for commande, verdict, reponse in secondes:
        assert (commande in reponse) == (verdict == "oui")


@pytest.mark.snippet(f"{MODULE}/15_versions.py")
def test_deux_versions_d_un_prompt_se_comparent(execution: Execution) -> None:
    empreintes = re.findall(r"empreinte ([0-9a-f]{12}), tests passés", execution.sortie)
    assert len(set(empreintes)) == 2
    assert list(colonnes(execution.sortie, lignes=18)) == ["v1", "v2"]


@pytest.mark.snippet(VEILLEUR)
def test_le_personnage_tient_au_moins_aussi_bien_avec_des_exemples(execution: Execution) -> None:
    lignes = re.findall(r"sans exemple (\w+) +avec exemples (\w+)$", execution.sortie, re.M)
    sans, avec = ([ligne[rang] for ligne in lignes].count("oui") for rang in (0, 1))
    assert len(lignes) == 10 and avec >= sans and avec >= 7


# --- Les pannes ---


@pytest.mark.essai(CONSIGNE)
def test_une_panne_est_une_phrase(executer: Executer, faux: FauxOllama) -> None:
    faux.reponses = ["4821", 404]
    absent = executer(CONSIGNE, env=faux.env)
    assert absent.code == 1 and "n'est pas installé" in absent.erreurs
    faux.reponses = [500]
    assert "refusé la demande" in executer(CONSIGNE, env=faux.env).erreurs
    for adresse, phrase in (
        ("http://127.0.0.1:9", "Ollama ne répond pas"),
        ("::1", "OLLAMA_HOST est mal écrit"),
    ):
        essai = executer(CONSIGNE, env={"OLLAMA_HOST": adresse})
        assert essai.code == 1 and phrase in dit(essai)
        assert "Traceback" not in essai.erreurs


@pytest.mark.essai(CONSIGNE)
def test_une_console_etroite_ne_fait_rien_echouer(executer: Executer, faux: FauxOllama) -> None:
    faux.reponses = ["Numéro → 4821"] * 72
    essai = executer(CONSIGNE, env={**faux.env, "PYTHONIOENCODING": "ascii"})
    assert essai.code == 0, essai.erreurs
    assert len(faux.requetes) == 72 and "Num?ro ? 4821" in essai.sortie


@pytest.mark.essai(VEILLEUR)
def test_sans_la_commande_ollama_le_personnage_le_dit(executer: Executer) -> None:
    essai = executer(VEILLEUR, env={"OLLAMA_HOST": "http://127.0.0.1:9"})
    assert essai.code == 1 and "ollama create a échoué" in essai.erreurs


# --- Le carnet et l'exercice ---


@pytest.mark.snippet(f"{MODULE}/carnet_exemples.py")
def test_le_carnet_fait_varier_le_nombre_et_l_ordre(execution: Execution) -> None:
    formes = entiers(r"exemple\(s\) : forme (\d)/9", execution.sortie)
    assert len(formes) == 4 and max(formes[1:]) >= formes[0]
    assert len(re.findall(r"^dernier exemple « ", execution.sortie, re.MULTILINE)) == 3


@pytest.mark.snippet(f"{MODULE}/exercice_2_remplir.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : un seul passage" in execution.sortie
