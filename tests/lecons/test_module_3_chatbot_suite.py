"""Module 3 : ce que la page des prompts et des outils affirme, vérifié sur ses programmes.

Les appels qu'un petit modèle n'écrit pas viennent d'un faux Ollama local.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons.faux_ollama import FauxOllama
from tests.lecons.sorties import affine, entiers, non_affine

MODULE = "module_3_chatbot"
Executer = Callable[..., Execution]


# --- Les prompts ---


def messages_etiquetes() -> list[dict[str, Any]]:
    """Le jeu étiqueté de la seconde page."""
    return lire_jsonl(chemins.SNIPPETS / MODULE / "messages.jsonl")


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
    assert affine(execution) or (trois >= 9 and trois >= forme["zero-shot"])


@pytest.mark.snippet(f"{MODULE}/12_pas_a_pas.py")
def test_raisonner_coute_des_tokens(execution: Execution) -> None:
    lignes = re.findall(
        r"^(\S.+?) +: +(\d+)/10 justes, +(\d+) tokens, +(\d+\.\d) s$", execution.sortie, re.M
    )
    directe, exemples, seule = (int(tokens) for _, _, tokens, _ in lignes)
    assert directe <= 80
    assert affine(execution) or min(exemples, seule) > directe


@pytest.mark.snippet(f"{MODULE}/12_pas_a_pas.py")
def test_des_exemples_de_raisonnement_aident_la_consigne_seule_non(execution: Execution) -> None:
    directe, exemples, seule = entiers(r" : +(\d+)/10 justes,", execution.sortie)
    assert exemples >= directe + (3 if non_affine(execution) else 0)
    assert seule < exemples


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
    numeros, services = entiers(r"(\d+) bons (?:numéros|services)", execution.sortie)
    assert max(numeros, services) <= acceptees
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
    assert affine(execution) or avec >= 3
    assert re.search(r"^num_predict +24$", execution.sortie, re.MULTILINE)
    assert "\x1b" not in execution.sortie


# --- Les outils ---

BOITE = f"{MODULE}/16_boite_a_outils.py"
BOUCLE = f"{MODULE}/17_boucle_outils.py"
NATIFS = f"{MODULE}/18_outils_natifs.py"
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


@pytest.mark.snippet(BOITE)
def test_trois_appels_valables_et_onze_refus(execution: Execution) -> None:
    verdicts = re.findall(r"^  -> (\S+) : (.+)$", execution.sortie, re.MULTILINE)
    acceptes = [verdict for verdict in verdicts if verdict[0] != "refus"]
    assert acceptes[:2] == [("prix", "58,00 euros"), ("calculer", "122.40")]
    assert acceptes[2][0] == "date" and datetime.date.fromisoformat(acceptes[2][1])
    assert len(acceptes) == 3 and len(verdicts) == 14


@pytest.mark.essai(BOITE)
def test_l_outil_date_compte_a_partir_d_aujourd_hui(executer: Executer) -> None:
    avant, essai, apres = jours(9), executer(BOITE), jours(9)
    assert essai.code == 0, essai.erreurs
    [date] = re.findall(r"^  -> date : (\S+)$", essai.sortie, re.MULTILINE)
    assert avant <= date <= apres


def test_les_deux_programmes_ont_les_memes_outils() -> None:
    boite, boucle = (
        (chemins.SNIPPETS / MODULE / nom).read_text("utf-8")
        for nom in ("16_boite_a_outils.py", "17_boucle_outils.py")
    )
    commun = boite.split("\nTARIFS = ")[1].split("APPELS = ")[0]
    assert boucle.split("\nTARIFS = ")[1].split("# --8<-- [start:boucle]")[0] == commun
    assert "eval(" not in boite.replace("ast.parse", "")


@pytest.mark.snippet(BOUCLE)
def test_le_modele_demande_et_le_programme_decide(execution: Execution) -> None:
    bons = entiers(r"bon outil au premier appel : (\d)/9", execution.sortie)
    refuses = entiers(r"appels refusés +: (\d)", execution.sortie)
    resultats = entiers(r"bon résultat +: (\d)/9", execution.sortie)
    assert bons[0] + refuses[0] <= 9 and resultats[0] <= bons[0]
    assert execution.sortie.count("  réponse : ") == 2
    assert execution.compteur.requetes <= 9 + 2 * 3


@pytest.mark.essai(BOUCLE)
def test_la_boucle_repond_ou_abandonne(executer: Executer, faux: FauxOllama) -> None:
    prix = '{"outil": "prix", "argument": "Galapiat"}'
    fin = '{"outil": "répondre", "argument": "58,00 euros"}'
    calcul = '{"outil": "calculer", "argument": "12 * 7"}'
    faux.reponses = [*REFUS, prix, fin, calcul, REFUS[0], REFUS[0]]
    essai = executer(BOUCLE, env=faux.env)
    assert essai.code == 0, essai.erreurs
    assert "appels refusés             : 9" in essai.sortie
    reponses = re.findall(r"^  réponse : (.+)$", essai.sortie, re.MULTILINE)
    assert reponses == ["58,00 euros", "pas de réponse après 3 appels"]
    assert "-> 84" in essai.sortie
    dernier = faux.requetes[-1]["messages"][-1]["content"]
    assert dernier.startswith("Résultat : seuls les nombres")
    assert all("enum" in str(requete["format"]) for requete in faux.requetes)


@pytest.mark.snippet(NATIFS)
def test_un_modele_sans_outils_le_dit(execution: Execution) -> None:
    assert "ne sait pas appeler d'outils" in execution.sortie
    assert "does not support tools" in execution.sortie


@pytest.mark.essai(NATIFS)
def test_un_appel_natif_est_controle_lui_aussi(executer: Executer, faux: FauxOllama) -> None:
    appels = [("prix", {"produit": "Galapiat"}), ("date", {"jours": 900}), ("effacer", {})]
    fonctions = [{"function": {"name": nom, "arguments": args}} for nom, args in appels]
    faux.reponses = [{"content": "", "tool_calls": [*fonctions, _date_valable()]}, "Voilà."]
    essai = executer(NATIFS, env=faux.env)
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


# --- Le carnet ---


@pytest.mark.snippet(f"{MODULE}/carnet_exemples.py")
def test_le_carnet_fait_varier_le_nombre_et_l_ordre(execution: Execution) -> None:
    formes = entiers(r"exemple\(s\) : forme (\d)/9", execution.sortie)
    assert len(formes) == 4
    assert affine(execution) or max(formes[1:]) >= formes[0]
    assert len(re.findall(r"^dernier exemple « ", execution.sortie, re.MULTILINE)) == 3


@pytest.mark.snippet(f"{MODULE}/exercice_2_remplir.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : un seul passage" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_boucle_bornee.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert "Bravo : trois appels au plus" in execution.sortie
