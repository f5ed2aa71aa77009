"""Module 7 : ce que la page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.socle import chemins
from tests.lecons.sorties import entiers

MODULE = "module_7_introduction_finetuning"
Executer = Callable[..., Execution]


def petit(execution: Execution) -> bool:
    """Vrai avec le modèle du premier onglet, celui que le module 8 entraîne."""
    return execution.modele == modeles.MODELE_DE_REFERENCE


def rapports(texte: str) -> dict[str, tuple[int, int]]:
    """Les lignes « nom : 3/12 » d'une sortie -> {nom: (3, 12)}."""
    lignes = (re.match(r"\s*(.+?)\s+: \D*(\d+)/(\d+)", ligne) for ligne in texte.splitlines())
    return {ligne[1]: (int(ligne[2]), int(ligne[3])) for ligne in lignes if ligne}


# --- Poursuivre un entraînement ---


@pytest.mark.snippet(f"{MODULE}/01_poursuivre_entrainement.py")
def test_l_affinage_change_le_ton_et_fait_oublier(execution: Execution) -> None:
    hasard, base, affine = (
        [float(nombre) for nombre in re.findall(r": (\d+\.\d+)$", bloc, re.MULTILINE)]
        for bloc in execution.sortie.split("Modèle ")[1:]
    )
    assert base[0] < hasard[0] / 2, "le pré-entraînement apprend le texte général"
    assert affine[1] < base[1] / 4, "l'affinage apprend le texte pirate"
    assert base[0] * 1.5 < affine[0] < hasard[0], "il fait oublier une part du texte général"


# --- Les faits ---


@pytest.mark.snippet(f"{MODULE}/02_avec_et_sans_passage.py", modele="smollm2:135m")
def test_le_passage_apporte_des_faits_sans_toucher_aux_poids(execution: Execution) -> None:
    mesures = rapports(execution.sortie)
    assert mesures["Fait présent, sans le passage"] == (0, 12)
    trouves = mesures["Fait présent, avec le passage"][0]
    assert 4 <= trouves <= 9 if petit(execution) else trouves >= 10
    assert execution.sortie.count("[oui]") == mesures["Fait présent, avec le passage"][0]
    empreintes = re.findall(r"(?:avant|après) : ([0-9a-f]{12})", execution.sortie)
    assert len(empreintes) == 2 and len(set(empreintes)) == 1
    [taille] = entiers(r", (\d+) Mo : \d+ s$", execution.sortie)
    assert taille < 200 if petit(execution) else taille > 800


# --- Le format ---


@pytest.mark.snippet(f"{MODULE}/03_json_par_prompt.py", modele="smollm2:135m")
def test_un_exemple_vaut_mieux_qu_une_consigne(execution: Execution) -> None:
    mesures = rapports(execution.sortie)
    seule, total = mesures["consigne seule"]
    assert total == 20 and seule <= 5
    assert mesures["avec un exemple"][0] >= seule + 12
    entre_clotures = execution.sortie.count("consigne seule, entre clôtures")
    assert entre_clotures <= 2 if petit(execution) else entre_clotures >= 15


@pytest.mark.snippet(f"{MODULE}/04_json_par_schema.py", modele="smollm2:135m")
def test_le_schema_force_la_forme_pas_les_valeurs(execution: Execution) -> None:
    mesures = rapports(execution.sortie)
    assert mesures["forme conforme au schéma"] == (20, 20)
    produits, sentiments = (mesures[f"{cle} exact"][0] for cle in ("produit", "sentiment"))
    assert sentiments < 20, "la forme n'est pas le sens"
    assert produits <= 6 if petit(execution) else produits >= 12


def test_le_schema_ferme_les_cles_et_borne_les_textes() -> None:
    schema = json.loads((chemins.SNIPPETS / MODULE / "schema_avis.json").read_text("utf-8"))
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])
    assert schema["properties"]["produit"]["maxLength"] < 60


@pytest.mark.snippet(f"{MODULE}/05_json_coupe.py", modele="smollm2:135m")
def test_une_reponse_coupee_n_est_plus_du_json(execution: Execution) -> None:
    coupee, entiere = execution.sortie.split("num_predict = 60")
    assert "done_reason = 'length'" in coupee and "JSON illisible" in coupee
    assert "done_reason = 'stop'" in entiere and "JSON lisible" in entiere


# --- La personnalité ---


@pytest.mark.snippet(f"{MODULE}/06_pirate.sh", modele="smollm2:135m")
def test_le_pirate_garde_les_poids_de_son_modele(execution: Execution) -> None:
    assert "Sa consigne : You are a pirate captain" in execution.sortie
    assert re.search(r"Pirate : .*(arr|matey|ahoy|aye)", execution.sortie, re.IGNORECASE)
    poids = re.findall(r"Poids de .+ : (sha256-\w{12})", execution.sortie)
    assert len(poids) == 2 and len(set(poids)) == 1
    assert "\x1b" not in execution.sortie


@pytest.mark.snippet(f"{MODULE}/07_limites_du_pirate.py", modele="smollm2:135m")
def test_le_pirate_s_efface_quand_la_conversation_dure(execution: Execution) -> None:
    mesures = rapports(execution.sortie)
    assert mesures["sans consigne"][0] <= 1
    premiere = mesures["première question"][0]
    assert premiere >= 6
    assert mesures["après six tours banals"][0] <= premiere - 3
    taches = mesures["petites tâches de bureau"][0]
    assert taches <= 2 if petit(execution) else taches >= 5, "le plus grand garde son rôle"
    sans, avec = entiers(r"(\d+) tokens lus", execution.sortie)[:2]
    assert avec > sans, "la consigne est relue à chaque requête"


# --- La tâche ---


def bilans(sortie: str) -> dict[str, tuple[int, float, list[int]]]:
    """Par méthode du programme 08 : réponses justes, F1 macro, répartition des réponses."""
    motif = re.compile(
        r"^(\S.+?) : exactitude (\d+)/20, F1 macro (\d\.\d\d)\n"
        r"\s+(\d+) « positif », (\d+) « négatif », (\d+) hors liste$",
        re.MULTILINE,
    )
    return {
        trouve[1]: (int(trouve[2]), float(trouve[3]), [int(trouve[i]) for i in (4, 5, 6)])
        for trouve in motif.finditer(sortie)
    }


@pytest.mark.snippet(f"{MODULE}/08_sentiment_par_prompt.py", modele="smollm2:135m")
def test_quatre_methodes_et_vingt_reponses_chacune(execution: Execution) -> None:
    mesures = bilans(execution.sortie)
    assert len(mesures) == 4
    for justes, f1, repartition in mesures.values():
        assert sum(repartition) == 20
        assert justes <= 20 - repartition[2], "hors de la liste, une réponse n'est jamais juste"
        assert (f1 > 0) == (justes > 0)


@pytest.mark.snippet(f"{MODULE}/08_sentiment_par_prompt.py", modele="smollm2:135m")
def test_les_prompts_donnent_la_forme_mais_ne_battent_guere_le_temoin(
    execution: Execution,
) -> None:
    mesures = bilans(execution.sortie)
    assert mesures["toujours « positif »"][:2] == (10, 0.33)
    hors_liste = {methode: repartition[2] for methode, (_, _, repartition) in mesures.items()}
    assert hors_liste["zero-shot, schéma imposé"] == 0
    assert hors_liste["few-shot, quatre exemples"] <= 2
    assert hors_liste["zero-shot"] >= 10 if petit(execution) else hors_liste["zero-shot"] <= 2
    justes = [mesures[methode][0] for methode in mesures if methode != "toujours « positif »"]
    assert max(justes) <= 16, "reste à faire, dans les deux onglets"
    assert petit(execution) or min(justes) >= 11


@pytest.mark.snippet(f"{MODULE}/08_sentiment_par_prompt.py", modele="smollm2:135m")
def test_le_detail_avis_par_avis_donne_les_memes_totaux(execution: Execution) -> None:
    lignes = re.findall(r"^  ((?:juste|faux)(?:, (?:juste|faux)){3})$", execution.sortie, re.M)
    colonnes = zip(*(ligne.split(", ") for ligne in lignes), strict=True)
    assert [colonne.count("juste") for colonne in colonnes] == [
        justes for justes, _, _ in bilans(execution.sortie).values()
    ]


EXEMPLE = f"{MODULE}/10_exemple_entrainement.py"


@pytest.mark.snippet(EXEMPLE)
def test_un_exemple_d_entrainement_est_une_conversation(execution: Execution) -> None:
    exemple = json.loads(execution.sortie.split(":", maxsplit=1)[1].split("\nCe que lit")[0])
    assert [m["role"] for m in exemple["messages"]] == ["system", "user", "assistant"]
    assert execution.sortie.count("<|im_start|>") == execution.sortie.count("<|im_end|>") == 3


@pytest.mark.essai(EXEMPLE)
def test_le_fichier_d_entrainement_a_une_conversation_par_ligne(
    executer: Executer, tmp_path: Path
) -> None:
    assert executer(EXEMPLE, dossier=tmp_path).code == 0
    lignes = (tmp_path / "entrainement.jsonl").read_text("utf-8").splitlines()
    assert [len(json.loads(ligne)["messages"]) for ligne in lignes] == [3, 3]


def test_aucun_avis_de_test_ne_sert_d_exemple() -> None:
    avis = (chemins.SNIPPETS / "donnees" / "avis_clients.jsonl").read_text("utf-8").splitlines()
    for programme in sorted((chemins.SNIPPETS / MODULE).glob("*.py")):
        code = programme.read_text("utf-8")
        assert not [a for a in avis if json.loads(a)["texte"] in code], programme.name


# --- Décider ---


@pytest.mark.snippet(f"{MODULE}/09_decider.py")
@pytest.mark.parametrize(
    ("situation", "conseil"),
    [
        ("répondre d'après la FAQ et le règlement", "RAG"),
        ("citer trois lignes d'horaires", "prompt"),
        ("résumer un courriel collé par l'utilisateur", "prompt"),
        ("parler en pirate, le prompt y arrive", "prompt"),
        ("classer les avis, 800 exemples", "fine-tuning"),
        ("classer les avis, 12 exemples", "prompt"),
        ("citer la FAQ dans un JSON maison, 500 exemples", "RAG et fine-tuning"),
    ],
)
def test_conseil(execution: Execution, situation: str, conseil: str) -> None:
    assert f"{situation} → {conseil}" in execution.sortie.splitlines()


# --- Le carnet ---


@pytest.mark.snippet(f"{MODULE}/carnet_mesures.py", modele="smollm2:135m")
def test_le_carnet_retrouve_les_memes_tendances(execution: Execution) -> None:
    lignes = re.findall(r"^(\S.*?)  +(\S.*?)  +(\d+)/(\d+)$", execution.sortie, re.MULTILINE)
    mesures = {(titre, methode): int(n) for titre, methode, n, _ in lignes}
    assert len(mesures) == 8
    assert mesures["Fait présent", "sans le passage"] == 0
    assert mesures["Fait présent", "avec le passage"] >= 1
    assert mesures["JSON valide", "schéma imposé"] == 6
    assert mesures["JSON valide", "un exemple"] >= mesures["JSON valide", "consigne seule"] + 3
    assert mesures["Sentiment exact", "toujours « positif »"] == 6


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_json_tolerant.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : 6 réponses sur 6" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_catalogue.py", modele="smollm2:135m")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "6 noms sur 6 sont au catalogue" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_f1_macro.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    paresseux, attentif = (float(n) for n in re.findall(r"F1 macro (\S+)", execution.sortie))
    assert paresseux < 0.5 < attentif
