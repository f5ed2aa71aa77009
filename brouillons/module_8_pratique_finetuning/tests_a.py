"""Module 8, première partie : les données, les mesures et les exercices."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import chemins
from scripts.execution import Execution

MODULE = "module_8_pratique_finetuning"
DONNEES = chemins.SNIPPETS / MODULE / "donnees"
TACHES = ("json", "pirate", "sentiment")
PARTIES = ("entrainement", "validation", "test")
Executer = Callable[..., Execution]


def lire_jsonl(fichier: Path) -> list[dict[str, Any]]:
    """Les lignes d'un fichier JSON Lines."""
    return [json.loads(ligne) for ligne in fichier.read_text("utf-8").splitlines()]


def question(exemple: dict[str, Any]) -> str:
    """Le dernier message de l'utilisateur."""
    textes = [m["content"] for m in exemple["messages"] if m["role"] == "user"]
    return str(textes[-1])


# --- Les données ---


@pytest.mark.snippet(f"{MODULE}/01_fabriquer_donnees.py", atelier=True)
def test_les_jeux_ont_la_taille_annoncee(execution: Execution, atelier: Path) -> None:
    annonces = re.findall(r"^(\w+) +(\w+) +(\d+) exemples", execution.sortie, re.MULTILINE)
    assert [annonce[:2] for annonce in annonces] == [
        (tache, partie) for tache in ("json", "sentiment", "pirate") for partie in PARTIES
    ]
    for tache, partie, nombre in annonces:
        assert len(lire_jsonl(atelier / f"donnees/{tache}/{partie}.jsonl")) == int(nombre)


@pytest.mark.snippet(f"{MODULE}/01_fabriquer_donnees.py", atelier=True)
@pytest.mark.parametrize("tache", TACHES)
def test_aucun_genre_ni_texte_n_est_dans_deux_parties(
    execution: Execution, atelier: Path, tache: str
) -> None:
    lots = [lire_jsonl(atelier / f"donnees/{tache}/{partie}.jsonl") for partie in PARTIES]
    for lire in (question, lambda exemple: exemple["genre"]):
        ensembles = [{lire(exemple) for exemple in lot} for lot in lots]
        assert len(set.union(*ensembles)) == sum(map(len, ensembles))
    assert 0.1 < len(lots[1]) / len(lots[0]) < 0.25


@pytest.mark.snippet(f"{MODULE}/01_fabriquer_donnees.py", atelier=True)
def test_le_test_vient_des_fichiers_de_test(execution: Execution, atelier: Path) -> None:
    avis = lire_jsonl(chemins.SNIPPETS / "donnees/avis_clients.jsonl")
    avis += lire_jsonl(DONNEES / "avis_test.jsonl")
    test = lire_jsonl(atelier / "donnees/sentiment/test.jsonl")
    assert [question(exemple) for exemple in test] == [un_avis["texte"] for un_avis in avis]
    test = lire_jsonl(atelier / "donnees/json/test.jsonl")
    for exemple, un_avis in zip(test, avis, strict=True):
        attendu = {"produit": un_avis["produit"], "sentiment": un_avis["etiquette"]}
        assert json.loads(exemple["messages"][-1]["content"]) == attendu


@pytest.mark.snippet(f"{MODULE}/01_fabriquer_donnees.py", atelier=True)
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
        executer(f"{MODULE}/01_fabriquer_donnees.py", dossier=tmp_path / essai)
        fichiers = sorted((tmp_path / essai).rglob("*.jsonl"))
        contenus.append([fichier.read_bytes() for fichier in fichiers])
    assert len(contenus[0]) == 9 and contenus[0] == contenus[1]


# --- Le contrôleur ---


@pytest.mark.snippet(
    f"{MODULE}/02_controler_donnees.py",
    args=("donnees/json",),
    apres=(f"{MODULE}/01_fabriquer_donnees.py",),
    atelier=True,
)
def test_le_controleur_accepte_le_jeu_json(execution: Execution) -> None:
    assert execution.sortie.splitlines()[-1] == "Jeu accepté"
    maximums = [int(n) for n in re.findall(r"maximum (\d+)", execution.sortie)]
    assert len(maximums) == 3 and max(maximums) < 200
    comptes = re.findall(r"'(positif|négatif)': (\d+)", execution.sortie)
    assert len(comptes) == 6 and len({n for _, n in comptes}) == 3, "autant des deux classes"


@pytest.mark.snippet(f"{MODULE}/01_fabriquer_donnees.py", atelier=True)
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
    apres=(f"{MODULE}/01_fabriquer_donnees.py",),
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
    apres=(f"{MODULE}/01_fabriquer_donnees.py",),
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
    apres=(f"{MODULE}/01_fabriquer_donnees.py",),
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
def test_chaque_reponse_est_gardee_pour_le_bootstrap(execution: Execution, atelier: Path) -> None:
    mesures = json.loads((atelier / "mesures/avant.json").read_text("utf-8"))
    assert len(mesures) == 2 * 120 + 2 * 60 + 3 * 120
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
    sans_moment = executer(f"{MODULE}/04_mesurer.py", atelier=True)
    assert sans_moment.code == 1 and sans_moment.erreurs.startswith("Usage")


@pytest.mark.snippet(f"{MODULE}/01_fabriquer_donnees.py", atelier=True)
def test_mesurer_nomme_le_modele_absent(execution: Execution, executer: Executer) -> None:
    env = {"COURS_MODELE": "introuvable"}
    essai = executer(f"{MODULE}/04_mesurer.py", args=("avant",), atelier=True, env=env)
    assert essai.code == 1 and "introuvable" in essai.erreurs and "Traceback" not in essai.erreurs


# --- Avant et après ---

APRES = pytest.mark.snippet(
    f"{MODULE}/09_avant_apres.py",
    apres=(f"{MODULE}/04_mesurer.py", f"{MODULE}/10_mesurer_apres.sh"),
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
def test_le_fine_tuning_atteint_les_objectifs(execution: Execution) -> None:
    affine = {nom: cases[2][0] for nom, cases in tableau(execution.sortie).items()}
    assert affine["JSON valide"] >= 95
    assert affine["JSON : champs justes"] >= 85
    assert affine["ton pirate"] >= 95
    assert affine["F1 macro, avis du module 7"] >= 64, "20 points de plus que le module 7"
    assert affine["F1 macro, autres avis"] >= 64


@APRES
def test_chaque_intervalle_contient_sa_valeur(execution: Execution) -> None:
    mesures = tableau(execution.sortie)
    assert len(mesures) == 6 and {len(cases) for cases in mesures.values()} == {3}
    for cases in mesures.values():
        assert all(bas <= valeur <= haut for valeur, bas, haut in cases)
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
    essai = executer(f"{MODULE}/09_avant_apres.py", atelier=True, dossier=tmp_path)
    assert essai.code == 1 and "04_mesurer.py avant" in essai.erreurs


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
    executer_sections: Executer, exercice: str, avant: list[str]
) -> None:
    depart = executer_sections(f"{MODULE}/{exercice}", [*avant, "depart", "verification"])
    assert depart.code != 0 and "AssertionError" in depart.erreurs
    solution = executer_sections(f"{MODULE}/{exercice}", [*avant, "solution", "verification"])
    assert solution.code == 0, solution.erreurs
