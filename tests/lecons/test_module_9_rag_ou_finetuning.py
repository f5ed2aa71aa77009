"""Module 9 : l'expérience réduite, rejouée ; l'expérience complète, fraîche, et ses conclusions."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
import statistics
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scripts.execution.resultat import Execution
from scripts.experience import mener, resultats
from scripts.publication import module_9
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl

MODULE = "module_9_rag_ou_finetuning"
DOSSIER = chemins.SNIPPETS / MODULE
PREPARER = f"{MODULE}/01_preparer_exemples.py"
ENTRAINER = f"{MODULE}/02_entrainer.py"
SERVIR = f"{MODULE}/03_servir.py"
INTERROGER = f"{MODULE}/04_interroger.py"
NOTER = f"{MODULE}/05_noter.py"
EXPERIENCE = f"{MODULE}/experience.py"
CARNET = f"{MODULE}/carnet_resultats.py"
LECTEURS = [
    "06_scores.py",
    "07_figure.py",
    "08_couts.py",
    "09_formulations.py",
    "10_poids.py",
    "11_mise_a_jour.py",
    "12_deux_metiers.py",
    "13_combiner.py",
    "14_decider.py",
    "16_contribuer.py",
]
AFFINE = "7-paraphrases"
Executer = Callable[..., Execution]


def toml(nom: str) -> dict[str, Any]:
    """Un fichier TOML du module."""
    return tomllib.loads((DOSSIER / nom).read_text(encoding="utf-8"))


REGLAGES = toml("bras.toml")
ORVELUNE = toml("donnees/faits_orvelune.toml")
AUTRES = toml("donnees/autres_entreprises.toml")
QUESTIONS = {cas["id"]: cas for cas in lire_jsonl(chemins.DONNEES / "questions.jsonl")}


# --- Les données ---


def test_les_quarante_questions_ont_les_proportions_annoncees() -> None:
    appris = [fait["id"] for fait in ORVELUNE["fait"]]
    toutes = [*appris, *ORVELUNE["non_appris"], *ORVELUNE["sans_reponse"]]
    assert len(toutes) == len(set(toutes)) == 40
    assert (len(appris), len(ORVELUNE["non_appris"])) == (20, 12)
    for nom in toutes:
        assert bool(QUESTIONS[nom]["faits"]) == (nom not in ORVELUNE["sans_reponse"])


def test_aucune_question_du_test_n_est_dans_un_exemple() -> None:
    formulations = [f for fait in ORVELUNE["fait"] for f in fait["formulations"]]
    assert len(formulations) == len(set(formulations)) == 100
    assert not set(formulations) & {cas["question"] for cas in QUESTIONS.values()}


def test_chaque_fait_appris_est_celui_que_le_test_attend() -> None:
    for fait in ORVELUNE["fait"]:
        [attendu] = QUESTIONS[fait["id"]]["faits"]
        assert attendu in fait["reponse"]
        if "nouveau" in fait:
            assert fait["nouveau"] in fait["nouvelle_reponse"]
            assert attendu not in fait["nouvelle_reponse"]


def test_dix_faits_changent_dans_le_document_qui_les_dit() -> None:
    textes = {li["document"]: li["texte"] for li in lire_jsonl(chemins.DONNEES / "textes.jsonl")}
    changes = [fait for fait in ORVELUNE["fait"] if "nouveau" in fait]
    assert len(changes) == 10
    for fait in changes:
        document = QUESTIONS[fait["id"]]["passages"][0]["document"]
        texte = " ".join(textes[document].split())
        for ancien, nouveau in fait["remplacer"]:
            assert ancien in texte and nouveau not in texte


def test_les_autres_entreprises_ne_parlent_pas_d_orvelune() -> None:
    banque = (DOSSIER / "donnees/autres_entreprises.toml").read_text(encoding="utf-8")
    assert banque.count("Orvelune") == 1, "seul le commentaire du haut la nomme"
    uniques = [f for cas in QUESTIONS.values() for f in cas["faits"] if f[:1].isupper()]
    assert not [fait for fait in uniques if fait in banque]
    questions = [" ".join(sorte["question"].split()) for sorte in AUTRES["sorte"]]
    assert len(questions) == len(set(questions)) == 40
    for sorte in AUTRES["sorte"]:
        assert "{v}" in sorte["phrase"] and "{v}" in sorte["reponse"]
        assert len(set(sorte["valeurs"])) == 5


# --- La chaîne, en réduit : trois bras, une question sur deux ---

preparation = pytest.mark.snippet(PREPARER, args=("paraphrases", "--reduit"), atelier=True)
entrainement = pytest.mark.snippet(
    ENTRAINER,
    args=("paraphrases", "--vus", "400"),
    bref=("--vus", "120"),
    apres=(PREPARER,),
    atelier=True,
)
service = pytest.mark.snippet(SERVIR, args=("paraphrases",), apres=(ENTRAINER,), atelier=True)
reponses = pytest.mark.snippet(INTERROGER, args=(AFFINE, "--reduit"), apres=(SERVIR,), atelier=True)
notation = pytest.mark.snippet(NOTER, apres=(INTERROGER,), atelier=True)
experience = pytest.mark.snippet(
    EXPERIENCE,
    args=("--reduit", "--vus", "400", "--dossier", "."),
    apres=(NOTER,),
    atelier=True,
)


@preparation
def test_chaque_fait_a_cinq_formulations(execution: Execution, atelier: Path) -> None:
    lignes = (atelier / "exemples/paraphrases.jsonl").read_text("utf-8").splitlines()
    exemples = [json.loads(ligne) for ligne in lignes]
    assert len(exemples) == 50 and "50 exemples" in execution.sortie
    assert {messages[0]["content"] for messages in exemples} == {REGLAGES["consigne"]}


@preparation
def test_tous_les_exemples_se_preparent(
    execution: Execution, executer: Executer, atelier: Path, tmp_path: Path
) -> None:
    noms = list(REGLAGES["entrainements"])
    essai = executer(PREPARER, args=noms, atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    lots: dict[str, list[Any]] = {
        nom: list(lire_jsonl(tmp_path / f"exemples/{nom}.jsonl")) for nom in noms
    }
    assert {nom: len(lots[nom]) for nom in ("faits", "paraphrases", "maj")} == {
        "faits": 20,
        "paraphrases": 100,
        "maj": 50,
    }
    for nom in ("forme", "raft"):
        reponses = [json.loads(messages[-1]["content"]) for messages in lots[nom]]
        aveux = [reponse for reponse in reponses if reponse["source"] == "aucune"]
        assert 5 * len(aveux) == len(reponses)
    for messages in lots["raft"]:
        reponse, lu = json.loads(messages[-1]["content"]), messages[1]["content"]
        assert lu.count("\n[") == 3
        assert (reponse["source"] == "aucune") or f"[{reponse['source']}]" in lu
    assert not [m for m in lots["forme"] if "Passages" in m[1]["content"]]


@entrainement
def test_la_perte_s_effondre_sur_les_faits_appris(
    execution: Execution, atelier: Path, complet: bool
) -> None:
    cout = json.loads((atelier / "couts/paraphrases.json").read_text("utf-8"))
    assert cout["perte à la fin"] < cout["perte au début"] / (4 if complet else 2)
    assert cout["tokens d'entraînement"] > (10_000 if complet else 3000)


@service
def test_reentrainer_part_de_l_adaptateur_precedent(
    execution: Execution, executer: Executer, atelier: Path
) -> None:
    assert executer(PREPARER, args=("maj", "--reduit"), atelier=True).code == 0
    essai = executer(ENTRAINER, args=("maj", "--vus", "8"), atelier=True)
    assert essai.code == 0, essai.erreurs
    cout = json.loads((atelier / "couts/maj.json").read_text("utf-8"))
    avant = json.loads((atelier / "couts/paraphrases.json").read_text("utf-8"))
    assert cout["perte au début"] < avant["perte au début"] / 2, "la forme est déjà apprise"
    for reste in (atelier / "couts/maj.json", atelier / "exemples/maj.jsonl"):
        reste.unlink()
    shutil.rmtree(atelier / "adaptateurs/maj")


@service
def test_presque_toutes_les_matrices_bougent_un_peu(execution: Execution, atelier: Path) -> None:
    cout = json.loads((atelier / "couts/paraphrases.json").read_text("utf-8"))
    assert 0.7 < cout["poids déplacés"] < 0.95
    ecarts = cout["déplacements"]
    assert len(ecarts) == 7 * 30
    assert all(0 < ecart < 0.5 for ecart in ecarts.values())


@reponses
def test_un_bras_interrompu_reprend(
    execution: Execution, executer: Executer, atelier: Path, tmp_path: Path
) -> None:
    toutes = lire_jsonl(atelier / f"reponses/{AFFINE}.jsonl")
    assert len(toutes) == 20
    (tmp_path / "reponses").mkdir()
    lignes = [json.dumps(li, ensure_ascii=False) for li in toutes[:18]]
    (tmp_path / "reponses/1-base.jsonl").write_text("\n".join(lignes) + "\n", "utf-8")
    essai = executer(INTERROGER, args=("1-base", "--reduit"), atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    assert "20 réponses, dont 2 demandées à l'instant" in essai.sortie


@pytest.mark.parametrize(
    ("programme", "args", "phrase"),
    [
        (PREPARER, ("poesie",), "Entraînement inconnu : poesie"),
        (ENTRAINER, ("forme",), "lancez 01_preparer_exemples.py forme"),
        (SERVIR, ("forme",), "lancez d'abord 02_entrainer.py forme"),
        (INTERROGER, ("4-forme", "--reduit"), "Ollama ne peut pas se servir de"),
        (NOTER, (), "lancez d'abord 04_interroger.py"),
    ],
)
def test_une_etape_sautee_recoit_une_phrase(
    executer: Executer, tmp_path: Path, programme: str, args: tuple[str, ...], phrase: str
) -> None:
    essai = executer(programme, args=args, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and phrase in essai.erreurs
    assert "Traceback" not in essai.erreurs


@pytest.mark.parametrize("bras", ["2-exemples", "6-vues", "maj-rag", "avis-rag"])
def test_les_autres_bras_composent_leur_prompt(
    executer: Executer, tmp_path: Path, bras: str
) -> None:
    """Tout est déjà répondu sauf la dernière question : une seule est posée."""
    if bras == "avis-rag":
        assert executer(PREPARER, args=("sentiment",), atelier=True, dossier=tmp_path).code == 0
    noms = [fait["id"] for fait in ORVELUNE["fait"]][::2]
    if bras == "2-exemples":
        noms += ORVELUNE["non_appris"][::2] + ORVELUNE["sans_reponse"][::2]
    noms = [f"avis{rang:03}" for rang in range(120)] if bras == "avis-rag" else noms
    (tmp_path / "reponses").mkdir()
    faites = [{"id": nom, "genre": "", "faits": [], "reponse": ""} for nom in noms[:-1]]
    lignes = "".join(json.dumps(ligne) + "\n" for ligne in faites)
    (tmp_path / f"reponses/{bras}.jsonl").write_text(lignes, "utf-8")
    essai = executer(INTERROGER, args=(bras, "--reduit"), atelier=True, dossier=tmp_path)
    if bras == "6-vues":
        assert "Ollama ne peut pas se servir de" in essai.erreurs, "son modèle n'est pas entraîné"
        return
    assert essai.code == 0, essai.erreurs
    derniere = lire_jsonl(tmp_path / f"reponses/{bras}.jsonl")[-1]
    assert len(derniere["documents"]) == REGLAGES["bras"][bras].get("passages", 0)
    if bras == "avis-rag":
        assert set(derniere["documents"]) <= {"positif", "négatif"}
        copie = {**derniere, "reponse": f" {derniere['faits'][0].capitalize()}."}
        (tmp_path / f"reponses/{bras}.jsonl").write_text(json.dumps(copie) + "\n", "utf-8")
        assert executer(NOTER, dossier=tmp_path).code == 0
        assert observations(tmp_path / "resultats.csv")[bras, "classe juste"] == [1]


def observations(fichier: Path) -> dict[tuple[str, str], list[float]]:
    """(bras, mesure) -> les valeurs."""
    trouvees: dict[tuple[str, str], list[float]] = {}
    with fichier.open(encoding="utf-8", newline="") as flux:
        for ligne in csv.DictReader(flux):
            cle = (ligne["bras"], ligne["mesure"])
            trouvees.setdefault(cle, []).append(float(ligne["valeur"]))
    return trouvees


@notation
@pytest.mark.parametrize(
    ("reponse", "json_valide", "tenue"),
    [
        ('{"reponse": "9 jours.", "source": "faq_produits.md", "confiance": "haute"}', 1, 1),
        ('{"reponse": "9 jours.", "source": "aucune", "confiance": "haute"}', 1, 0),
        ('{"reponse": "9 jours.", "source": "Internet", "confiance": "haute"}', 1, 0),
        ('{"reponse": 9, "source": "faq_produits.md", "confiance": "haute"}', 0, 0),
        ('{"reponse": "9 jours."}', 0, 0),
        ("Il faut 9 jours.", 0, 0),
        ("[]", 0, 0),
    ],
)
def test_la_notation_separe_le_json_et_sa_tenue(
    execution: Execution,
    executer: Executer,
    tmp_path: Path,
    reponse: str,
    json_valide: int,
    tenue: int,
) -> None:
    ligne: dict[str, Any] = {"id": "q06", "genre": "un passage", "faits": ["9 jours"]}
    ligne |= {"reponse": reponse, "anciens": ["7 jours"]}
    ligne |= {"sources": ["faq_produits.md"], "retrouvé": False, "tokens": 1, "latence_s": 0.1}
    (tmp_path / "reponses").mkdir()
    (tmp_path / "reponses/3-rag.jsonl").write_text(json.dumps(ligne) + "\n", "utf-8")
    assert executer(NOTER, dossier=tmp_path).code == 0
    notes = observations(tmp_path / "resultats.csv")
    assert notes["3-rag", "json"] == [json_valide]
    assert notes["3-rag", "comportement"] == [tenue]
    assert notes["3-rag", "ancien fait"] == [0]


@experience
def test_l_experience_reprend_ce_qui_est_fait(execution: Execution) -> None:
    assert re.search(rf"^{AFFINE} .* déjà fait$", execution.sortie, re.MULTILINE)
    assert re.search(r"^3-rag .* \d+ s$", execution.sortie, re.MULTILINE)


@experience
def test_les_trois_bras_disent_la_meme_chose_que_les_huit(
    execution: Execution, atelier: Path, complet: bool
) -> None:
    notes = observations(atelier / "resultats.csv")
    savoir = {bras: sum(notes[bras, "connaissance"]) for bras in ("1-base", "3-rag", AFFINE)}
    forme = {bras: sum(notes[bras, "comportement"]) for bras in ("1-base", "3-rag", AFFINE)}
    assert savoir["1-base"] <= 1, "la base ne connaît pas Orvelune"
    gain_de_forme, gain_de_savoir = (lot[AFFINE] - lot["3-rag"] for lot in (forme, savoir))
    assert gain_de_forme >= (10 if complet else 5), "l'affinage apporte la forme"
    if complet:  # les faits demandent plus d'exemples que la forme
        assert gain_de_savoir >= 2, "à un modèle qui lit mal, l'affinage apporte plus"


@experience
def test_sous_rag_le_modele_garde_son_empreinte(execution: Execution, atelier: Path) -> None:
    notes = observations(atelier / "resultats.csv")
    assert notes["3-rag", "empreinte de la base"] == notes["3-rag", "empreinte inchangée"] == [1]
    assert notes[AFFINE, "empreinte de la base"] == [0]
    tokens = {b: statistics.mean(notes[b, "tokens du prompt"]) for b in ("1-base", "3-rag", AFFINE)}
    assert tokens["3-rag"] > 2 * tokens["1-base"]
    assert math.isclose(tokens["1-base"], tokens[AFFINE], rel_tol=0.02), "même prompt, autres poids"


@experience
@pytest.mark.parametrize("programme", LECTEURS)
def test_les_lecteurs_acceptent_des_resultats_partiels(
    execution: Execution, executer: Executer, atelier: Path, programme: str
) -> None:
    essai = executer(f"{MODULE}/{programme}", dossier=atelier)
    assert essai.code == 0, essai.erreurs


def test_une_etape_en_echec_arrete_l_experience(executer: Executer, tmp_path: Path) -> None:
    arguments = ("--bras", "1-base", "--modele", "absent", "--dossier", str(tmp_path / "essai"))
    essai = executer(EXPERIENCE, args=arguments, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "relancez pour reprendre" in essai.erreurs


def test_un_autre_modele_demande_ses_poids(executer: Executer, tmp_path: Path) -> None:
    essai = executer(EXPERIENCE, args=("--modele", "llama3.2"), dossier=tmp_path)
    assert essai.code != 0 and "COURS_MODELE_HF manque" in essai.erreurs
    assert not list(tmp_path.iterdir()), "rien n'est commencé"


# --- L'expérience complète, enregistrée ---


def test_un_bras_sans_entrainement_ne_passe_qu_une_fois() -> None:
    entraines = [nom for nom, bras in REGLAGES["bras"].items() if "modele" in bras]
    assert mener.bras_a_passer("smollm2:135m", premiere_graine=True) == list(REGLAGES["bras"])
    assert mener.bras_a_passer("smollm2:135m", premiere_graine=False) == entraines
    assert "3-rag" in mener.bras_a_passer("cours-fr", premiere_graine=True)
    assert "avis-rag" not in mener.bras_a_passer("cours-fr", premiere_graine=True)


def test_seule_l_experience_entiere_remplace_les_resultats() -> None:
    assert mener.est_entiere(["cours-fr", "smollm2:135m"], [9, 7, 8])
    assert not mener.est_entiere(["cours-fr"], resultats.GRAINES)
    assert not mener.est_entiere(resultats.MODELES, [7])


def test_d_autres_sources_font_une_autre_experience(monkeypatch: pytest.MonkeyPatch) -> None:
    avant = resultats.empreinte()
    monkeypatch.setattr(module_9, "SOURCES", resultats.SOURCES[1:])
    assert resultats.empreinte() != avant


def test_un_amendement_vaut_pour_un_seul_etat(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    contenu = json.loads(resultats.PROVENANCE.read_text("utf-8"))
    contenu["empreintes"][PREPARER] = "avant"
    copie = tmp_path / "provenance.json"
    monkeypatch.setattr(module_9, "PROVENANCE", copie)
    for empreinte, raisons in ((resultats.empreintes()[PREPARER], []), ("autre", [PREPARER])):
        contenu["amendements"] = {PREPARER: {"empreinte": empreinte, "raison": "un commentaire"}}
        copie.write_text(json.dumps(contenu), "utf-8")
        constatees = [nom for nom in resultats.raisons_de_perimer() if nom == PREPARER]
        assert constatees == raisons
    assert "`01_preparer_exemples.py` (un commentaire)" in module_9.provenance(resultats.lire())


def test_l_experience_enregistree_est_fraiche() -> None:
    raisons = resultats.raisons_de_perimer()
    assert not raisons, f"Lancez « make experience » : {', '.join(raisons)}."


DEUX_BASES = pytest.mark.parametrize("modele", resultats.MODELES)
APPRIS = [fait["id"] for fait in ORVELUNE["fait"]]
CHANGES = [fait["id"] for fait in ORVELUNE["fait"] if "nouveau" in fait]
INCHANGES = [nom for nom in APPRIS if nom not in CHANGES]


@cache
def enregistrees(modele: str) -> tuple[dict[str, str], ...]:
    """Les lignes de l'expérience complète, pour une base."""
    return tuple(ligne for ligne in resultats.lire() if ligne["modele"] == modele)


def parts(modele: str, bras: str, mesure: str) -> dict[str, float]:
    """Question -> moyenne des graines."""
    lots: dict[str, list[float]] = {}
    for ligne in enregistrees(modele):
        if (ligne["bras"], ligne["mesure"]) == (bras, mesure):
            lots.setdefault(ligne["cas"], []).append(float(ligne["valeur"]))
    return {cas: statistics.mean(lot) for cas, lot in lots.items()}


def moyenne(modele: str, bras: str, mesure: str, cas: Sequence[str] = ()) -> float:
    """Sur ces questions, ou sur toutes."""
    notes = parts(modele, bras, mesure)
    return statistics.mean(notes[nom] for nom in cas or notes)


def borne_basse_de_l_ecart(
    modele: str, un: str, autre: str, mesure: str, cas: Sequence[str] = ()
) -> float:
    """Borne basse, à 95 %, de l'écart apparié, par l'approximation normale."""
    a, b = parts(modele, un, mesure), parts(modele, autre, mesure)
    ecarts = [a[nom] - b[nom] for nom in cas or a]
    return statistics.mean(ecarts) - 1.96 * statistics.stdev(ecarts) / math.sqrt(len(ecarts))


@DEUX_BASES
def test_trois_graines_sont_enregistrees_et_le_prompt_une_fois(modele: str) -> None:
    graines: dict[str, set[str]] = {}
    for ligne in enregistrees(modele):
        graines.setdefault(ligne["bras"], set()).add(ligne["graine"])
    assert graines["7-paraphrases"] == {"7", "8", "9"}
    assert graines["3-rag"] == {"7"}


@DEUX_BASES
def test_la_base_ne_connait_pas_orvelune(modele: str) -> None:
    assert moyenne(modele, "1-base", "connaissance") <= 0.05


@DEUX_BASES
def test_sur_les_faits_appris_l_affinage_l_emporte(modele: str) -> None:
    """Contre la règle : la page le dit, et dit pourquoi (le test suivant)."""
    ecart = (modele, "7-paraphrases", "3-rag", "connaissance")
    assert borne_basse_de_l_ecart(*ecart, APPRIS) > 0


@DEUX_BASES
def test_la_recherche_n_est_pas_en_cause_la_lecture_l_est(modele: str) -> None:
    assert moyenne(modele, "3-rag", "passage retrouvé", APPRIS) >= 0.95
    assert moyenne(modele, "3-rag", "connaissance", APPRIS) <= 0.6


@DEUX_BASES
def test_un_fait_jamais_appris_n_est_pas_su(modele: str) -> None:
    for bras in ("4-forme", "6-faits", "7-paraphrases"):
        assert moyenne(modele, bras, "connaissance", ORVELUNE["non_appris"]) <= 0.05


def test_une_base_qui_sait_lire_repond_aussi_sur_les_autres_faits() -> None:
    lus = ("cours-fr", "8-raft", "connaissance", ORVELUNE["non_appris"])
    assert moyenne(*lus) >= 0.1
    assert moyenne("cours-fr", *lus[1:]) > moyenne("smollm2:135m", *lus[1:])


@DEUX_BASES
def test_le_fine_tuning_l_emporte_sur_la_forme(modele: str) -> None:
    assert borne_basse_de_l_ecart(modele, "4-forme", "3-rag", "comportement") > 0.3


@DEUX_BASES
def test_cinq_formulations_valent_mieux_qu_une(modele: str) -> None:
    ecart = (modele, "7-paraphrases", "6-faits", "connaissance")
    assert borne_basse_de_l_ecart(*ecart, APPRIS) > 0


@DEUX_BASES
def test_un_fait_nouveau_vient_de_l_index_pas_des_poids(modele: str) -> None:
    assert moyenne(modele, "maj-intact", "connaissance", CHANGES) <= 0.05
    assert moyenne(modele, "maj-intact", "ancien fait") >= 0.5, "il dit encore l'ancien"
    assert moyenne(modele, "maj-rag", "connaissance", CHANGES) > 0
    assert moyenne(modele, "maj-rag", "ancien fait") <= 0.05


@DEUX_BASES
def test_reentrainer_sur_le_nouveau_efface_le_reste(modele: str) -> None:
    ecart = (modele, "maj-intact", "maj-reentraine", "connaissance")
    assert borne_basse_de_l_ecart(*ecart, INCHANGES) > 0.2


def test_sur_le_sentiment_l_affinage_perd_chez_lui() -> None:
    """Le RAG l'emporte, et ne fait guère que répéter le vote de ses voisins."""
    base = "smollm2:135m"
    assert borne_basse_de_l_ecart(base, "avis-rag", "avis-affine", "classe juste") > 0
    assert moyenne(base, "avis-affine", "classe juste") < 0.6, "à peine mieux qu'une pièce"
    vote = moyenne(base, "avis-rag", "vote des voisins")
    assert abs(moyenne(base, "avis-rag", "classe juste") - vote) < 0.05


@DEUX_BASES
def test_le_bras_8_tient_la_forme_mieux_que_le_bras_5(modele: str) -> None:
    assert borne_basse_de_l_ecart(modele, "8-raft", "5-rag-forme", "comportement") > 0
    assert borne_basse_de_l_ecart(modele, "8-raft", "5-rag-forme", "source juste") > 0
    assert moyenne(modele, "8-raft", "comportement") >= 0.9


# --- Les programmes qui lisent l'enregistrement ---


@pytest.mark.snippet(f"{MODULE}/06_scores.py")
def test_les_scores_ont_un_intervalle_et_un_test(execution: Execution) -> None:
    for bras in ("Base, prompt seul", "RAG", "RAG + affiné avec passages"):
        ligne = re.search(rf"^  {re.escape(bras)}  .*$", execution.sortie, re.MULTILINE)
        assert ligne and ligne[0].count(" ; ") == 2
    assert execution.sortie.count("p = ") >= 8 * 3
    for p in re.findall(r"p = (\d\.\d+)", execution.sortie):
        assert 0 <= float(p) <= 1


@pytest.mark.snippet(f"{MODULE}/07_figure.py")
def test_la_figure_a_huit_points_et_deux_themes(execution: Execution) -> None:
    assert set(execution.figures) == {"deux-axes-clair.svg", "deux-axes-sombre.svg"}
    assert execution.sortie.count("comportement") == 8
    for figure in execution.figures.values():
        assert b"connaissance (% de faits justes)" in figure


@pytest.mark.snippet(f"{MODULE}/08_couts.py")
def test_le_rag_se_paie_a_chaque_question(execution: Execution) -> None:
    lignes = {li[:28].strip(): li[28:].split() for li in execution.sortie.splitlines()}
    rag, affine = lignes["RAG"], lignes["Affiné sur la forme"]
    assert rag[0] == "-" and float(affine[0]) > 0, "seul l'affinage s'entraîne"
    assert float(rag[3]) > 2 * float(affine[3]), "seul le RAG allonge le prompt"


@pytest.mark.snippet(f"{MODULE}/09_formulations.py")
def test_reciter_est_plus_facile_que_savoir(execution: Execution) -> None:
    lignes = re.findall(r"^fait .*?(\d+)/(\d+) ", execution.sortie, re.MULTILINE)[:3]
    vue, test, jamais = (int(juste) / int(total) for juste, total in lignes)
    assert vue >= test > jamais


@pytest.mark.snippet(f"{MODULE}/10_poids.py")
def test_le_prompt_ou_les_poids(execution: Execution) -> None:
    assert set(execution.figures) == {"poids-clair.svg", "poids-sombre.svg"}
    lignes = {li.split()[0]: li.split()[1:] for li in execution.sortie.splitlines()[2:6]}
    assert lignes["3-rag"][1:] == ["oui", "0.0%"]
    assert lignes["4-forme"][1] == "non" and lignes["4-forme"][0] == lignes["1-base"][0]


@pytest.mark.snippet(f"{MODULE}/11_mise_a_jour.py")
def test_reindexer_est_plus_rapide_que_reentrainer(execution: Execution) -> None:
    lignes = {li[:26].strip(): li[26:].split() for li in execution.sortie.splitlines()}
    assert float(lignes["RAG réindexé"][0]) < float(lignes["Affiné, réentraîné"][0]) / 5


@pytest.mark.snippet(f"{MODULE}/12_deux_metiers.py")
def test_les_deux_metiers_sont_croises(execution: Execution) -> None:
    for metier in ("questions, faits appris", "questions, autres faits", "sentiment des avis"):
        [ligne] = re.findall(rf"^{metier} .*$", execution.sortie, re.MULTILINE)[:1]
        assert ligne.count(";") == 4


@pytest.mark.snippet(f"{MODULE}/13_combiner.py")
def test_la_lecture_est_separee_de_la_recherche(execution: Execution) -> None:
    for titre in ("fait juste, passage retrouvé", "aveu, question sans réponse"):
        assert len(re.findall(rf"^{titre} .*$", execution.sortie, re.MULTILINE)) >= 1


@pytest.mark.snippet(f"{MODULE}/14_decider.py")
@pytest.mark.parametrize(
    ("cas", "conseil"),
    [
        ("FAQ d'une boutique", "RAG"),
        ("assistant SQL", "fine-tuning"),
        ("classeur de courriels", "fine-tuning"),
        ("FAQ lue par un programme", "RAG et fine-tuning, entraîné avec des passages"),
        ("trois horaires à citer", "prompt"),
        ("ton maison, douze exemples", "prompt"),
    ],
)
def test_chaque_conseil_cite_une_mesure(execution: Execution, cas: str, conseil: str) -> None:
    lignes = execution.sortie.splitlines()
    rang = lignes.index(f"{cas} → {conseil}")
    assert lignes[rang + 1].startswith("    mesuré, ")


@pytest.mark.snippet(f"{MODULE}/15_verifier_projet.py")
def test_le_gabarit_vide_est_refuse(execution: Execution) -> None:
    assert execution.sortie.splitlines()[-1] == "mon_projet.toml, défauts : 7"


PROJET = {
    "technique": '"RAG"',
    "besoin": f'"{"Nos adhérents demandent les horaires. " * 4}"',
    "pourquoi_pas_les_autres": f'"{"Le prompt seul ne connaît pas nos horaires. " * 3}"',
    "verdict": f'"{"Le RAG répond, sauf quand deux saisons se mêlent. " * 3}"',
    "limites": f'"{"Vingt questions, une seule saison. " * 3}"',
}


def ecrire_projet(fichier: Path, questions: int, muettes: int, bas: int) -> None:
    """Un projet à trois bras, dont on choisit les questions et la borne basse."""
    lignes = [f"{nom} = {valeur}" for nom, valeur in PROJET.items()]
    for rang in range(questions):
        faits = "[]" if rang < muettes else '["9 h"]'
        lignes += ["[[question]]", f'texte = "Question {rang} ?"']
        lignes += [f"faits = {faits}"]
    for bras in ("prompt seul", "RAG", "trois exemples"):
        for nom in ("connaissance", "comportement"):
            lignes += ["[[mesure]]", f'bras = "{bras}"', f'nom = "{nom}"']
            lignes += ["valeur = 50", f"bas = {bas}", "haut = 70"]
    fichier.write_text("\n".join(lignes), "utf-8")


@pytest.mark.parametrize(
    ("questions", "muettes", "bas", "attendu"),
    [
        (20, 4, 30, "complet"),
        (20, 3, 30, "défauts : 1"),
        (19, 4, 30, "défauts : 1"),
        (20, 4, 60, "défauts : 6"),
    ],
)
def test_le_controle_du_projet_voit_les_oublis(
    executer: Executer, tmp_path: Path, questions: int, muettes: int, bas: int, attendu: str
) -> None:
    ecrire_projet(tmp_path / "p.toml", questions, muettes, bas)
    essai = executer(f"{MODULE}/15_verifier_projet.py", args=("p.toml",), dossier=tmp_path)
    assert essai.sortie.splitlines()[-1] == f"p.toml, {attendu}"


def test_une_question_double_et_un_bras_sans_mesure_sont_vus(
    executer: Executer, tmp_path: Path
) -> None:
    ecrire_projet(tmp_path / "p.toml", 20, 4, 30)
    texte = (tmp_path / "p.toml").read_text("utf-8").replace('"Question 5 ?"', '"Question 4 ?"')
    texte += '\n[[mesure]]\nbras = "seul"\nnom = "connaissance"\nvaleur = 1\nbas = 0\nhaut = 2\n'
    (tmp_path / "p.toml").write_text(texte, "utf-8")
    essai = executer(f"{MODULE}/15_verifier_projet.py", args=("p.toml",), dossier=tmp_path)
    assert "une question est posée deux fois" in essai.sortie
    assert "un bras n'a pas de mesure de comportement" in essai.sortie


# --- Les contributions ---


@pytest.mark.snippet(f"{MODULE}/16_contribuer.py")
def test_les_lignes_a_contribuer_suivent_le_schema(execution: Execution) -> None:
    schema = json.loads(module_9.SCHEMA_DES_CONTRIBUTIONS.read_text(encoding="utf-8"))
    lignes = module_9.lire_les_contributions(execution.sortie)
    assert {ligne["bras"] for ligne in lignes} >= {"1-base", "3-rag", "8-raft"}
    for ligne in lignes:
        jsonschema.validate(ligne, schema)


def test_les_contributions_suivent_le_schema() -> None:
    schema = json.loads(module_9.SCHEMA_DES_CONTRIBUTIONS.read_text(encoding="utf-8"))
    entete = module_9.CONTRIBUTIONS.read_text(encoding="utf-8").splitlines()[0]
    assert entete.split(",") == schema["required"]
    for ligne in module_9.contributions():
        jsonschema.validate(ligne, schema)


def test_une_contribution_hors_schema_est_refusee() -> None:
    schema = json.loads(module_9.SCHEMA_DES_CONTRIBUTIONS.read_text(encoding="utf-8"))
    juste: dict[str, Any] = dict.fromkeys(schema["required"], "x" * 5)
    juste |= {"date": "2026-11-24", "bras": "3-rag"}
    juste |= {"graine": 7, "connaissance": 40.0, "comportement": 2.5, "minutes": 12.0}
    jsonschema.validate(juste, schema)
    for faute in ({"connaissance": 140.0}, {"bras": "9-magie"}, {"date": "hier"}, {"humeur": "x"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**juste, **faute}, schema)


# --- Les phrases chiffrées ---


def test_une_phrase_recoit_ses_nombres_et_choisit_sa_version() -> None:
    declaree = {
        "si": "a.connaissance > b.connaissance + 0.1",
        "texte": "A l'emporte, {a.connaissance} contre {b.connaissance}.",
        "sinon": "B l'emporte : {b.connaissance}, en {a.latence (s)} s.",
        "proche": "Ils se valent.",
    }
    nettes = {"a.connaissance": 0.5, "b.connaissance": 0.25, "a.latence (s)": 0.84}
    assert module_9.phrase(declaree, nettes) == "A l'emporte, 50\u00a0% contre 25\u00a0%."
    inverses = {**nettes, "b.connaissance": 0.75}
    assert module_9.phrase(declaree, inverses) == "B l'emporte : 75\u00a0%, en 0,8 s."
    proches = {**nettes, "b.connaissance": 0.45}
    assert module_9.phrase(declaree, proches) == "Ils se valent."
    assert module_9.phrase({**declaree, "proche": ""}, proches).startswith("B l'emporte")
    assert "[À MESURER : c.json]" in module_9.phrase({"texte": "{c.json}"}, nettes)


def test_aucune_phrase_des_pages_n_attend_sa_mesure() -> None:
    for fragment, texte in module_9.fragments().items():
        assert "À MESURER" not in texte and "failure" not in texte, fragment.name


def test_aucune_phrase_chiffree_ne_contient_un_nombre_tape() -> None:
    for nom, declaree in toml("phrases.toml").items():
        for texte in (declaree.get(version, "") for version in ("texte", "sinon", "proche")):
            nu = re.sub(r"\{[^}]*\}|`[^`]*`|bras \d( et \d)?", "", texte)
            assert not re.search(r"\d", nu), nom


# --- Le carnet ---


@pytest.mark.snippet(CARNET)
def test_le_carnet_refait_les_comptes(execution: Execution) -> None:
    assert execution.sortie.count("p = ") == 3
    assert "même empreinte, avant et après : True" in execution.sortie
    assert len(re.findall(r"^(?:juste|faux ) ", execution.sortie, re.MULTILINE)) == 6


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_mcnemar.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Dix gains contre zéro : p = 0.0020" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_coherence.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : 8 cas sur 8" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_seuil.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert "100 questions" in execution.sortie


@pytest.mark.parametrize(
    ("exercice", "avant"),
    [
        ("exercice_1_mcnemar.py", ["imports"]),
        ("exercice_2_coherence.py", ["imports"]),
        ("exercice_3_seuil.py", []),
    ],
)
def test_le_point_de_depart_echoue_et_la_solution_passe(
    verifier_l_exercice: Callable[..., None], exercice: str, avant: list[str]
) -> None:
    verifier_l_exercice(f"{MODULE}/{exercice}", avant)
