"""Module 9 : l'expérience réduite, rejouée ; l'expérience complète, fraîche, et son résultat."""

from __future__ import annotations

import csv
import json
import math
import re
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.experience import mener, resultats
from scripts.publication import module_9
from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons.module_9 import (
    APPRIS,
    CHAQUE_BASE,
    DOSSIER,
    ENTRAINER,
    MODULE,
    ORVELUNE,
    PREPARER,
    QUESTIONS,
    REGLAGES,
    SERVIR,
    borne_basse_de_l_ecart,
    enregistrees,
    moyenne,
    toml,
)
from tests.lecons.sorties import entiers, mcnemar

INTERROGER = f"{MODULE}/04_interroger.py"
NOTER = f"{MODULE}/05_noter.py"
EXPERIENCE = f"{MODULE}/experience.py"
CARNET = f"{MODULE}/carnet_resultats.py"
AFFINE = "7-paraphrases"
QUARANTE = [APPRIS, ORVELUNE["non_appris"], ORVELUNE["sans_reponse"]]
UNE_QUESTION_SUR_DEUX = [nom for noms in QUARANTE for nom in noms[::2]]
Executer = Callable[..., Execution]
AUTRES = toml("donnees/autres_entreprises.toml")


# --- Les données ---


def test_les_quarante_questions_ont_les_proportions_annoncees() -> None:
    toutes = [*APPRIS, *ORVELUNE["non_appris"], *ORVELUNE["sans_reponse"]]
    assert len(toutes) == len(set(toutes)) == 40
    assert (len(APPRIS), len(ORVELUNE["non_appris"])) == (20, 12)
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
reponses = pytest.mark.snippet(
    INTERROGER, args=(AFFINE, "--reduit"), apres=(SERVIR,), atelier=True, modele="smollm2:135m"
)
notation = pytest.mark.snippet(NOTER, apres=(INTERROGER,), atelier=True)
experience = pytest.mark.snippet(
    EXPERIENCE,
    args=("--reduit", "--vus", "400", "--dossier", "."),
    apres=(NOTER,),
    atelier=True,
    modele="smollm2:135m",
)


@preparation
def test_chaque_fait_a_cinq_formulations(execution: Execution, atelier: Path) -> None:
    lignes = (atelier / "exemples/paraphrases.jsonl").read_text("utf-8").splitlines()
    exemples = [json.loads(ligne) for ligne in lignes]
    assert len(exemples) == 50 and "50 exemples" in execution.sortie
    assert {messages[0]["content"] for messages in exemples} == {REGLAGES["consigne"]}


@pytest.mark.essai(PREPARER, atelier=True)
def test_tous_les_exemples_se_preparent(executer: Executer, tmp_path: Path) -> None:
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


@reponses
def test_chaque_question_recoit_une_reponse(execution: Execution, atelier: Path) -> None:
    assert "20 réponses, dont 20 demandées à l'instant" in execution.sortie
    toutes = lire_jsonl(atelier / f"reponses/{AFFINE}.jsonl")
    assert [ligne["id"] for ligne in toutes] == UNE_QUESTION_SUR_DEUX


def deja_repondu(dossier: Path, bras: str, noms: list[str]) -> Path:
    """Un fichier de réponses où ces questions ont déjà la leur, vide."""
    (dossier / "reponses").mkdir()
    faites = [{"id": nom, "genre": "", "faits": [], "reponse": ""} for nom in noms]
    fichier = dossier / f"reponses/{bras}.jsonl"
    fichier.write_text("".join(json.dumps(ligne) + "\n" for ligne in faites), "utf-8")
    return fichier


@pytest.mark.essai(INTERROGER, atelier=True, modele="smollm2:135m")
def test_un_bras_interrompu_reprend(executer: Executer, tmp_path: Path) -> None:
    deja_repondu(tmp_path, "1-base", UNE_QUESTION_SUR_DEUX[:-2])
    essai = executer(INTERROGER, args=("1-base", "--reduit"), atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    assert "20 réponses, dont 2 demandées à l'instant" in essai.sortie


@pytest.mark.essai(PREPARER, ENTRAINER, SERVIR, INTERROGER, NOTER, atelier=True)
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


@pytest.mark.essai(INTERROGER, atelier=True, modele="smollm2:135m")
@pytest.mark.parametrize(
    ("bras", "noms"), [("2-exemples", UNE_QUESTION_SUR_DEUX), ("maj-rag", APPRIS[::2])]
)
def test_les_autres_bras_composent_leur_prompt(
    executer: Executer, tmp_path: Path, bras: str, noms: list[str]
) -> None:
    """Tout est déjà répondu sauf la dernière question : une seule est posée."""
    fichier = deja_repondu(tmp_path, bras, noms[:-1])
    essai = executer(INTERROGER, args=(bras, "--reduit"), atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    derniere = lire_jsonl(fichier)[-1]
    assert len(derniere["documents"]) == REGLAGES["bras"][bras].get("passages", 0)


@pytest.mark.essai(INTERROGER, atelier=True)
def test_un_bras_dont_le_modele_manque_le_dit(executer: Executer, tmp_path: Path) -> None:
    deja_repondu(tmp_path, "6-vues", APPRIS[::2][:-1])
    essai = executer(INTERROGER, args=("6-vues", "--reduit"), atelier=True, dossier=tmp_path)
    assert essai.code != 0
    assert "Ollama ne peut pas se servir de" in essai.erreurs, "son modèle n'est pas entraîné"


@pytest.mark.essai(PREPARER, INTERROGER, NOTER, atelier=True, modele="smollm2:135m")
def test_un_avis_recoit_ses_voisins_puis_sa_note(executer: Executer, tmp_path: Path) -> None:
    assert executer(PREPARER, args=("sentiment",), atelier=True, dossier=tmp_path).code == 0
    fichier = deja_repondu(tmp_path, "avis-rag", [f"avis{rang:03}" for rang in range(119)])
    essai = executer(INTERROGER, args=("avis-rag", "--reduit"), atelier=True, dossier=tmp_path)
    assert essai.code == 0, essai.erreurs
    derniere = lire_jsonl(fichier)[-1]
    assert len(derniere["documents"]) == REGLAGES["bras"]["avis-rag"]["passages"]
    assert set(derniere["documents"]) <= {"positif", "négatif"}
    copie = {**derniere, "reponse": f" {derniere['faits'][0].capitalize()}."}
    fichier.write_text(json.dumps(copie) + "\n", "utf-8")
    assert executer(NOTER, dossier=tmp_path).code == 0
    assert observations(tmp_path / "resultats.csv")["avis-rag", "classe juste"] == [1]


def observations(fichier: Path) -> dict[tuple[str, str], list[float]]:
    """(bras, mesure) -> les valeurs."""
    trouvees: dict[tuple[str, str], list[float]] = {}
    with fichier.open(encoding="utf-8", newline="") as flux:
        for ligne in csv.DictReader(flux):
            cle = (ligne["bras"], ligne["mesure"])
            trouvees.setdefault(cle, []).append(float(ligne["valeur"]))
    return trouvees


@notation
def test_chaque_reponse_recoit_ses_notes(execution: Execution) -> None:
    motif = rf"^  bras={AFFINE}, cas=q01, mesure=(.+), valeur=([01])$"
    notes = dict(re.findall(motif, execution.sortie, re.MULTILINE))
    assert {"json", "comportement", "connaissance", "source juste"} <= set(notes)
    assert notes["comportement"] <= notes["json"], "une réponse qui se tient est du JSON"
    [lignes] = entiers(r"^resultats.csv : (\d+) lignes$", execution.sortie)
    assert lignes > 7 * 30 + 20 * 5, "les matrices déplacées, puis cinq mesures au moins par cas"


@pytest.mark.essai(NOTER)
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
    executer: Executer, tmp_path: Path, reponse: str, json_valide: int, tenue: int
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


def sommes(atelier: Path, mesure: str) -> dict[str, float]:
    """Bras -> total d'une mesure sur les vingt questions de l'expérience réduite."""
    notes = observations(atelier / "resultats.csv")
    return {bras: sum(notes[bras, mesure]) for bras in ("1-base", "3-rag", AFFINE)}


@experience
def test_l_affinage_apporte_la_forme(execution: Execution, atelier: Path) -> None:
    assert sommes(atelier, "connaissance")["1-base"] <= 1, "la base ne connaît pas Orvelune"
    forme = sommes(atelier, "comportement")
    assert forme[AFFINE] >= forme["3-rag"] + 5


@experience
@pytest.mark.entier
def test_les_trois_bras_disent_la_meme_chose_que_les_huit(
    execution: Execution, atelier: Path
) -> None:
    forme, savoir = (sommes(atelier, mesure) for mesure in ("comportement", "connaissance"))
    assert forme[AFFINE] >= forme["3-rag"] + 10
    gain = savoir[AFFINE] - savoir["3-rag"]
    assert gain >= 2, "à un modèle qui lit mal, l'affinage apporte plus"


@experience
def test_sous_rag_le_modele_garde_son_empreinte(execution: Execution, atelier: Path) -> None:
    notes = observations(atelier / "resultats.csv")
    assert notes["3-rag", "empreinte de la base"] == notes["3-rag", "empreinte inchangée"] == [1]
    assert notes[AFFINE, "empreinte de la base"] == [0]
    tokens = {b: statistics.mean(notes[b, "tokens du prompt"]) for b in ("1-base", "3-rag", AFFINE)}
    assert tokens["3-rag"] > 2 * tokens["1-base"]
    assert math.isclose(tokens["1-base"], tokens[AFFINE], rel_tol=0.02), "même prompt, autres poids"


lecteurs = pytest.mark.essai(
    f"{MODULE}/06_scores.py",
    f"{MODULE}/07_figure.py",
    f"{MODULE}/08_couts.py",
    f"{MODULE}/09_formulations.py",
    f"{MODULE}/10_poids.py",
    f"{MODULE}/11_mise_a_jour.py",
    f"{MODULE}/12_deux_metiers.py",
    f"{MODULE}/13_combiner.py",
    f"{MODULE}/14_decider.py",
    f"{MODULE}/16_contribuer.py",
    apres=(EXPERIENCE,),
    atelier=True,
)


@lecteurs
@pytest.mark.parametrize("programme", lecteurs.args)
def test_les_lecteurs_acceptent_des_resultats_partiels(
    executer: Executer, atelier: Path, programme: str
) -> None:
    essai = executer(programme, dossier=atelier)
    assert essai.code == 0, essai.erreurs


@pytest.mark.essai(EXPERIENCE, atelier=True)
def test_une_etape_en_echec_arrete_l_experience(executer: Executer, tmp_path: Path) -> None:
    arguments = ("--bras", "1-base", "--modele", "absent", "--dossier", str(tmp_path / "essai"))
    essai = executer(EXPERIENCE, args=arguments, atelier=True, dossier=tmp_path)
    assert essai.code != 0 and "relancez pour reprendre" in essai.erreurs


@pytest.mark.essai(EXPERIENCE)
def test_un_autre_modele_demande_ses_poids(executer: Executer, tmp_path: Path) -> None:
    essai = executer(EXPERIENCE, args=("--modele", "llama3.2"), dossier=tmp_path)
    assert essai.code != 0 and "COURS_MODELE_HF manque" in essai.erreurs
    assert not list(tmp_path.iterdir()), "rien n'est commencé"


# --- L'expérience complète, enregistrée ---


def test_un_bras_sans_entrainement_ne_passe_qu_une_fois() -> None:
    entraines = [nom for nom, bras in REGLAGES["bras"].items() if "modele" in bras]
    assert mener.bras_a_passer(premiere_graine=True) == list(REGLAGES["bras"])
    assert mener.bras_a_passer(premiere_graine=False) == entraines


def test_seule_l_experience_entiere_remplace_les_resultats() -> None:
    assert mener.est_entiere(["smollm2:135m"], [9, 7, 8])
    assert not mener.est_entiere(["qwen2.5-coder:0.5b"], resultats.GRAINES)
    assert not mener.est_entiere(resultats.MODELES, [7])


def test_d_autres_sources_font_une_autre_experience(monkeypatch: pytest.MonkeyPatch) -> None:
    avant = resultats.empreinte()
    monkeypatch.setattr(resultats, "SOURCES", resultats.SOURCES[1:])
    assert resultats.empreinte() != avant


def test_un_amendement_vaut_pour_un_seul_etat(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    contenu = json.loads(resultats.PROVENANCE.read_text("utf-8"))
    contenu["empreintes"][PREPARER] = "avant"
    copie = tmp_path / "provenance.json"
    for module in (resultats, module_9.phrases):
        monkeypatch.setattr(module, "PROVENANCE", copie)
    for empreinte, raisons in ((resultats.empreintes()[PREPARER], []), ("autre", [PREPARER])):
        contenu["amendements"] = {PREPARER: {"empreinte": empreinte, "raison": "un commentaire"}}
        copie.write_text(json.dumps(contenu), "utf-8")
        constatees = [nom for nom in resultats.raisons_de_perimer() if nom == PREPARER]
        assert constatees == raisons
    assert "`01_preparer_exemples.py` (un commentaire)" in module_9.phrases.provenance(
        resultats.lire()
    )


def test_l_experience_enregistree_est_fraiche() -> None:
    raisons = resultats.raisons_de_perimer()
    assert not raisons, f"Lancez « make experience » : {', '.join(raisons)}."


@CHAQUE_BASE
def test_trois_graines_sont_enregistrees_et_le_prompt_une_fois(modele: str) -> None:
    graines: dict[str, set[str]] = {}
    for ligne in enregistrees(modele):
        graines.setdefault(ligne["bras"], set()).add(ligne["graine"])
    assert graines["7-paraphrases"] == {"7", "8", "9"}
    assert graines["3-rag"] == {"7"}


@CHAQUE_BASE
def test_la_base_ne_connait_pas_orvelune(modele: str) -> None:
    assert moyenne(modele, "1-base", "connaissance") <= 0.05


@CHAQUE_BASE
def test_sur_les_faits_appris_l_affinage_l_emporte(modele: str) -> None:
    """Contre la règle : la page le dit, et dit pourquoi (le test suivant)."""
    ecart = (modele, "7-paraphrases", "3-rag", "connaissance")
    assert borne_basse_de_l_ecart(*ecart, APPRIS) > 0


@CHAQUE_BASE
def test_la_recherche_n_est_pas_en_cause_la_lecture_l_est(modele: str) -> None:
    assert moyenne(modele, "3-rag", "passage retrouvé", APPRIS) >= 0.95
    assert moyenne(modele, "3-rag", "connaissance", APPRIS) <= 0.6


@CHAQUE_BASE
def test_un_fait_jamais_appris_n_est_pas_su(modele: str) -> None:
    for bras in ("4-forme", "6-faits", "7-paraphrases"):
        assert moyenne(modele, bras, "connaissance", ORVELUNE["non_appris"]) <= 0.05


@CHAQUE_BASE
def test_le_fine_tuning_l_emporte_sur_la_forme(modele: str) -> None:
    assert borne_basse_de_l_ecart(modele, "4-forme", "3-rag", "comportement") > 0.3


# --- Les programmes qui lisent l'enregistrement ---


@pytest.mark.snippet(f"{MODULE}/06_scores.py")
def test_les_scores_ont_un_intervalle_et_un_test(execution: Execution) -> None:
    for bras in ("Base, prompt seul", "RAG", "RAG + affiné avec passages"):
        ligne = re.search(rf"^  {re.escape(bras)}  .*$", execution.sortie, re.MULTILINE)
        assert ligne and ligne[0].count(" ; ") == 2
    comparees = re.findall(r"(\d+) contre (\d+), p = (\d\.\d+)$", execution.sortie, re.MULTILINE)
    assert len(comparees) >= 8 * 3
    for gains, pertes, p in comparees:
        assert float(p) == pytest.approx(mcnemar(int(gains), int(pertes)), abs=0.001)


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


# --- Les phrases chiffrées ---


def test_une_phrase_recoit_ses_nombres_et_choisit_sa_version() -> None:
    declaree = {
        "si": "a.connaissance > b.connaissance + 0.1",
        "texte": "A l'emporte, {a.connaissance} contre {b.connaissance}.",
        "sinon": "B l'emporte : {b.connaissance}, en {a.latence (s)} s.",
        "proche": "Ils se valent.",
    }
    nettes = {"a.connaissance": 0.5, "b.connaissance": 0.25, "a.latence (s)": 0.84}
    assert module_9.phrases.phrase(declaree, nettes) == "A l'emporte, 50\u00a0% contre 25\u00a0%."
    inverses = {**nettes, "b.connaissance": 0.75}
    assert module_9.phrases.phrase(declaree, inverses) == "B l'emporte : 75\u00a0%, en 0,8 s."
    proches = {**nettes, "b.connaissance": 0.45}
    assert module_9.phrases.phrase(declaree, proches) == "Ils se valent."
    assert module_9.phrases.phrase({**declaree, "proche": ""}, proches).startswith("B l'emporte")
    assert "[À MESURER : c.json]" in module_9.phrases.phrase({"texte": "{c.json}"}, nettes)


def test_aucune_phrase_des_pages_n_attend_sa_mesure() -> None:
    for fragment, texte in module_9.fragments().items():
        assert "À MESURER" not in texte and "failure" not in texte, fragment.name


def test_aucune_phrase_chiffree_ne_contient_un_nombre_tape() -> None:
    for nom, declaree in toml("phrases.toml").items():
        for texte in (declaree.get(version, "") for version in ("texte", "sinon", "proche")):
            nu = re.sub(r"\{[^}]*\}|`[^`]*`|bras \d( et \d)?", "", texte)
            assert not re.search(r"\d", nu), nom


# --- Le carnet ---


@pytest.mark.snippet(CARNET, modele="smollm2:135m")
def test_le_carnet_refait_les_comptes(execution: Execution) -> None:
    assert execution.sortie.count("p = ") == 3
    assert "même empreinte, avant et après : True" in execution.sortie
    assert len(re.findall(r"^(?:juste|faux ) ", execution.sortie, re.MULTILINE)) == 6
