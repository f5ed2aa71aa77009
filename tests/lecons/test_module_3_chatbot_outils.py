"""Module 3 : ce que la page des outils affirme, vérifié sur ses programmes.

Les appels qu'un modèle n'écrit pas de lui-même viennent d'un faux Ollama local.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from tests.lecons.faux_ollama import FauxOllama
from tests.lecons.tableaux import colonnes

MODULE = "module_3_chatbot"
GARDE = f"{MODULE}/17_garde.py"
NATIVE = f"{MODULE}/19_boucle_native.py"
SCHEMA = f"{MODULE}/21_boucle_schema.py"
SERVEUR = f"{MODULE}/serveur_mcp.py"
MCP = f"{MODULE}/22_mcp.py"
Executer = Callable[..., Execution]


@pytest.fixture
def faux_createur(faux: FauxOllama) -> FauxOllama:
    """Un faux Ollama qui sait aussi retirer le modèle qu'on lui a fait créer."""

    def retirer(poignee: BaseHTTPRequestHandler) -> None:
        poignee.send_response(200)
        poignee.end_headers()

    poignees = {"do_DELETE": retirer}
    # La bibliothèque annonce une fonction, qui est toujours une classe.
    faux.RequestHandlerClass = type("Poignee", (faux.RequestHandlerClass,), poignees)  # type: ignore[arg-type]
    faux.reponses = [{"status": "success"}]
    return faux


def jours(nombre: int) -> str:
    """La date dans `nombre` jours."""
    return (datetime.date.today() + datetime.timedelta(days=nombre)).isoformat()


def appel(nom: str, **arguments: Any) -> dict[str, Any]:
    """Un message de modèle qui ne contient qu'un appel."""
    return {"content": "", "tool_calls": [{"function": {"name": nom, "arguments": arguments}}]}


@pytest.mark.snippet(GARDE)
def test_trois_appels_valables_et_neuf_refus(execution: Execution) -> None:
    verdicts = re.findall(r"^  -> (.+)$", execution.sortie, re.MULTILINE)
    acceptes = [verdict for verdict in verdicts if not verdict.startswith("refusé : ")]
    assert acceptes[:2] == ["58,00 euros", "122.40"]
    assert datetime.date.fromisoformat(acceptes[2])
    assert len(acceptes) == 3 and len(verdicts) == 12
    assert '"maximum": 365' in execution.sortie, "la déclaration porte les bornes"


@pytest.mark.essai(GARDE)
def test_l_outil_date_compte_a_partir_d_aujourd_hui(executer: Executer) -> None:
    avant, essai, apres = jours(9), executer(GARDE, env={"PYTHONIOENCODING": "ascii"}), jours(9)
    assert essai.code == 0, essai.erreurs
    [date] = re.findall(r"^  -> (\d{4}-\S+)$", essai.sortie, re.MULTILINE)
    assert avant <= date <= apres


def test_la_calculatrice_n_execute_rien() -> None:
    code = (chemins.SNIPPETS / MODULE / "outils.py").read_text("utf-8")
    assert not re.search(r"\b(eval|exec|compile)\(", code)


@pytest.mark.snippet(f"{MODULE}/18_gabarit_outils.py")
def test_le_gabarit_decide_si_l_appel_se_voit(execution: Execution) -> None:
    resultats = colonnes(execution.sortie, lignes=16)
    origine, relu, outille = (resultats[nom][:12] for nom in ("origine", "relu", "outillé"))
    assert sum(origine) == 0, "avec son gabarit, tool_calls reste vide"
    assert sum(relu) >= 6, "l'appel est pourtant dans le texte"
    assert sum(outille) >= 9


@pytest.mark.snippet(f"{MODULE}/18_gabarit_outils.py")
def test_un_bonjour_n_appelle_rien(execution: Execution) -> None:
    assert colonnes(execution.sortie, lignes=16)["outillé"][12]


@pytest.mark.snippet(NATIVE)
def test_la_boucle_rend_ce_que_l_outil_a_donne(execution: Execution) -> None:
    prix, refus, _ = execution.sortie.split("\n\n", 2)
    assert prix.splitlines()[1] == "assistant : prix {'produit': 'Galapiat'}"
    assert prix.splitlines()[2] == "tool      : 58,00 euros"
    assert "58" in prix.splitlines()[3]
    assert "'jours': 400" in refus and "tool      : refusé : date attend jours" in refus
    resultats = colonnes(execution.sortie, lignes=8)
    assert sum(resultats["outillé"]) >= 6 and sum(resultats["sans outil"][:4]) == 0


@pytest.mark.essai(NATIVE)
def test_la_boucle_native_est_bornee_et_refuse(
    executer: Executer, faux_createur: FauxOllama
) -> None:
    fin = {"content": "Voilà."}
    tetu = [appel("prix", produit="Lune")] * 4
    immense = appel("calcul", expression="999999999 * 999999")
    refuse = [appel("effacer", fichier="a"), appel("date", jours=900), immense, fin]
    faux_createur.reponses += [*tetu, *refuse, *[fin] * 16]
    essai = executer(NATIVE, env=faux_createur.env)
    assert essai.code == 0, essai.erreurs
    assert essai.sortie.count("refusé : aucun produit ne s'appelle Lune") == 4
    assert "refusé : aucun outil ne s'appelle effacer" in essai.sortie
    assert "refusé : date attend jours" in essai.sortie
    assert "refusé : le résultat dépasse mille milliards" in essai.sortie


@pytest.mark.snippet(f"{MODULE}/20_deux_etapes.py")
def test_un_outil_a_la_taille_de_la_question(execution: Execution) -> None:
    resultats = colonnes(execution.sortie, lignes=8)
    assert sum(resultats["montant"]) > sum(resultats["enchaîner"])


@pytest.mark.snippet(SCHEMA)
def test_la_boucle_par_schema_va_au_bout(execution: Execution) -> None:
    assert list(colonnes(execution.sortie, lignes=8)) == ["schéma"]
    assert 8 <= execution.compteur.requetes <= 24


@pytest.mark.essai(SCHEMA)
def test_la_boucle_par_schema_borne_refuse_et_survit(executer: Executer, faux: FauxOllama) -> None:
    lune = json.dumps({"appel": "prix", "arguments": {"produit": "Lune"}})
    fin = json.dumps({"reponse": "58 euros"})
    faux.reponses = [lune, lune, lune, '{"appel": "pr', *[fin] * 6]
    essai = executer(SCHEMA, env=faux.env)
    assert essai.code == 0, essai.erreurs
    assert len(faux.requetes) == 10
    dernier = faux.requetes[1]["messages"][-1]["content"]
    assert dernier.startswith("Résultat : refusé : aucun produit ne s'appelle Lune.")
    assert "anyOf" in str(faux.requetes[0]["format"])


# --- MCP ---


@pytest.mark.snippet(SERVEUR)
def test_le_serveur_mcp_s_arrete_quand_on_ne_lui_parle_plus(execution: Execution) -> None:
    assert execution.code == 0 and execution.sortie == ""


@pytest.mark.essai(MCP)
def test_le_serveur_mcp_repond_et_refuse(executer: Executer, faux_createur: FauxOllama) -> None:
    appels = [appel("prix", produit="Galapiat"), appel("prix", produit="Lune")]
    faux_createur.reponses += [*appels, appel("date", jours=900), "Voilà.", "Bien."]
    essai = executer(MCP, env=faux_createur.env)
    assert essai.code == 0, essai.erreurs
    offerts = [outil["function"]["name"] for outil in faux_createur.requetes[1]["tools"]]
    assert offerts == ["calcul", "date", "prix"]
    messages = faux_createur.requetes[4]["messages"]
    prix, lune, loin = [m["content"] for m in messages if m["role"] == "tool"]
    assert prix == "58,00 euros"
    assert "aucun produit ne s'appelle Lune" in lune
    assert "less than or equal to 365" in loin


@pytest.mark.essai(MCP)
def test_une_panne_au_milieu_de_mcp_est_une_phrase(
    executer: Executer, faux_createur: FauxOllama
) -> None:
    faux_createur.reponses += [appel("prix", produit="Galapiat"), 500]
    essai = executer(MCP, env=faux_createur.env)
    assert essai.code == 1 and "Ollama a refusé la demande" in essai.erreurs
    assert "Traceback" not in essai.erreurs


@pytest.mark.snippet(MCP)
def test_le_modele_emploie_les_outils_du_serveur(execution: Execution) -> None:
    assert "prix {'produit': 'Galapiat'}" in execution.sortie
    assert "58" in execution.sortie and "1776" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_boucle_bornee.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert "Bravo : trois appels au plus" in execution.sortie
