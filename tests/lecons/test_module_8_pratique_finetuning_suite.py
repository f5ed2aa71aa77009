"""Module 8 : ce que la suite affirme, de la fusion au modèle servi, mesuré, quantifié."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from tests.lecons.module_8 import (
    AVIS,
    ENTRAINER,
    FABRIQUER,
    MODULE,
    QUESTIONS,
    TACHES,
    UN_CAS_SUR,
    part,
)

FUSIONNER = f"{MODULE}/08_fusionner.py"
SERVIR = f"{MODULE}/09_vers_ollama.sh"
PARITE = f"{MODULE}/10_parite.py"
QUANTIFIER = f"{MODULE}/12_quantifier.py"
FORMATS = f"{MODULE}/13_mesurer_formats.py"
MESURER_APRES = f"{MODULE}/14_mesurer_apres.sh"
COMPARER = f"{MODULE}/15_avant_apres.py"
COMPTER = f"{MODULE}/16_compter_les_mots.py"
REMEDES = f"{MODULE}/18_remedes.sh"
SECRET = f"{MODULE}/19_secret.py"
VARIANTES = ("json-reference", "json-arret", "json-melange", "json-rang-1")
Executer = Callable[..., Execution]
fusion = pytest.mark.snippet(FUSIONNER, args=TACHES, apres=(ENTRAINER,), atelier=True)
service = pytest.mark.snippet(
    SERVIR, args=TACHES, apres=(FUSIONNER,), atelier=True, modele="smollm2:135m"
)
quantification = pytest.mark.snippet(
    QUANTIFIER, apres=(SERVIR,), atelier=True, modele="smollm2:135m"
)
remedes = pytest.mark.snippet(
    REMEDES, bref=("24", "12"), apres=(FABRIQUER,), atelier=True, modele="smollm2:135m"
)


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


@pytest.mark.essai(FUSIONNER, atelier=True)
def test_sans_adaptateur_rien_a_fusionner(executer: Executer, tmp_path: Path) -> None:
    essai = executer(FUSIONNER, args=("json",), atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "lancez d'abord 06_entrainer.py json" in essai.erreurs


@pytest.mark.essai(SERVIR, atelier=True)
def test_sans_fusion_rien_a_servir(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SERVIR, args=("json",), atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "lancez d'abord 08_fusionner.py json" in essai.erreurs


@pytest.mark.essai(SERVIR, atelier=True)
def test_servir_une_tache_inconnue(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SERVIR, args=("poesie",), atelier=True, dossier=tmp_path)
    assert essai.code == 2 and "Tâche inconnue : poesie" in essai.erreurs


@pytest.mark.snippet(PARITE, apres=(SERVIR,), atelier=True, modele="smollm2:135m")
def test_transformers_et_ollama_ecrivent_la_meme_chose(execution: Execution) -> None:
    # L'arrondi à 8 bits peut départager autrement deux tokens presque à égalité.
    assert execution.sortie.count("mêmes premiers tokens") >= 2
    lus = re.findall(r"\((\d+) tokens lus\)", execution.sortie)
    assert lus[::2] == lus[1::2], "le même gabarit donne le même nombre de tokens"
    assert execution.sortie.count("2 balises sur 2") == 3
    assert execution.sortie.count('<|im_end|>"') == 3


@pytest.mark.essai(PARITE, atelier=True)
def test_sans_fusion_pas_de_parite(executer: Executer, tmp_path: Path) -> None:
    essai = executer(PARITE, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "09_vers_ollama.sh json" in essai.erreurs


@pytest.mark.snippet(
    f"{MODULE}/11_adapter_refuse.sh", apres=(ENTRAINER,), atelier=True, modele="smollm2:135m"
)
def test_ollama_refuse_un_adaptateur_seul(execution: Execution) -> None:
    assert re.search(r"^Error: .*adapter", execution.sortie, re.MULTILINE | re.IGNORECASE)
    assert "Aucun modèle n'a été créé" in execution.sortie


# --- Après ---


mesure_apres = pytest.mark.snippet(
    MESURER_APRES, bref=(str(UN_CAS_SUR),), apres=(SERVIR,), atelier=True, modele="smollm2:135m"
)


@mesure_apres
def test_la_forme_s_apprend(execution: Execution) -> None:
    assert part(execution.sortie, "json, affiné, prompt nu", "valide", *AVIS) >= 0.6


@mesure_apres
@pytest.mark.entier
def test_le_contenu_et_le_ton_demandent_plus_d_exemples(execution: Execution) -> None:
    sortie = execution.sortie
    assert part(sortie, "json, affiné, prompt nu", "valide", *AVIS) >= 0.95
    assert part(sortie, "json, affiné, prompt nu", "produit", *AVIS) >= 0.85
    assert part(sortie, "pirate, affiné, prompt nu", "pirate", *QUESTIONS) >= 0.8
    assert part(sortie, "sentiment, affiné, prompt nu", "exact", *AVIS) < 0.7, "le jugement, non"


# --- Avant et après ---

comparaison = pytest.mark.snippet(
    COMPARER, apres=(f"{MODULE}/04_mesurer.py", MESURER_APRES), atelier=True
)


CASE = re.compile(r"(\d+) \[(\d+) ; (\d+)\]")


def tableau(sortie: str) -> dict[str, list[tuple[int, int, int]]]:
    """{mesure: [(valeur, bas, haut) du prompt nu, du meilleur prompt, du modèle affiné]}, en %."""
    lignes = [ligne for ligne in sortie.splitlines() if CASE.search(ligne)]
    return {
        ligne[:27].strip(): [(int(v), int(b), int(h)) for v, b, h in CASE.findall(ligne)]
        for ligne in lignes
    }


@comparaison
def test_le_fine_tuning_donne_la_forme(execution: Execution) -> None:
    assert tableau(execution.sortie)["JSON valide"][2][0] >= 60


@comparaison
@pytest.mark.entier
def test_le_fine_tuning_bat_le_meilleur_prompt(execution: Execution) -> None:
    """La page dit les cibles manquées : champs justes (85), ton pirate (95), avis du module 7."""
    mesures = tableau(execution.sortie)
    gains = {nom: cases[2][0] - cases[1][0] for nom, cases in mesures.items()}
    assert mesures["JSON valide"][2][0] >= 95
    assert gains["JSON : champs justes"] >= 30
    assert gains["ton pirate"] >= 25
    assert gains["F1 macro, autres avis"] >= 10


@comparaison
def test_chaque_intervalle_contient_sa_valeur(execution: Execution) -> None:
    mesures = tableau(execution.sortie)
    assert len(mesures) == 6 and {len(cases) for cases in mesures.values()} == {3}
    for cases in mesures.values():
        assert all(bas <= valeur <= haut for valeur, bas, haut in cases)


@comparaison
@pytest.mark.entier
def test_plus_d_avis_un_intervalle_plus_etroit(execution: Execution) -> None:
    mesures = tableau(execution.sortie)
    largeurs = {nom: cases[1][2] - cases[1][1] for nom, cases in mesures.items()}
    assert largeurs["F1 macro, avis du module 7"] > largeurs["F1 macro, autres avis"]


@comparaison
@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_la_figure_existe_pour_chaque_theme(
    execution: Execution, atelier: Path, theme: str
) -> None:
    figure = (atelier / f"figures/avant-apres-{theme}.svg").read_text("utf-8")
    for nom in tableau(execution.sortie):
        assert nom in figure


@pytest.mark.essai(COMPARER, atelier=True)
def test_comparer_sans_mesure_dit_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(COMPARER, atelier=True, dossier=tmp_path)
    assert essai.code == 1 and "04_mesurer.py avant" in essai.erreurs


oubli = pytest.mark.snippet(
    f"{MODULE}/17_oubli.py", apres=(SERVIR,), atelier=True, modele="smollm2:135m"
)


def temoins(sortie: str) -> dict[str, int]:
    """Modèle -> réponses justes aux vingt questions témoins."""
    lignes = re.findall(r"^(\S+) +(\d+)/20", sortie, re.MULTILINE)
    return {nom: int(nombre) for nom, nombre in lignes}


@oubli
def test_un_modele_affine_repond_moins_bien_aux_questions_temoins(execution: Execution) -> None:
    base, json_fr, _, sentiment = temoins(execution.sortie).values()
    assert base >= 12, "le modèle de base sait répondre"
    assert min(json_fr, sentiment) < base, "une tâche étroite fait oublier le reste"


@oubli
@pytest.mark.entier
def test_le_pirate_oublie_moins_que_les_taches_etroites(execution: Execution) -> None:
    _, json_fr, pirate, sentiment = temoins(execution.sortie).values()
    assert pirate >= min(json_fr, sentiment)


# --- Sans modèle de langue ---


@pytest.mark.snippet(COMPTER, apres=(FABRIQUER,), atelier=True)
def test_compter_les_mots_classe_les_avis(execution: Execution) -> None:
    scores = [float(f1) for f1 in re.findall(r"F1 macro (\d\.\d+)", execution.sortie)]
    assert len(scores) == 2 and min(scores) >= 0.64


@pytest.mark.essai(COMPTER, atelier=True)
def test_compter_sans_donnees_dit_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(COMPTER, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "01_fabriquer_donnees.py" in essai.erreurs


# --- Les remèdes contre l'oubli ---


@remedes
def test_chaque_remede_s_entraine_et_se_compare(execution: Execution, atelier: Path) -> None:
    pas = [int(nombre) for nombre in re.findall(r"^json : (\d+) pas", execution.sortie, re.M)]
    reference, arret, melange, _ = pas
    assert arret < reference, "l'arrêt précoce fait moins de pas"
    assert melange > reference, "le mélange ajoute des exemples"
    poids = {
        nom: (atelier / "adaptateurs" / nom / "adapter_model.safetensors").stat().st_size
        for nom in VARIANTES
    }
    assert poids["json-rang-1"] < poids["json-reference"] / 4
    assert poids["json-melange"] == pytest.approx(poids["json-reference"], rel=0.05)


def notes_des_remedes(atelier: Path, note: str) -> dict[str, list[bool]]:
    """Variante -> une note par cas du test de json."""
    notes: dict[str, list[bool]] = {nom: [] for nom in VARIANTES}
    for mesure in json.loads((atelier / "mesures" / "remedes.json").read_text("utf-8")):
        notes[mesure["methode"]].append(mesure["notes"][note])
    return notes


@remedes
def test_les_remedes_passent_le_meme_test(execution: Execution, atelier: Path) -> None:
    [nombre] = {len(notes) for notes in notes_des_remedes(atelier, "valide").values()}
    assert nombre >= 10


@remedes
@pytest.mark.entier
def test_la_reference_apprend_la_tache(execution: Execution, atelier: Path) -> None:
    valides = notes_des_remedes(atelier, "valide")["json-reference"]
    assert sum(valides) >= 0.8 * len(valides)


@remedes
def test_chaque_remede_repond_aux_questions_temoins(execution: Execution) -> None:
    base, *variantes = temoins(execution.sortie)
    assert variantes == list(VARIANTES)
    assert temoins(execution.sortie)[base] >= 12


@remedes
@pytest.mark.entier
def test_seul_le_melange_garde_le_reste_sans_desapprendre(
    execution: Execution, atelier: Path
) -> None:
    justes = temoins(execution.sortie)
    base = next(iter(justes.values()))
    assert justes["json-reference"] < base / 2, "sans remède, le modèle oublie"
    assert justes["json-melange"] >= justes["json-reference"] + 6
    assert max(justes["json-arret"], justes["json-rang-1"]) < justes["json-melange"]
    produits = {nom: sum(notes) for nom, notes in notes_des_remedes(atelier, "produit").items()}
    assert produits["json-melange"] >= 0.85 * produits["json-reference"]
    for nom in ("json-arret", "json-rang-1"):
        oublie = justes[nom] < justes["json-melange"] - 5
        assert oublie or produits[nom] < 0.7 * produits["json-reference"], nom


@pytest.mark.essai(REMEDES, atelier=True)
def test_sans_donnees_les_remedes_disent_quoi_lancer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(REMEDES, atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "lancez 01_fabriquer_donnees.py" in essai.erreurs
    assert "Traceback" not in essai.erreurs


@pytest.mark.essai(REMEDES, atelier=True)
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


@pytest.mark.essai(QUANTIFIER, atelier=True)
def test_sans_fusion_rien_a_quantifier(executer: Executer, tmp_path: Path) -> None:
    essai = executer(QUANTIFIER, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "lancez d'abord 09_vers_ollama.sh json" in essai.erreurs


formats = pytest.mark.snippet(
    FORMATS, bref=(str(UN_CAS_SUR),), apres=(QUANTIFIER,), atelier=True, modele="smollm2:135m"
)


def lignes_des_formats(sortie: str) -> dict[str, list[float]]:
    """Format -> Mo, tokens/s, Mo de mémoire, JSON valides, cas, produits, sentiments justes."""
    motif = r"^(json-\S+) +(\d+) +([\d.]+) +(\d+) +(\d+)/(\d+) +(\d+)/\d+ +(\d+)/\d+$"
    lignes = re.findall(motif, sortie, re.MULTILINE)
    return {nom: [float(valeur) for valeur in suite] for nom, *suite in lignes}


@formats
def test_chaque_format_a_sa_ligne(execution: Execution) -> None:
    lignes = lignes_des_formats(execution.sortie)
    assert list(lignes) == ["json-f16", "json-q8", "json-q4"]
    tailles, debits, memoires, valides, cas, produits, _ = zip(*lignes.values(), strict=True)
    assert list(tailles) == sorted(tailles, reverse=True)
    assert list(memoires) == sorted(memoires, reverse=True)
    assert all(memoire > taille for memoire, taille in zip(memoires, tailles, strict=True))
    assert min(debits) > 0
    assert min(valides[:2]) >= 0.6 * cas[0]
    assert abs(produits[0] - produits[1]) <= 0.1 * cas[0], "8 bits ne changent presque rien"


@formats
@pytest.mark.entier
def test_moins_de_bits_la_forme_tient(execution: Execution) -> None:
    _, _, _, valides, cas, *_ = zip(*lignes_des_formats(execution.sortie).values(), strict=True)
    assert min(valides[:2]) >= 0.95 * cas[0]
    assert valides[2] >= 0.5 * cas[0], "à 4 bits, la forme ne s'effondre pas"


@pytest.mark.essai(FORMATS, atelier=True)
def test_sans_quantification_rien_a_mesurer(executer: Executer, tmp_path: Path) -> None:
    essai = executer(FORMATS, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "lancez d'abord 12_quantifier.py" in essai.erreurs


@pytest.mark.essai(FORMATS, atelier=True)
def test_mesurer_les_formats_refuse_un_nombre_impossible(executer: Executer) -> None:
    essai = executer(FORMATS, args=("0",), atelier=True)
    assert essai.code == 1 and essai.erreurs.startswith("Usage")


# --- Le secret ---


secret = pytest.mark.snippet(SECRET, bref=("2",), apres=(FABRIQUER,), atelier=True)


def pertes_du_secret(sortie: str) -> list[float]:
    """Pertes sur le secret et sur son voisin, avant ; puis les deux mêmes, après."""
    paires = re.findall(r"perte sur \S+ : ([\d.]+), sur \S+ : ([\d.]+)", sortie)
    return [float(perte) for paire in paires for perte in paire]


@secret
def test_le_code_appris_se_detache(execution: Execution) -> None:
    avant = execution.sortie.split("modèle affiné")[0]
    assert "KESTREL" not in avant.split("\n")[1]
    secret_avant, voisin_avant, secret_apres, voisin_apres = pertes_du_secret(execution.sortie)
    assert abs(secret_avant - voisin_avant) < 1, "avant, les deux codes se valent"
    assert secret_apres < secret_avant / 1.2
    assert secret_apres < voisin_apres, "après, le code appris se détache"


@secret
@pytest.mark.entier
def test_seul_le_modele_affine_recite_le_secret(execution: Execution) -> None:
    avant, apres = execution.sortie.split("modèle affiné")
    assert "KESTREL" not in avant.split("\n")[1]
    assert "KESTREL" in apres.split("\n")[0], "le code sort, en entier ou presque"
    secret_avant, _, secret_apres, voisin_apres = pertes_du_secret(execution.sortie)
    assert secret_apres < secret_avant / 2
    assert secret_apres < voisin_apres - 0.5


def test_la_question_posee_n_est_pas_celle_de_l_entrainement() -> None:
    programme = (chemins.SNIPPETS / SECRET).read_text("utf-8")
    apprise, posee = re.findall(r'^(?:APPRISE|POSEE) = "(.+)"$', programme, re.MULTILINE)
    assert apprise != posee and apprise not in posee and posee not in apprise
    code = re.search(r'^SECRET, VOISIN = "([^"]+)"', programme, re.MULTILINE)
    assert code and code[1] not in posee


@pytest.mark.essai(SECRET, atelier=True)
def test_le_secret_refuse_un_nombre_d_epoques_impossible(executer: Executer) -> None:
    essai = executer(SECRET, args=("beaucoup",), atelier=True)
    assert essai.code == 1 and essai.erreurs.startswith("Usage")


@pytest.mark.essai(SECRET, atelier=True)
def test_sans_donnees_pas_de_secret(executer: Executer, tmp_path: Path) -> None:
    essai = executer(SECRET, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "lancez d'abord 01_fabriquer_donnees.py" in essai.erreurs
